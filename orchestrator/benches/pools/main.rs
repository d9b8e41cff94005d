//! What a dispatch costs on every pool that was built, interleaved with `serial`; how far that is from Python's pools; and
//! whether `threads-counter` is slower than `rayon`.
//!
//! `cargo bench -p orchestrator --bench pools -- [--rounds N] [--pools a,b] [--write FILE]`; `make build` first. With
//! `--write` the tables also replace what stands between the markers of that page, docs/POOLS.md.

mod duel;
mod goals;
mod measure;
mod originals;
mod page;
mod rounds;
mod table;

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use orchestrator::record::machine::Machine;
use rand_pcg::Pcg64;

use measure::Bench;

fn main() -> Result<()> {
    let matches = command().get_matches();
    let rounds: u64 = *matches.get_one("rounds").context("it has a default")?;
    let seed: u64 = *matches.get_one("seed").context("it has a default")?;
    let bench = Bench::new(&names(&matches))?;
    let mut draw = Pcg64::new(u128::from(seed), 0);
    let (begun, before) = (Instant::now(), load());
    let costs = rounds::measure(&bench, rounds, &mut draw)?;
    let duel = duel::fight(&bench, &mut draw)?;
    let minutes = begun.elapsed().as_secs_f64() / 60.0;
    let machine = Machine::read(None);
    let text = format!(
        "From `make bench-pools`, {rounds} rounds, seed {seed}, {minutes:.1} minutes on {} with {} cores, Linux {}; load\n\
         {before} before and {} after.\n\n{}\n\n{}\n\n{}\n\n{duel}",
        machine.cpu,
        machine.cores,
        // The rest of a release is the distributor's.
        machine.kernel.splitn(3, '.').take(2).collect::<Vec<_>>().join("."),
        load(),
        table::costs(&bench, &costs),
        goals::table(&bench, &costs),
        table::originals(&bench, &costs, &originals::read()?),
    );
    println!("{text}");
    if let Some(path) = matches.get_one::<PathBuf>("write") {
        page::fill(path, &text)?;
    }
    for failure in &costs.failures {
        println!("FAILED {failure}");
    }
    ensure!(costs.failures.is_empty(), "{} pools could not be measured", costs.failures.len());
    Ok(())
}

fn command() -> Command {
    let option = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).help(help)
    };
    Command::new("pools")
        .about("What a dispatch costs on every pool, beside serial, in a few minutes")
        // An interval at 95 % needs 6 rounds, quartiles that mean something a few more.
        .arg(
            option("rounds", "N", "Rounds, 9 to 100")
                .default_value("9")
                .value_parser(value_parser!(u64).range(9..=100)),
        )
        .arg(option("seed", "N", "What the orders are drawn from").default_value("1").value_parser(value_parser!(u64)))
        .arg(option("pools", "a,b", "Only these, and serial"))
        .arg(option("write", "FILE", "Fill the tables into that page").value_parser(value_parser!(PathBuf)))
        // Cargo adds it.
        .arg(Arg::new("bench").long("bench").hide(true).action(ArgAction::SetTrue))
}

fn names(matches: &ArgMatches) -> Vec<String> {
    let text = matches.get_one::<String>("pools").map_or("", String::as_str);
    text.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

fn load() -> String {
    fs::read_to_string("/proc/loadavg").unwrap_or_default().split(' ').next().unwrap_or("unknown").to_owned()
}
