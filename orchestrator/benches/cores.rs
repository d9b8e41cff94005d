//! Whether waiting for fast cores pays: the spread of batch times of three pools with it and without, by turns.
//!
//! `cargo bench -p orchestrator --bench cores -- [ROUNDS]`, 150 by default, about two minutes; `make build` first. Goal: half the
//! spread; it was not reached, so runs do not wait. A machine whose cores stay at one speed shows nothing here.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use harness::{Workload, checksum};
use orchestrator::guard::{Grouping, Guard};
use orchestrator::observe::{CoreState, Cores};
use orchestrator::process::affinity::Cpus;
use orchestrator::process::environment;
use orchestrator::process::signals::Interrupt;
use orchestrator::stats::Sample;
use orchestrator::trial::status::Status;
use orchestrator::trial::{self, Ask, Right};

const POOLS: [&str; 3] = ["serial", "threads-counter", "crossbeam"];
const JOBS: [u64; 2] = [1_000, 10_000];
/// What a trial waits at most.
const WAIT: Duration = Duration::from_millis(50);
/// Between two readings while the cores are slow.
const PAUSE: Duration = Duration::from_millis(2);

fn main() -> Result<()> {
    let rounds = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(150);
    let poolbench = Path::new(env!("CARGO_BIN_EXE_poolbench"));
    let (guard, interrupt) = (Guard::new(poolbench, Grouping::WherePossible)?, Interrupt::install()?);
    let mut cores = Cores::watch(&Cpus::allowed()?, Duration::from_secs(1))?;
    let load = || fs::read_to_string("/proc/loadavg").map(|text| text.trim().to_owned());
    println!(
        "{rounds} rounds, compute, 2 workers, 3 batches; spread: quartile distance of log time / 1.349; load {}",
        load()?
    );
    let mut states: Vec<CoreState> = Vec::new();
    for jobs in JOBS {
        let right = checksum::text(Workload::Compute.checksum(jobs));
        let mut logs: [[Vec<f64>; 2]; POOLS.len()] = Default::default();
        for round in 0..rounds {
            for (pool, logs) in POOLS.iter().zip(&mut logs) {
                for turn in 0..2 {
                    let waits = (round + turn) % 2 == 0;
                    let state = if waits { settled(&mut cores) } else { cores.read() };
                    states.extend(state.filter(|_| !waits));
                    ensure!(!interrupt.raised(), "stopped by the user");
                    let ns =
                        warm_ns(&poolbench.with_file_name(format!("pool-{pool}")), jobs, &right, &guard, &interrupt)?;
                    logs[usize::from(waits)].push(ns.ln());
                }
            }
        }
        for (pool, [plain, waited]) in POOLS.iter().zip(&logs) {
            let (plain, waited) = (spread(plain)?, spread(waited)?);
            println!("{pool:16} x {jobs:6}: {plain:.3} without, {waited:.3} with, ratio {:.2}", waited / plain);
        }
    }
    let slow = states.iter().filter(|state| state.slow).count();
    println!("{slow} of {} readings without waiting were slow; load {}", states.len(), load()?);
    Ok(())
}

/// Reads until the cores are not slow, for as long as `WAIT`; the last reading.
fn settled(cores: &mut Cores) -> Option<CoreState> {
    let begun = Instant::now();
    loop {
        let state = cores.read();
        if state.is_none_or(|state| !state.slow) || begun.elapsed() + PAUSE > WAIT {
            return state;
        }
        std::thread::sleep(PAUSE);
    }
}

fn spread(logs: &[f64]) -> Result<f64> {
    let (low, high) = Sample::new(logs)?.quartiles();
    Ok((high - low) / 1.349)
}

/// The lower median of two warm batches, ns.
fn warm_ns(path: &Path, jobs: u64, right: &str, guard: &Guard, interrupt: &Interrupt) -> Result<f64> {
    ensure!(path.is_file(), "{} does not exist; run `make build` first", path.display());
    let name = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_prefix("pool-"));
    let jobs_word = jobs.to_string();
    let words = ["--gate", "--workload", "compute", "--jobs", &jobs_word, "--batches", "3"];
    let command = [path.as_os_str().to_owned()].into_iter().chain(words.iter().map(OsString::from)).collect();
    let ask = Ask {
        command,
        env: environment::minimal(),
        cpus: None,
        timeout: Duration::from_secs(10),
        batches_within: None,
        pool: name.context("a pool is called pool-NAME")?,
        guard,
        server: None,
        jobs,
        batches: 3,
        shortest_ns: 0,
        right: Right::Sum(right.to_owned()),
    };
    let trial = trial::run(&ask, None, interrupt);
    ensure!(trial.status == Some(Status::Ok), "the trial is not ok: {}", trial.message);
    let ns = trial.done.as_ref().and_then(harness::protocol::Done::warm_ns).context("a trial without warm batches")?;
    #[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
    let ns = ns as f64;
    Ok(ns)
}
