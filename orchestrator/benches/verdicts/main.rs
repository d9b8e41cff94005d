//! Acceptance of the statistics on real trials: how often equal pools are called different, how often one that is 5 %
//! slower is found, and what hyperfine says of the same commands in the same minutes.
//!
//! `cargo bench -p orchestrator --bench verdicts -- [ROUNDS | FOLDER]`: 20 rounds of 20 blocks and 10 sizes are 200 comparisons
//! and take a quarter of an hour on an idle machine. Needs `make build` first, and hyperfine for the last part. With a folder, it judges the
//! runs 1, 2, 3... in it anew and measures nothing.

mod beside;
mod judge;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use orchestrator::analysis::{Measure, load};
use orchestrator::record::folder;

use beside::Beside;
use judge::{QuietPairs, Tally, equal_pools, slower_pool};

/// Jobs of 5 us in a batch: windows just above the 20 ms from which a disturbed trial is tried again.
const SIZES: [u64; 10] = [4400, 4450, 4500, 4550, 4600, 4650, 4700, 4750, 4800, 4850];
/// Blocks in a round: the default of `poolbench run`.
const BLOCKS: usize = 20;
/// Sizes that hyperfine also runs in a round.
const BESIDE: usize = 3;

fn main() -> Result<()> {
    // Cargo adds `--bench`.
    let folder = std::env::args().skip(1).map(PathBuf::from).find(|word| word.is_dir());
    if let Some(folder) = folder {
        return judge_again(&folder);
    }
    let rounds = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(20);
    let scratch = tempfile::tempdir().context("making a scratch folder")?;
    let pools = Pools::find(scratch.path())?;
    let mut beside = Beside::default();
    let mut tallies = Tallies::default();
    println!("load before: {}", load_now());
    for round in 1..=rounds {
        let run = scratch.path().join(round.to_string());
        pools.run(&run)?;
        tallies.count(&run)?;
        let rate = folder::read_plan(&run)?.spin_rate;
        for at in 0..BESIDE {
            let jobs = SIZES[(round * BESIDE + at) % SIZES.len()];
            beside.compare(&pools.serial, &pools.slower, jobs, rate, BLOCKS)?;
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

fn load_now() -> String {
    fs::read_to_string("/proc/loadavg").unwrap_or_default().split(' ').take(3).collect::<Vec<_>>().join(" ")
}

/// The programs.
struct Pools {
    poolbench: PathBuf,
    serial: PathBuf,
    slower: PathBuf,
    list: PathBuf,
}

impl Pools {
    fn find(scratch: &Path) -> Result<Self> {
        let poolbench = PathBuf::from(env!("CARGO_BIN_EXE_poolbench"));
        let (serial, slower) = (poolbench.with_file_name("pool-serial"), poolbench.with_file_name("slower"));
        ensure!(serial.is_file() && slower.is_file(), "{} is not there; run `make build`", slower.display());
        let list = scratch.join("pools.toml");
        fs::write(&list, format!("[[pool]]\nname = \"slower\"\ncommand = [\"{}\"]\n", slower.display()))?;
        Ok(Self { poolbench, serial, slower, list })
    }

    fn run(&self, folder: &Path) -> Result<()> {
        let sizes = SIZES.map(|jobs| jobs.to_string()).join(",");
        let blocks = BLOCKS.to_string();
        let mut command = Command::new(&self.poolbench);
        command.args(["run", "--pools", "serial,slower", "--twin", "serial", "--workload", "spin:5us"]);
        command.args(["--jobs", &sizes, "--batches", "1", "--blocks", &blocks, "--pools-from"]).arg(&self.list);
        command.arg("--out").arg(folder).stdout(Stdio::null()).stderr(Stdio::null());
        let status = command.status().context("starting poolbench")?;
        ensure!(status.code().is_some_and(|code| code < 2), "poolbench run ended with {status}");
        Ok(())
    }
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
