//! Any bytes as `trials.csv`: reading and comparing them ends, with an answer or an error and never a panic.
#![no_main]

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use clap::{ArgMatches, Command};
use harness::columns::{COLUMNS, OF_FIRST_SCHEMA};
use libfuzzer_sys::fuzz_target;
use orchestrator::analysis::{arguments, at_the_end, cli, load, narrow_until};
use orchestrator::models;
use orchestrator::record::machine::Machine;
use orchestrator::stats::Band;
use tempfile::TempDir;

const PLAN: &str = r#"
schema = 1
run = "made"
preset = "run"
seed = "5eed"
blocks = 20
timeout_ms = 60000
budget_ms = 0
until = ""
host = "here"
spin_rate = 1
cpus = ""
server_cpus = ""
keep_env = []
left_out = []
cells = []
[pools]
"#;

/// Of schema 1, which the seeds are of.
fn header() -> String {
    COLUMNS[..OF_FIRST_SCHEMA].join(",") + "\n"
}

fn folder() -> &'static Path {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    let make = || {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        fs::write(folder.path().join("plan.toml"), PLAN).expect("the plan can be written");
        fs::write(folder.path().join("trials.csv"), header()).expect("the rows can be written");
        let machine = serde_json::to_string(&Machine::read(Some("here"))).expect("a machine can be written");
        fs::write(folder.path().join("machine.json"), machine).expect("the machine can be written");
        load(folder.path()).expect("a run without rows can be read, else nothing is tested");
        folder
    };
    FOLDER.get_or_init(make).path()
}

/// Every command that reads rows, in each of its forms.
fn commands() -> &'static [ArgMatches] {
    static COMMANDS: OnceLock<Vec<ArgMatches>> = OnceLock::new();
    COMMANDS.get_or_init(|| {
        let run = folder().to_str().expect("a temporary folder's name is UTF-8");
        let words = [
            vec!["summary", run],
            vec!["summary", run, "--all"],
            vec!["summary", run, "--markdown"],
            vec!["summary", run, "--json"],
            vec!["compare", run],
            vec!["compare", run, run],
            vec!["compare", run, "--measure", "cpu"],
            vec!["rank", run],
            vec!["gate", run, run, "--annotate"],
            vec!["fit", run],
            vec!["fit", run, "--json"],
        ];
        let poolbench = Command::new("poolbench").subcommands(arguments::commands());
        let poolbench = poolbench.subcommand(models::cli::command()).no_binary_name(true);
        words.map(|words| poolbench.clone().get_matches_from(words)).into()
    })
}

fuzz_target!(|data: &[u8]| {
    let run = folder();
    let rows = run.join("trials.csv");
    // Few inputs would find the header by themselves.
    let bytes = if data.starts_with(b"schema") { data.to_vec() } else { [header().as_bytes(), data].concat() };
    fs::write(rows, bytes).expect("the rows can be written");
    for command in commands() {
        let (name, matches) = command.subcommand().expect("each is a command");
        let _ = if name == models::cli::FIT { models::cli::run(matches).map(drop) } else { cli::run(name, matches).map(drop) };
    }
    let _ = at_the_end(run, 80);
    let _ = narrow_until(run, Band::default());
});
