//! The command line of `poolbench`: what can be asked, and its reading into types.

pub mod commands;
mod described;
pub mod ending;
mod list;
mod new_guest;
mod planning;
mod racing;
mod runs;
mod templates;
mod workloads;

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use harness::{Chunk, MAX_BATCHES, MAX_JOBS, Window};

use crate::fleet::cli::{NO_RACE, planning, refusing, running, shards};
use crate::plan::check::most_blocks;
use crate::plan::percentage;
use crate::plan::preset::{CellSet, Preset, Workers, number};
use crate::process::affinity::Cpus;

const EXIT_CODES: &str = "Exit codes: 0 all well; 1 finished, with findings (some trials are not ok); 2 could not run; \
                          3 a gate found a regression; 130 interrupted, rows kept.";

/// What a plan or run is made from.
#[derive(Debug)]
pub struct Wish {
    /// The preset, or the flags as one.
    pub preset: Preset,
    /// Pools that the command line names.
    pub named: Vec<String>,
    /// Blocks to analyse.
    pub blocks: Option<u64>,
    /// How narrow the intervals are to be before the run ends, as given.
    pub until: Option<String>,
    /// What all orders are drawn from.
    pub seed: Option<String>,
    /// The longest trial.
    pub timeout: Duration,
    /// The pools to double, or `none`.
    pub twin: Option<String>,
    /// A name for the machine.
    pub host: Option<String>,
    /// Where the run goes.
    pub out: Option<PathBuf>,
    /// Processors of the pools.
    pub cpus: Option<Cpus>,
    /// Processors of the web server.
    pub server_cpus: Option<Cpus>,
    /// Environment variables that pools keep.
    pub keep_env: Vec<String>,
    /// Whether the results of the user's own jobs are not to be checked.
    pub unchecked: bool,
    /// How many shards are to share the plan.
    pub shards: Option<u64>,
}

/// The whole command line.
pub fn command() -> Command {
    Command::new("poolbench")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Which worker pool, how many workers, what does a job cost on it and how much memory does it take")
        .after_help(format!(
            "Examples:\n  poolbench list\n  poolbench plan all\n  poolbench run quick\n  \
             poolbench run --pools rayon,crossbeam --workload compute --jobs 1000,100000 --blocks 10\n  \
             poolbench decide\n  poolbench summary\n\n{EXIT_CODES}"
        ))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            lists(Command::new("list").about("Pools by kind, workloads and presets that are there")).after_help(
                "Examples:\n  poolbench list\n  poolbench list rayon\n  poolbench list --pools-from guests.toml --json\n\n\
             A variant stands under its pool. CHUNK and WINDOW are the policies a pool takes, its default first; any is \
             any number.",
            ),
        )
        .subcommand(planning(wishes(
            Command::new("plan").about("Cells, blocks, expected time and what is left out; runs nothing").arg(json()),
        )))
        .subcommand(running(wishes(Command::new("run").about("Runs a preset, or the cells that the flags name")).after_help(
            format!(
                "Examples:\n  poolbench run quick\n  poolbench run all --blocks 10 --out data/results/mine\n  \
                 poolbench run --pools processes --workload noop --jobs 1000 --chunk 1,auto --workers 2\n\n{EXIT_CODES}"
            ),
        )))
        .subcommand(crate::fleet::cli::command())
        .subcommand(crate::fleet::engines::command())
        .subcommand(resume())
        .subcommand(refusing(racing::command(), NO_RACE))
        .subcommands(crate::analysis::arguments::commands())
        .subcommand(crate::report::sheets::command())
        .subcommand(crate::report::cli::command())
        .subcommand(crate::models::cli::command())
        .subcommand(crate::models::decide::command())
        .subcommand(crate::models::advise::command())
        .subcommand(runs::command())
        .subcommands(crate::history::cli::commands())
        .subcommand(crate::check::cli::command())
        .subcommand(crate::check::job::cli::command())
        .subcommand(new_guest::command())
        .subcommand(crate::doctor::cli::command())
        .subcommand(crate::guard::watcher::command())
}

fn resume() -> Command {
    Command::new("resume")
        .about("Goes on with a run that was stopped: the trials that have no row yet")
        .arg(directory())
        .arg(
            Arg::new("again")
                .long("again")
                .help("Also cells that have timed out in two blocks, which are not tried a third time else")
                .action(ArgAction::SetTrue),
        )
        .arg(pools_from())
}

fn lists(command: Command) -> Command {
    let name = Arg::new("name").value_name("NAME").help("All about this pool");
    command.arg(name).arg(pools_from()).arg(json())
}

fn json() -> Arg {
    switch("json", "As JSON, for programs")
}

fn wishes(command: Command) -> Command {
    let cells = ["workload", "jobs", "workers", "chunk", "window", "batches"];
    let command = command
        .arg(
            Arg::new("preset")
                .value_name("PRESET")
                .value_parser(value_parser!(PathBuf))
                .help("A name that `list` shows, or a TOML file; without it the flags are the cells"),
        )
        .arg(option("pools", "a,b", "Only these pools"))
        .arg(workloads::argument())
        .arg(option("jobs", "N,..", "Batch sizes [default: 1000,10000,100000]"))
        .arg(option("workers", "N|PxT|cores|jobs", "The most jobs running at once; PxT: P processes of T threads each"))
        .arg(option("chunk", "N|auto|own,..", "Jobs per dispatch"))
        .arg(option("window", "N|all,..", "Most jobs submitted and not yet back"))
        .arg(option("batches", "N", "Batches in a trial [default: 3]"))
        .mut_args(move |arg| if cells.contains(&arg.get_id().as_str()) { arg.conflicts_with("preset") } else { arg })
        .arg(option("blocks", "N", "Blocks to analyse; one more warms the machine [default: the preset's, or 20]"))
        .arg(
            option("until", "PERCENT", "Blocks until every pool's ratio to the reference is known to plus or minus that, looking at 10, 20 and 40 blocks only")
                .conflicts_with("blocks"),
        )
        .arg(option(
            "twin",
            "A,B|none",
            "Pools that run twice, to show how far equal things differ [default: one of threads, one async, one of processes]",
        ));
    surroundings(command)
}

/// What a run and a race take besides what is run.
fn surroundings(command: Command) -> Command {
    command
        .arg(option("seed", "HEX", "What all orders are drawn from [default: drawn]"))
        .arg(option("timeout", "TIME", "The longest trial, e.g. 60s").default_value("60s"))
        .arg(
            option("out", "DIR", "Where the run goes [default: PRESET-TIME in data/results, or in poolbench-results if poolbench is installed]")
                .value_parser(value_parser!(PathBuf)),
        )
        .arg(option("host", "NAME", "A name for this machine in the rows [default: a short hash]"))
        .arg(switch("waits", "Jobs of your own wait for something other than the CPU: as many workers as for sleep and http"))
        .arg(switch("unchecked", "Jobs of your own give other results each time: go on without checking them"))
        .arg(option("cpus", "LIST", "Processors of the pools, e.g. 0,2-3"))
        .arg(option("server-cpus", "LIST", "Processors of the web server"))
        .arg(
            option("keep-env", "NAME", "An environment variable that pools keep; may be repeated")
                .action(ArgAction::Append),
        )
        .arg(pools_from())
}

fn switch(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).help(help).action(ArgAction::SetTrue)
}

fn option(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).help(help).allow_hyphen_values(true)
}

fn pools_from() -> Arg {
    option(
        "pools-from",
        "FILE",
        "More pools: a TOML file of [[pool]] with name, command = [..] and, if it has more files, files = [globs]",
    )
    .value_parser(value_parser!(PathBuf))
}

fn directory() -> Arg {
    Arg::new("dir").value_name("DIR").help("A run's folder [default: the latest]").value_parser(value_parser!(PathBuf))
}

impl Wish {
    /// Reads the flags of `plan` and `run`.
    pub fn read(matches: &ArgMatches) -> Result<Self> {
        let text = |name: &str| matches.get_one::<String>(name).map(String::as_str);
        let mut preset = match matches.get_one::<PathBuf>("preset") {
            Some(name) => Preset::load(name)?.narrowed(&words(text("pools"))),
            None => from_flags(matches)?,
        };
        let (waits, unchecked) = (matches.get_flag("waits"), matches.get_flag("unchecked"));
        preset.own_jobs(waits || unchecked, waits)?;
        let shards = if matches.try_contains_id("shards").is_ok() { shards(matches)? } else { None };
        Ok(Self {
            shards,
            blocks: text("blocks").map(|n| number("--blocks", 1, most_blocks(shards.unwrap_or(1)), n)).transpose()?,
            until: text("until").map(until).transpose()?,
            twin: text("twin").map(str::to_owned),
            ..Self::around(matches, preset, words(text("pools")))?
        })
    }

    /// Reads what a run and a race take besides.
    fn around(matches: &ArgMatches, preset: Preset, named: Vec<String>) -> Result<Self> {
        let text = |name: &str| matches.get_one::<String>(name).map(String::as_str);
        let seed = text("seed").map(str::to_lowercase);
        ensure!(seed.as_ref().is_none_or(|s| is_seed(s)), "--seed takes up to 16 hexadecimal digits");
        let host = text("host").map(str::to_owned);
        ensure!(
            host.as_ref().is_none_or(|h| harness::columns::is_word(h)),
            "--host takes a word of a-z, 0-9, '.', '_', '-'"
        );
        let timeout = text("timeout").unwrap_or("60s");
        let timeout = humantime::parse_duration(timeout).with_context(|| format!("--timeout {timeout}"))?;
        ensure!(timeout >= Duration::from_millis(1), "--timeout takes 1ms and more");
        Ok(Self {
            shards: None,
            preset,
            named,
            blocks: None,
            until: None,
            seed,
            timeout,
            twin: None,
            host,
            out: matches.get_one("out").cloned(),
            cpus: cpus("--cpus", text("cpus"))?,
            server_cpus: cpus("--server-cpus", text("server-cpus"))?,
            unchecked: matches.get_flag("unchecked"),
            keep_env: matches.get_many::<String>("keep-env").into_iter().flatten().cloned().collect(),
        })
    }
}

fn from_flags(matches: &ArgMatches) -> Result<Preset> {
    let text = |name: &str| matches.get_one::<String>(name).map(String::as_str);
    let jobs = words(text("jobs").or(Some("1000,10000,100000")));
    let set = CellSet {
        pools: words(text("pools")),
        except: Vec::new(),
        kinds: Vec::new(),
        workloads: workloads::read(matches)?,
        jobs: jobs.iter().map(|n| number("--jobs", 0, MAX_JOBS, n)).collect::<Result<_>>()?,
        workers: text("workers").map_or(Ok(Workers::Default), |w| w.parse().map_err(anyhow::Error::msg))?,
        chunks: parsed::<Chunk>("--chunk", &words(text("chunk")))?,
        windows: parsed::<Window>("--window", &words(text("window")))?,
        batches: text("batches").map_or(Ok(3), |n| number("--batches", 1, MAX_BATCHES, n))?,
    };
    let title = "the cells of the command line".to_owned();
    Ok(Preset { name: "run".to_owned(), title, budget: None, blocks: None, pools_from: Vec::new(), sets: vec![set] })
}

fn words(text: Option<&str>) -> Vec<String> {
    text.into_iter().flat_map(|text| text.split(',')).map(|word| word.trim().to_owned()).collect()
}

fn parsed<T: FromStr<Err = String>>(flag: &str, words: &[String]) -> Result<Vec<T>> {
    words.iter().map(|word| word.parse().map_err(anyhow::Error::msg).with_context(|| flag.to_owned())).collect()
}

fn until(text: &str) -> Result<String> {
    let share = percentage(text).filter(|share| (0.001..=0.5).contains(share));
    share.with_context(|| format!("--until {text}: a percentage from 0.1% to 50% is accepted, such as 2%"))?;
    Ok(text.to_owned())
}

fn is_seed(text: &str) -> bool {
    (1..=16).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn cpus(flag: &str, text: Option<&str>) -> Result<Option<Cpus>> {
    let Some(text) = text else { return Ok(None) };
    let cpus: Cpus = text.parse().map_err(anyhow::Error::msg).with_context(|| flag.to_owned())?;
    cpus.check().with_context(|| flag.to_owned())?;
    Ok(Some(cpus))
}
