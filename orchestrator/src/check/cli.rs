//! `poolbench check-pool`: the contract on the terminal, a line a check.

use std::ffi::OsString;
use std::io::{self, IsTerminal as _, Write as _};
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use rand::TryRng as _;
use rand::rngs::SysRng;

use super::{Check, Plan, check_pool, report};
use crate::process::signals::Interrupt;
use crate::process::{plain, tell};
use crate::run::Finish;

/// The most random batches: at 3 ms each an hour.
const MOST_RANDOM: u64 = 1_000_000;

/// The command line.
pub fn command() -> Command {
    Command::new("check-pool")
        .about("Drives a pool through the whole protocol and says in plain words what is wrong")
        .arg(
            Arg::new("random")
                .long("random")
                .value_name("N")
                .help("Random batches instead of the contract; stops at the first wrong one")
                .value_parser(value_parser!(u64).range(1..=MOST_RANDOM)),
        )
        .arg(
            Arg::new("seed")
                .long("seed")
                .value_name("HEX")
                .help("What the random batches are drawn from [default: drawn]")
                .value_parser(|text: &str| u64::from_str_radix(text, 16).map_err(|_| "up to 16 hexadecimal digits"))
                .requires("random"),
        )
        .arg(
            Arg::new("patience")
                .long("patience")
                .value_name("TIME")
                .help("How long the pool may stay silent where it should speak")
                .default_value("20s")
                .value_parser(patience),
        )
        .arg(Arg::new("json").long("json").help("As JSON, for programs").action(ArgAction::SetTrue))
        .arg(
            Arg::new("command")
                .value_name("COMMAND")
                .help("The pool, and its own arguments if it needs some")
                .value_parser(value_parser!(OsString))
                .num_args(1..)
                .required(true)
                .trailing_var_arg(true)
                .allow_hyphen_values(true),
        )
        .after_help(
            "Examples:\n  poolbench check-pool target/release/pool-rayon\n  \
             poolbench check-pool python3 my_pool.py\n  \
             poolbench check-pool --random 1000 --seed 1f target/release/pool-tokio\n\n\
             Exit codes: 0 it keeps the contract; 1 something is wrong; 2 it could not be started; 130 interrupted.",
        )
}

fn patience(text: &str) -> Result<Duration, String> {
    let range = Duration::from_millis(1)..=Duration::from_hours(1);
    let length = humantime::parse_duration(text).map_err(|why| why.to_string())?;
    if range.contains(&length) { Ok(length) } else { Err("1ms to 1h are accepted".to_owned()) }
}

/// Runs it; how it went.
pub fn run(matches: &ArgMatches) -> Result<Finish> {
    let seed = || matches.get_one("seed").copied().map_or_else(|| SysRng.try_next_u64().context("drawing a seed"), Ok);
    let random = matches.get_one("random").map(|count| Ok::<_, anyhow::Error>((*count, seed()?))).transpose()?;
    let plan = Plan {
        command: matches.get_many("command").into_iter().flatten().cloned().collect(),
        patience: *matches.get_one("patience").context("it has a default")?,
        random,
    };
    let interrupt = Interrupt::install()?;
    let is_json = matches.get_flag("json");
    let told = |text: &str| {
        if !is_json {
            say(text);
        }
    };
    let mut show = |check: &Check| {
        told(&check.to_string());
        progress(check);
    };
    let report = check_pool(&plan, Some(&interrupt), &mut show)?;
    told(&report.verdict());
    if is_json {
        say(&serde_json::to_string_pretty(&report::as_json(&report)).context("writing the report as JSON")?);
    }
    Ok(match (report.interrupted, report.broken()) {
        (true, _) => Finish::Interrupted,
        (false, 0) => Finish::Well,
        (false, broken) => Finish::NotOk(broken as u64),
    })
}

/// Where the report goes to a file, the terminal shows how far it is.
fn progress(check: &Check) {
    if !io::stdout().is_terminal() && io::stderr().is_terminal() {
        tell(format_args!("checked: {}", check.what));
    }
}

/// Prints a line of the report; a reader that has gone away (`| head`) is no error.
fn say(line: &str) {
    let _ = writeln!(io::stdout(), "{}", plain::lines(line));
}
