//! What the way through a library costs: CPU time of whole runs of three pools on the harness's own `compute` and `noop`, built in and
//! compiled as a library of the user's own, in pairs.
//!
//! `own-job-tax [PAIRS [SEED]]`, 30 pairs by default. In each pair both run one after the other, in an order drawn from the seed.
//! Goal: the upper end of the interval at most 1.05 for `compute`, and at most 5 ns a job over it for `noop`.

use std::env;

use anyhow::{Context as _, Result};
use rand::{RngExt as _, SeedableRng as _};
use rand_pcg::Pcg64Mcg;
use twins::paired::{median, ratio};
use twins::runs::{cpu_time, load};

/// Jobs in a batch.
const JOBS: u64 = 1_000_000;
const WORKERS: &str = "2";
/// Batches in a run: about half a second of CPU time, so that start and exit (1 ms) are lost in it.
const WORKLOADS: [(&str, u64); 2] = [("compute", 5), ("noop", 100)];

fn main() -> Result<()> {
    let mut words = env::args().skip(1);
    let pairs: usize = words.next().map_or(Ok(30), |word| word.parse())?;
    let seed: u64 = words.next().map_or(Ok(1), |word| word.parse())?;
    let own = env::current_exe()?.parent().context("it is in a folder")?.join("libpoolbench_jobs.so");
    let mut random = Pcg64Mcg::seed_from_u64(seed);
    println!("{pairs} pairs, seed {seed}, {JOBS} jobs, {WORKERS} workers; load before: {}", load());
    println!("pool       workload  library ms  built in ms  ratio  interval         ns a job more  interval");
    for (workload, batches) in WORKLOADS {
        for pool in ["serial", "crossbeam", "rayon"] {
            let library = format!("lib:{}:{workload}", own.display());
            let run = |what: &str| cpu(pool, what, batches);
            let mut pair = || -> Result<(f64, f64)> {
                if random.random() {
                    let library = run(&library)?;
                    Ok((run(workload)?, library))
                } else {
                    Ok((run(workload)?, run(&library)?))
                }
            };
            let taken = (0..pairs).map(|_| pair()).collect::<Result<Vec<_>>>()?;
            report(pool, workload, batches, &taken);
        }
    }
    println!("load after: {}", load());
    Ok(())
}

/// CPU milliseconds of a run at the gates: by hand a pool runs its jobs once more to check them.
fn cpu(pool: &str, workload: &str, batches: u64) -> Result<f64> {
    let (jobs, batches) = (JOBS.to_string(), batches.to_string());
    let args = ["--gate", "--workload", workload, "--jobs", &jobs, "--workers", WORKERS, "--batches", &batches];
    Ok(cpu_time(&format!("pool-{pool}"), &args, &"go\n".repeat(4))?.as_secs_f64() * 1e3)
}

fn report(pool: &str, workload: &str, batches: u64, pairs: &[(f64, f64)]) {
    let Some(found) = ratio(pairs) else { return };
    let [built_in, library] = [median(pairs.iter().map(|pair| pair.0)), median(pairs.iter().map(|pair| pair.1))];
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    let each = |ratio: f64| (ratio - 1.0) * built_in * 1e6 / (JOBS * batches) as f64;
    println!(
        "{pool:<10} {workload:<8} {library:>11.1} {built_in:>12.1}  {:.3}  {:.3} to {:.3}  {:>13.2}  {:.2} to {:.2}",
        found.estimate,
        found.low,
        found.high,
        each(found.estimate),
        each(found.low),
        each(found.high)
    );
}
