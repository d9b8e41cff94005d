//! What the harness costs: CPU time of whole runs of three pools against their hand-written twins, in pairs.
//!
//! `harness-tax [PAIRS [SEED]]`, 30 pairs by default. In each pair pool and twin run one after the other, in an order
//! drawn from the seed. Goal: the upper end of the interval at most 1.02 for `compute` and 1.10 for `noop`.

use std::env;

use anyhow::Result;
use rand::{RngExt as _, SeedableRng as _};
use rand_pcg::Pcg64Mcg;
use twins::paired::{median, ratio};
use twins::runs::{cpu_time, load};

/// Jobs in a batch.
const JOBS: u64 = 1_000_000;
const WORKERS: u64 = 2;
/// Batches in a run: about half a second of CPU time, so that start and exit (1 ms) are lost in it.
const WORKLOADS: [(&str, u64); 2] = [("compute", 5), ("noop", 100)];

fn main() -> Result<()> {
    let mut words = env::args().skip(1);
    let pairs: usize = words.next().map_or(Ok(30), |word| word.parse())?;
    let seed: u64 = words.next().map_or(Ok(1), |word| word.parse())?;
    let mut random = Pcg64Mcg::seed_from_u64(seed);
    println!("{pairs} pairs, seed {seed}, {JOBS} jobs, {WORKERS} workers; load before: {}", load());
    println!("pool       workload batches  pool ms  twin ms  ratio  interval");
    for (workload, batches) in WORKLOADS {
        for pool in ["serial", "crossbeam", "rayon"] {
            let taken = (0..pairs).map(|_| pair(pool, workload, batches, random.random()));
            report(pool, workload, batches, &taken.collect::<Result<Vec<_>>>()?);
        }
    }
    println!("load after: {}", load());
    Ok(())
}

/// CPU milliseconds of (twin, pool).
fn pair(pool: &str, workload: &str, batches: u64, pool_first: bool) -> Result<(f64, f64)> {
    let (jobs, workers, batches) = (JOBS.to_string(), WORKERS.to_string(), batches.to_string());
    // At the gates: by hand a pool also computes the right checksum, one more batch of work.
    let mut args = vec!["--gate", "--workload", workload, "--jobs", &jobs, "--batches", &batches];
    if pool != "serial" {
        args.extend(["--workers", &workers]);
    }
    let ours = || cpu_time(&format!("pool-{pool}"), &args, &"go\n".repeat(4));
    let twins = || cpu_time(&format!("twin-{pool}"), &[&jobs, &workers, workload, &batches], "");
    let (ours, twins) = if pool_first {
        let ours = ours()?;
        (ours, twins()?)
    } else {
        let twins = twins()?;
        (ours()?, twins)
    };
    Ok((twins.as_secs_f64() * 1e3, ours.as_secs_f64() * 1e3))
}

fn report(pool: &str, workload: &str, batches: u64, pairs: &[(f64, f64)]) {
    let Some(found) = ratio(pairs) else { return };
    let (ours, twins) = (median(pairs.iter().map(|pair| pair.1)), median(pairs.iter().map(|pair| pair.0)));
    println!(
        "{pool:<10} {workload:<8} {batches:>7} {ours:>8.1} {twins:>8.1}  {:.3}  {:.3} to {:.3}",
        found.estimate, found.low, found.high
    );
}
