//! What a whole trial costs over a bare spawn of the same pool: paired, interleaved, with control groups and without.
//!
//! `cargo bench -p orchestrator --bench trial_cost -- [PAIRS]`, 300 pairs by default; `make build` first. The bare spawn
//! runs the same pool straight through, its output thrown away. Goal: at most 0.7 ms with groups, 0.35 ms without.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use harness::{Workload, checksum};
use orchestrator::env;
use orchestrator::guard::{Grouping, Guard};
use orchestrator::signals::Interrupt;
use orchestrator::stats::Sample;
use orchestrator::status::Status;
use orchestrator::trial::{self, Ask};

const JOBS: u64 = 1000;

fn main() -> Result<()> {
    let pairs = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(300);
    let poolbench = Path::new(env!("CARGO_BIN_EXE_poolbench"));
    let interrupt = Interrupt::install()?;
    let load = || fs::read_to_string("/proc/loadavg").map(|text| text.trim().to_owned());
    println!("{pairs} pairs each, noop x {JOBS}, 2 workers; load {}", load()?);
    println!("pool       groups   bare spawn   trial      cost (median of pairs, quartiles)");
    for pool in ["serial", "crossbeam"] {
        for (word, grouping) in [("without", Grouping::Never), ("with", Grouping::WherePossible)] {
            let guard = Guard::new(poolbench, grouping)?;
            let path = poolbench.with_file_name(format!("pool-{pool}"));
            ensure!(path.is_file(), "{} does not exist; run `make build` first", path.display());
            measure(pool, word, &path, &guard, &interrupt, pairs)?;
        }
    }
    println!("load {}", load()?);
    Ok(())
}

fn measure(pool: &str, word: &str, path: &Path, guard: &Guard, interrupt: &Interrupt, pairs: u32) -> Result<()> {
    let (mut bare, mut whole, mut cost) = (Vec::new(), Vec::new(), Vec::new());
    for pair in 0..pairs {
        // Each goes first in every other pair.
        let (one, other) = if pair % 2 == 0 {
            let spawned = bare_spawn(path)?;
            (spawned, one_trial(pool, path, guard, interrupt)?)
        } else {
            let tried = one_trial(pool, path, guard, interrupt)?;
            (bare_spawn(path)?, tried)
        };
        bare.push(one.as_secs_f64() * 1e3);
        whole.push(other.as_secs_f64() * 1e3);
        cost.push((other.as_secs_f64() - one.as_secs_f64()) * 1e3);
    }
    let median = |values: &[f64]| Sample::new(values).map(|sample| sample.median());
    let sample = Sample::new(&cost)?;
    let (low, high) = sample.quartiles();
    println!(
        "{pool:10} {word:8} {:7.3} ms {:7.3} ms {:7.3} ms ({low:.3} to {high:.3})",
        median(&bare)?,
        median(&whole)?,
        sample.median(),
    );
    Ok(())
}

fn arguments() -> [String; 6] {
    ["--workload", "noop", "--jobs", &JOBS.to_string(), "--workers", "2"].map(str::to_owned)
}

fn bare_spawn(path: &Path) -> Result<Duration> {
    let mut command = Command::new(path);
    command.args(arguments()).env_clear().envs(env::minimal()).stdin(Stdio::null()).stdout(Stdio::null());
    let clock = Instant::now();
    let status = command.status().context("starting the pool")?;
    let took = clock.elapsed();
    ensure!(status.success(), "the pool ended with {status}");
    Ok(took)
}

fn one_trial(pool: &str, path: &Path, guard: &Guard, interrupt: &Interrupt) -> Result<Duration> {
    let words = [path.to_string_lossy().into_owned(), "--gate".to_owned()].into_iter().chain(arguments());
    let ask = Ask {
        command: words.map(OsString::from).collect(),
        env: env::minimal(),
        cpus: None,
        timeout: Duration::from_secs(10),
        pool,
        guard,
        server: None,
        jobs: JOBS,
        batches: 1,
        checksum: checksum::text(Workload::Noop.checksum(JOBS)),
    };
    let clock = Instant::now();
    let trial = trial::run(&ask, None, interrupt);
    let took = clock.elapsed();
    ensure!(trial.status == Some(Status::Ok), "the trial is not ok: {}", trial.message);
    Ok(took)
}
