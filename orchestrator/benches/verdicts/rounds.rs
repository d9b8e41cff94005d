//! Rounds through all of `poolbench`: equal pools, one that is 5 % slower, and hyperfine on the same commands.

use std::path::Path;

use anyhow::{Context as _, Result};
use orchestrator::analysis::{Measure, load};
use orchestrator::record::folder;

use crate::Asked;
use crate::beside::Beside;
use crate::judge::{QuietPairs, Tally, equal_pools, slower_pool};
use crate::programs::{Programs, load_now};

/// Jobs of 5 us in a batch: windows just above the 20 ms from which a disturbed trial is tried again.
pub(crate) const SIZES: [u64; 10] = [4400, 4450, 4500, 4550, 4600, 4650, 4700, 4750, 4800, 4850];
/// Blocks in a round: the default of `poolbench run`.
const BLOCKS: usize = 20;
/// Sizes that hyperfine also runs in a round.
const BESIDE: usize = 3;

/// Runs the rounds, or judges those of a folder anew.
pub(crate) fn run(asked: &Asked) -> Result<()> {
    if let Some(folder) = &asked.folder {
        return judge_again(folder);
    }
    let rounds = usize::try_from(asked.number.unwrap_or(20))?;
    let scratch = tempfile::tempdir().context("making a scratch folder")?;
    let programs = Programs::find(scratch.path())?;
    let mut beside = Beside::default();
    let mut tallies = Tallies::default();
    println!("load before: {}", load_now());
    for round in 1..=rounds {
        let run = scratch.path().join(round.to_string());
        programs.run("serial,slower", "serial", &SIZES, BLOCKS as u64, &run)?;
        tallies.count(&run)?;
        let rate = folder::read_plan(&run)?.spin_rate;
        for at in 0..BESIDE {
            let jobs = SIZES[(round * BESIDE + at) % SIZES.len()];
            beside.compare(&programs.serial, &programs.slower, jobs, rate, BLOCKS)?;
        }
        println!("\nround {round} of {rounds}, load {}\n{tallies}{beside}", load_now());
    }
    Ok(())
}

/// Judges the rounds of an earlier run of this benchmark, whose folders were kept.
fn judge_again(folder: &Path) -> Result<()> {
    let mut tallies = Tallies::default();
    let rounds = (1..).map(|round: u64| folder.join(round.to_string())).take_while(|run| run.is_dir());
    rounds.map(|run| tallies.count(&run)).collect::<Result<Vec<()>>>()?;
    print!("{tallies}");
    Ok(())
}

/// Everything that is counted, by measure.
#[derive(Default)]
struct Tallies {
    cpu: Tally,
    wall: Tally,
    quiet: QuietPairs,
    trials: (u64, u64),
}

impl Tallies {
    fn count(&mut self, run: &Path) -> Result<()> {
        let data = load(run)?;
        for (tally, measure) in [(&mut self.cpu, Measure::Cpu), (&mut self.wall, Measure::Time)] {
            equal_pools(&data, measure, tally)?;
            slower_pool(&data, measure, tally)?;
        }
        for series in data.groups.values().flat_map(|setups| setups.values()) {
            self.trials.0 += series.points.len() as u64;
            self.trials.1 += series.noisy;
        }
        self.quiet.add(run)
    }
}

impl std::fmt::Display for Tallies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "| measure | equal: interval without 0 | equal: faster or slower | +5 %: slower | +5 %: faster |")?;
        writeln!(f, "|---|---|---|---|---|")?;
        writeln!(f, "| CPU time | {}", self.cpu)?;
        writeln!(f, "| batch time, accepted | {}", self.wall)?;
        let quiet = self.quiet.judge(BLOCKS).map_err(|_| std::fmt::Error)?;
        writeln!(f, "| batch time, samples of {BLOCKS} pairs of undisturbed trials | {quiet}")?;
        let (all, noisy) = self.trials;
        writeln!(f, "{noisy} of {all} accepted trials were disturbed by others")
    }
}
