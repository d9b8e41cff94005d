//! Whether anything survives: hostile pools under every blow at random moments.
//! `cargo bench -p orchestrator --bench survivors [-- TIMES [SEED]]`; build all first.
//!
//! Prints the table of docs/METHODOLOGY.md: for each way to be hostile and each blow how many of the runs left nothing
//! behind, lost no row but that in flight, and could be resumed. Fails if one did not.

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use comfy_table::{Table, presets};
use rand::RngExt as _;
use rand_pcg::Pcg64;
use rustix::process::Signal;
use test_helpers::siege::{Blow, Siege, WAYS};
use test_helpers::user::stranger;

const POOLBENCH: &str = env!("CARGO_BIN_EXE_poolbench");
const BLOWS: [(&str, Blow); 4] = [
    ("timeout", Blow::Timeout),
    ("Ctrl-C", Blow::Signal(Signal::INT)),
    ("TERM", Blow::Signal(Signal::TERM)),
    ("KILL", Blow::Signal(Signal::KILL)),
];
/// A run takes about 0.7 s if nothing ends it.
const LATEST_MS: u64 = 700;

fn main() -> Result<ExitCode> {
    let mut numbers = std::env::args().skip(1).filter(|word| word != "--bench").map(|word| word.parse::<u64>());
    let times = numbers.next().transpose().context("TIMES is a number")?.unwrap_or(20);
    let seed = numbers.next().transpose().context("SEED is a number")?.unwrap_or(1);
    let began = Instant::now();
    let mut failures = Vec::new();
    let other = stranger(Path::new(POOLBENCH)).inspect_err(|why| eprintln!("as this user only: {why:#}")).ok();
    for user in [None].into_iter().chain(other.map(Some)) {
        println!("{}\n{}\n", title(user), table(user, times, seed, &mut failures));
    }
    println!("{times} runs each, seed {seed}, {:.0?}", began.elapsed());
    for failure in &failures {
        println!("FAILED {failure}");
    }
    Ok(if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn title(user: Option<u32>) -> String {
    let who = if user.is_some() { "another user, who may make no control group" } else { "this user" };
    format!("as {who}: runs without survivor and without loss")
}

fn table(user: Option<u32>, times: u64, seed: u64, failures: &mut Vec<String>) -> Table {
    let mut draw = Pcg64::new(u128::from(seed), u128::from(user.is_some()));
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN);
    table.set_header(["pool"].into_iter().chain(BLOWS.map(|(name, _)| name)));
    for way in WAYS {
        let mut cells = vec![way.to_owned()];
        for (_, blow) in BLOWS {
            let mut clean = 0;
            for _ in 0..times {
                let moment = Duration::from_millis(draw.random_range(0..LATEST_MS));
                let siege = Siege { poolbench: Path::new(POOLBENCH), user, way, blow, moment };
                match siege.is_bounded().and_then(|()| siege.lay()) {
                    Ok(_) => clean += 1,
                    Err(why) => failures.push(format!("{why:#}")),
                }
            }
            cells.push(format!("{clean}/{times}"));
        }
        table.add_row(cells);
    }
    table
}
