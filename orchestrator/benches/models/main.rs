//! Acceptance of the models: do their intervals hold what they promise, and how far off are predictions?
//!
//! `cargo bench -p orchestrator --bench models -- [PART] [NUMBER | FOLDER..]`, all parts without a word:
//!
//! | part | does | goal | takes |
//! |---|---|---|---|
//! | `coverage` | NUMBER (2000) simulations of 20 blocks with recorded noise: how often the intervals of start, overhead and bytes a job hold the truth | 92 to 98 %, at 0 at least 92 % | 10 seconds |
//! | `heldout` | of each run FOLDER, each inner size left out and predicted from the others, and each inner length of jobs | median error within 7 %, or the difference between twins' medians; 90 % within 25 % | a second |
//! | `advised` | of each run FOLDER, each cell that can be asked for left out, and the pool that is advised held against the best there | in at least 60 cells nowhere beyond doubt more than 10 % behind | a minute |
//! | `peak` | of each run FOLDER of preset `memory`, the peak at 10^6 jobs predicted from sizes up to 10^5 | within 10 % or 1 MiB | a second |
//!
//! The noise is that of the recorded `bench-all` of the tests.

mod advised;
mod coverage;
mod heldout;
mod noise;
mod peak;

use std::path::PathBuf;

use anyhow::{Result, bail};

const PARTS: [&str; 4] = ["coverage", "heldout", "advised", "peak"];

fn main() -> Result<()> {
    let (mut parts, mut simulations, mut folders) = (Vec::new(), 2000, Vec::new());
    for word in std::env::args().skip(1) {
        match word.as_str() {
            // Cargo adds it.
            "--bench" => {}
            part if PARTS.contains(&part) => parts.push(word),
            number if number.parse::<usize>().is_ok_and(|number| number > 0) => simulations = number.parse()?,
            folder if PathBuf::from(folder).is_dir() => folders.push(PathBuf::from(folder)),
            other => bail!("'{other}' is no part ({}), no number above 0 and no folder", PARTS.join(", ")),
        }
    }
    let wants = |part: &str| parts.is_empty() || parts.iter().any(|one| one == part);
    if wants("coverage") {
        coverage::simulate(simulations)?;
    }
    if folders.is_empty() {
        println!("no folder of a run is named, so nothing is left out");
        return Ok(());
    }
    if wants("heldout") {
        folders.iter().try_for_each(|folder| heldout::judge(folder))?;
    }
    if wants("advised") {
        advised::judge(&folders)?;
    }
    if wants("peak") {
        peak::judge(&folders)?;
    }
    Ok(())
}
