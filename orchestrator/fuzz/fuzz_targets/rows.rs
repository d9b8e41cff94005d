//! Any bytes as `trials.csv`: reading and comparing them ends, with an answer or an error and never a panic.
#![no_main]

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use harness::columns::COLUMNS;
use libfuzzer_sys::fuzz_target;
use orchestrator::analysis::{Measure, against_reference, at_the_end, load};
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

fn header() -> String {
    COLUMNS.join(",") + "\n"
}

fn folder() -> &'static Path {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    let make = || {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        fs::write(folder.path().join("plan.toml"), PLAN).expect("the plan can be written");
        fs::write(folder.path().join("trials.csv"), header()).expect("the rows can be written");
        load(folder.path()).expect("a run without rows can be read, else nothing is tested");
        folder
    };
    FOLDER.get_or_init(make).path()
}

fuzz_target!(|data: &[u8]| {
    let run = folder();
    let rows = run.join("trials.csv");
    // Few inputs would find the header by themselves.
    let bytes = if data.starts_with(b"schema") { data.to_vec() } else { [header().as_bytes(), data].concat() };
    fs::write(rows, bytes).expect("the rows can be written");
    if let Ok(data) = load(run) {
        for measure in [Measure::Time, Measure::Cpu, Measure::Memory] {
            let _ = against_reference(&data, None, measure, data.alpha);
        }
        let _ = at_the_end(run);
    }
});
