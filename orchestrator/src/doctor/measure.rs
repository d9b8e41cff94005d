//! Ten seconds of one pool against itself: how far apart two equal things are on this machine as it is now.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use harness::human;
use harness::{Chunk, Window, checksum};
use rand::{RngExt as _, SeedableRng as _};
use rand_pcg::Pcg64;

use super::Finding;
use crate::guard::Guard;
use crate::plan;
use crate::plan::cell::Cell;
use crate::pools::{self, Pool};
use crate::process::environment;
use crate::process::signals::Interrupt;
use crate::process::tell;
use crate::stats::{Alpha, SignedRank, log_ratios};
use crate::trial::{self, Ask, Right};

/// How long it measures.
const TIME: Duration = Duration::from_secs(10);
/// Jobs of `compute`: some milliseconds on two cores.
const JOBS: u64 = 50_000;
/// What a run of the default number of blocks should be able to tell, as a ratio.
const WANTED: f64 = 0.05;

/// Measures; nothing if the user stops it.
pub(super) fn finding() -> Result<Option<Finding>> {
    let guard = Guard::of_this_process()?;
    let interrupt = Interrupt::install()?;
    let found = pools::find(None)?;
    found.left_out.iter().for_each(|out| tell(format_args!("{}", out.sentence)));
    let pools = found.pools;
    guard.sweep_after_describing();
    let pool = pools.get("crossbeam").or_else(|| pools.values().next()).context("there is no pool")?;
    let begun = Instant::now();
    let (mut pairs, mut draw) = (Vec::new(), Pcg64::seed_from_u64(1));
    while begun.elapsed() < TIME {
        let times = [time(pool, &guard, &interrupt), time(pool, &guard, &interrupt)];
        if interrupt.raised() {
            return Ok(None);
        }
        let [first, second] = times;
        let times = (first?, second?);
        // Which of the two is the first of the pair is drawn: what comes second is warmer.
        pairs.push(if draw.random() { times } else { (times.1, times.0) });
    }
    judge(&pool.description.name, &pairs).map(Some)
}

fn judge(pool: &str, pairs: &[(f64, f64)]) -> Result<Finding> {
    const NAME: &str = "A/A";
    let ranks = SignedRank::new(&log_ratios(pairs)?)?;
    let interval =
        ranks.interval(Alpha::FIVE_PERCENT).context("too few pairs in ten seconds; is the machine overloaded?")?;
    let blocks = plan::DEFAULT_BLOCKS;
    // An interval narrows with the root of the number of pairs.
    let within = interval.half_width() * (real(pairs.len() as u64) / real(blocks)).sqrt();
    let found = format!(
        "{pool} against itself: {} in {} pairs; {blocks} blocks tell about {} apart",
        human::change_within(ranks.estimate().exp_m1(), interval.low().exp_m1(), interval.high().exp_m1()),
        pairs.len(),
        human::share(within.exp_m1())
    );
    if within <= WANTED {
        return Ok(Finding::ok(NAME, found));
    }
    Ok(Finding::warning(
        NAME,
        found,
        "differences below that look like chance, and claims about them are not made",
        "quieten the machine, or take more --blocks: four times as many halve it",
    ))
}

/// The lower median of two warm batches in a fresh process, ns.
fn time(pool: &Pool, guard: &Guard, interrupt: &Interrupt) -> Result<f64> {
    let about = &pool.description;
    let cell = Cell {
        pool: about.name.clone(),
        workload: "compute".parse().map_err(anyhow::Error::msg)?,
        jobs: JOBS,
        workers: harness::Staff::Workers(harness::cores()),
        chunk: Chunk::default_of(&about.chunk),
        window: Window::default_of(&about.window),
        batches: 3,
        arrive: String::new(),
        load: String::new(),
    };
    let arguments = cell.arguments(None, 0).into_iter().map(Into::into);
    let ask = Ask {
        command: pool.build.command.iter().cloned().chain(arguments).collect(),
        env: environment::minimal(),
        cpus: None,
        timeout: TIME,
        batches_within: None,
        pool: &about.name,
        guard,
        server: None,
        jobs: JOBS,
        batches: cell.batches,
        shortest_ns: cell.shortest_batch_ns(),
        right: Right::Sum(checksum::text(cell.workload.workload().checksum(JOBS))),
    };
    let mut trial = trial::run(&ask, None, interrupt);
    while trial.stood_still && !interrupt.raised() {
        trial = trial::run(&ask, None, interrupt);
    }
    let warm = trial.done.as_ref().and_then(harness::protocol::Done::warm_ns);
    Ok(real(warm.with_context(|| format!("{} gave no time: {}", about.name, trial.message))?))
}

fn real(number: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts and nanoseconds of ten seconds stay far below 2^53")]
    let real = number as f64;
    real
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;

    #[test]
    fn equal_times_are_fit_and_scattered_ones_are_not() {
        let pairs = |spread: f64| -> Vec<(f64, f64)> {
            (0..200).map(|n| (1e6, 1e6 * (1.0 + spread * (f64::from(n % 21) / 10.0 - 1.0)))).collect()
        };
        let quiet = judge("x", &pairs(0.01)).unwrap();
        assert!(quiet.level == Level::Ok && quiet.found.contains("200 pairs"), "{quiet:?}");
        assert_eq!(judge("x", &pairs(0.5)).unwrap().level, Level::Warning);
        assert!(judge("x", &pairs(0.1)[..4]).is_err());
    }
}
