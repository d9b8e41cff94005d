//! Simulated races by the very rules of the command, on the medians and the noise of a recorded run: how often the answer is
//! among the best, and for how many trials, beside 20 fixed blocks of all.
//!
//! `make bench-race [RUN=DIR]`, DIR being a run with many pools and 10 blocks or more, such as one of `all`; without it the
//! latest. `RACES=N` races of each kind, 500 by default.
//!
//! Of real races ten are held against the first by hand: `poolbench race --workload spin:20us --jobs 1000 --json` ten times, and
//! whether each `answer` is among the first one's `remaining`.

mod recorded;
mod simulate;

use std::env;
use std::path::PathBuf;

use anyhow::{Result, ensure};
use orchestrator::outcome::rules::Rules;
use orchestrator::record::folder;

use recorded::Recorded;
use simulate::{Design, Tally, race};

/// Blocks of the fixed design.
const BLOCKS: u64 = 20;

fn main() -> Result<()> {
    let folder = env::args().skip(1).find(|word| !word.starts_with("--")).map(PathBuf::from);
    let races: u64 = env::var("RACES").ok().and_then(|text| text.parse().ok()).unwrap_or(500);
    let recorded = Recorded::read(&folder::find(folder.as_deref())?)?;
    ensure!(!recorded.cells.is_empty(), "no cell of the run has 10 pools with 10 blocks: name another");
    println!("{races} races each, noise of {} recorded cells\n", recorded.cells.len());
    println!(
        "| entrants | design | within 3 % | within 5 % | trials against {BLOCKS} blocks: median | nine of ten under | rounds |"
    );
    println!("|---|---|---|---|---|---|---|");
    for entrants in [30, 300] {
        for (name, design) in [
            ("20 blocks of all", Design::Fixed(BLOCKS)),
            ("10 blocks of all", Design::Fixed(BLOCKS / 2)),
            ("a race", Design::Race(Rules::default())),
        ] {
            let mut tally = Tally::default();
            for number in 0..races {
                tally.add(&race(&recorded, entrants, &design, number)?, entrants as u64 * BLOCKS);
            }
            println!("| {entrants} | {name} | {tally} |");
        }
    }
    Ok(())
}
