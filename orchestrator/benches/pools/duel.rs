//! The verdict on `threads-counter` against `rayon`, by the statistics of runs: pairs in blocks, a twin, Holm over all sizes.

use anyhow::{Context as _, Result};
use orchestrator::pools::Pool;
use orchestrator::stats::{Alpha, Band, Finding, Member, SignedRank, compare_family, log_ratios};
use rand::seq::SliceRandom as _;
use rand_pcg::Pcg64;

use crate::measure::{Batch, Bench};

/// Who is held against whom.
const CANDIDATE: &str = "threads-counter";
const REFERENCE: &str = "rayon";
/// The default of `poolbench run`.
const BLOCKS: usize = 20;
/// Jobs and batches.
const SIZES: [(u64, u64); 2] = [(1_000_000, 4), (1_000, 80)];

/// Fights it out and says what may be said; says so where one of the two was not built or not asked for.
pub(crate) fn fight(bench: &Bench, draw: &mut Pcg64) -> Result<String> {
    let (Some(candidate), Some(reference)) = (bench.pools.get(CANDIDATE), bench.pools.get(REFERENCE)) else {
        return Ok(format!("{CANDIDATE} was not held against {REFERENCE}: one of them is not there."));
    };
    let mut pairs = Vec::new();
    for (jobs, batches) in SIZES {
        let batch = Batch { workload: "compute", jobs, chunk: None, window: None, batches };
        let blocks = (0..BLOCKS).map(|_| block(bench, [reference, candidate, reference], &batch, draw));
        let blocks = blocks.collect::<Result<Vec<_>>>()?;
        let own: Vec<(f64, f64)> = blocks.iter().map(|[reference, candidate, _]| (*reference, *candidate)).collect();
        let twin: Vec<(f64, f64)> = blocks.iter().map(|[reference, _, twin]| (*reference, *twin)).collect();
        pairs.push((log_ratios(&own)?, SignedRank::new(&log_ratios(&twin)?)?.interval(Alpha::FIVE_PERCENT)));
    }
    let members: Vec<Member> = pairs.iter().map(|(differences, twin)| Member { differences, twin: *twin }).collect();
    let findings = compare_family(&members, Alpha::FIVE_PERCENT, Band::default())?;
    let lines = SIZES.iter().zip(findings).map(|((jobs, _), finding)| sentence(*jobs, &finding));
    Ok(lines.collect::<Result<Vec<_>>>()?.join("\n"))
}

/// The times of three trials in an order drawn anew, ns a job.
fn block(bench: &Bench, pools: [&Pool; 3], batch: &Batch, draw: &mut Pcg64) -> Result<[f64; 3]> {
    let mut order = [0, 1, 2];
    order.shuffle(draw);
    let mut times = [0.0; 3];
    for at in order {
        times[at] = bench.trial(pools[at], batch)?.job_ns;
    }
    Ok(times)
}

fn sentence(jobs: u64, finding: &Finding) -> Result<String> {
    let percent = |log: f64| 100.0 * log.exp_m1();
    let estimate = percent(finding.estimate.context("a duel without blocks")?);
    let interval = finding.interval.context("a duel with too few blocks")?;
    Ok(format!(
        "* {CANDIDATE} against {REFERENCE}, {jobs} jobs, {BLOCKS} blocks: {estimate:+.1} % ({:+.1} to {:+.1}), verdict {}.",
        percent(interval.low()),
        percent(interval.high()),
        finding.verdict
    ))
}
