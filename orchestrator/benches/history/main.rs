//! Simulated histories by the very search of `poolbench history`, with the run-to-run spread of recorded runs: how often a change is
//! said where there is none, and how soon a shift of three spreads is found.
//!
//! `make bench-history RUNS="DIR DIR .."`, two runs or more of one preset; without it those of `all` in data/results. `HISTORIES=N` histories
//! without a change, 100 by default, and twice as many shifts of each kind.

mod recorded;
mod simulate;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use orchestrator::record::folder;
use orchestrator::record::latest;

use recorded::Recorded;
use simulate::{RUNS, false_alarms, shifts};

/// The preset whose runs are taken where none are named.
const PRESET: &str = "all";
/// How large a shift is, in spreads.
const SPREADS: f64 = 3.0;
/// Within how many runs it is to be found.
const WITHIN: usize = 5;

fn main() -> Result<()> {
    let mut folders: Vec<PathBuf> =
        env::args().skip(1).filter(|word| !word.starts_with("--")).map(PathBuf::from).collect();
    if folders.is_empty() {
        folders = of_preset(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(latest::results()))?;
    }
    ensure!(folders.len() > 1, "two runs of one preset tell what differs from run to run: name them");
    let recorded = Recorded::read(&folders)?;
    let histories: usize = env::var("HISTORIES").ok().and_then(|text| text.parse().ok()).unwrap_or(100);
    println!("{recorded}\n");
    println!("| histories of {RUNS} runs | cells | runs at which a change was said falsely | one in |");
    println!("|---|---|---|---|");
    let cells = recorded.cells();
    let alarms = false_alarms(&recorded, histories)?;
    println!("| {histories} | {cells} | {alarms} | {} |\n", (histories * RUNS).checked_div(alarms).unwrap_or(0));
    println!("| a cell's shift of {SPREADS} spreads | with run | found within 3 runs | 4 | {WITHIN} | 10 |");
    println!("|---|---|---|---|---|---|");
    let pools = [(true, "its build is another one in each run"), (false, "its build stays")];
    for ((is_worked_on, pool), at) in pools.into_iter().flat_map(|pool| [15, 20, 30, 40, 50].map(|at| (pool, at))) {
        let found = shifts(&recorded, is_worked_on, at, SPREADS, 2 * histories)?;
        let share = |within: usize| {
            let count = found.iter().filter(|after| after.is_some_and(|after| after <= within)).count();
            100 * count / found.len()
        };
        println!("| {pool} | {at} | {} % | {} % | {} % | {} % |", share(3), share(4), share(WITHIN), share(10));
    }
    Ok(())
}

/// The whole runs of the preset in a folder.
fn of_preset(results: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(results).with_context(|| format!("listing {}", results.display()))?;
    let paths = entries.flatten().map(|entry| entry.path()).filter(|path| !path.ends_with(latest::NAME));
    let mut paths: Vec<PathBuf> =
        paths.filter(|path| folder::read_plan(path).is_ok_and(|plan| plan.preset == PRESET)).collect();
    paths.sort();
    Ok(paths)
}
