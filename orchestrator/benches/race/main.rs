//! Simulated races by the very rules of the command, on the medians and the noise of a recorded run, on a quiet machine and on
//! disturbed ones: how often the answer is among the best, and for how many trials, beside 20 fixed blocks of all.
//!
//! `make bench-race [RUN=DIR] [LOADED=DIR]`, RUN being a run with many pools and 10 blocks or more, such as one of `all`; without
//! it the latest. LOADED is one that was made on a loaded machine, whose noise is then taken, too. `RACES=N` races of each kind,
//! 500 by default; `SEEDS=N` draws others: 17 is what figures are told of, the constants of the rules were chosen with 1 and 2.
//!
//! Of real races ten are held against the first by hand: `poolbench race --workload spin:20us --jobs 1000 --json` ten times, and
//! whether each `answer` is among the first one's `remaining`.

mod noise;
mod recorded;
mod simulate;

use std::env;
use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Context as _, Result, ensure};
use orchestrator::outcome::rules::Rules;
use orchestrator::record::folder;

use noise::Kind;
use recorded::Recorded;
use simulate::{Case, Design, Tally, race};

/// Blocks of the fixed design.
const BLOCKS: u64 = 20;
/// The seeds that figures are told of.
const TOLD: u128 = 17;

fn main() -> Result<()> {
    let folders: Vec<PathBuf> = env::args().skip(1).filter(|word| !word.starts_with("--")).map(PathBuf::from).collect();
    let (races, stream): (u64, u128) = (asked("RACES", 500)?, asked("SEEDS", TOLD)?);
    let recorded = read(&folder::find(folders.first().map(PathBuf::as_path))?)?;
    let loaded = folders.get(1).map(|folder| read(folder)).transpose()?;
    let mut kinds = vec![("quiet", Kind::Quiet), ("disturbed", Kind::Disturbed)];
    kinds.extend(loaded.as_ref().map(|loaded| ("of a loaded run", Kind::Of(loaded))));
    println!("{races} races each, noise of {} recorded cells, seeds {stream}\n", recorded.cells.len());
    println!(
        "| noise | entrants | design | within 3 % | within 5 % | trials against {BLOCKS} blocks: median | nine of ten under | rounds |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for (noise, kind) in kinds {
        for entrants in [30, 300] {
            let case = Case { recorded: &recorded, noise: kind, entrants, stream };
            for (name, design) in [
                ("20 blocks of all", Design::Fixed(BLOCKS)),
                ("10 blocks of all", Design::Fixed(BLOCKS / 2)),
                ("a race", Design::Race(Rules::default())),
            ] {
                let mut tally = Tally::default();
                for number in 0..races {
                    tally.add(&race(&case, &design, number)?, entrants as u64 * BLOCKS);
                }
                println!("| {noise} | {entrants} | {name} | {tally} |");
            }
        }
    }
    Ok(())
}

fn asked<T: FromStr<Err: std::error::Error + Send + Sync + 'static>>(name: &str, default: T) -> Result<T> {
    env::var(name).map_or(Ok(default), |text| text.parse().with_context(|| format!("{name}={text}")))
}

fn read(folder: &std::path::Path) -> Result<Recorded> {
    let recorded = Recorded::read(folder)?;
    ensure!(!recorded.cells.is_empty(), "no cell of {} has 10 pools with 10 blocks: name another", folder.display());
    Ok(recorded)
}
