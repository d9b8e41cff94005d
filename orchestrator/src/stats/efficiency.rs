//! What a pool makes of its cores, from trials held against those of a plain loop in the same block.

use super::{Alpha, BadSample, Interval, SignedRank, log_ratios};

/// A figure with where it lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    /// The Hodges-Lehmann estimate.
    pub value: f64,
    /// The exact signed-rank interval, which holds `value`.
    pub interval: Interval,
}

/// The speed-up over the loop for each core that the pool could use: 1 is all that there is to gain.
///
/// `pairs` are times of `(loop, pool)`, one pair a block, in any unit; `cores` is min(workers, cores), 0 counts as 1.
/// None with too few blocks for an interval at `alpha`. Fails on a time that is not finite and above 0; its position is
/// that of the pair.
pub fn efficiency(pairs: &[(f64, f64)], cores: u32, alpha: Alpha) -> Result<Option<Figure>, BadSample> {
    let cores = f64::from(cores.max(1));
    // ln(serial / pool): the larger, the better.
    let speed_ups = log_ratios(pairs)?.into_iter().map(|slower| -slower);
    let figure = figure(&speed_ups.collect::<Vec<f64>>(), alpha)?;
    Ok(figure.map(|found| {
        let interval = found.interval.to_ratio();
        Figure {
            value: found.value.exp() / cores,
            interval: Interval::between(interval.low() / cores, interval.high() / cores),
        }
    }))
}

/// What a job costs beyond its work: (the pool's time on each of its cores - the loop's time) / jobs, in the unit of the
/// times. Below 0 the pool does the work itself cheaper than the loop does.
///
/// Arguments and errors are those of [`efficiency`]; without a job there is none.
pub fn overhead(pairs: &[(f64, f64)], jobs: u64, cores: u32, alpha: Alpha) -> Result<Option<Figure>, BadSample> {
    if let Some(position) = pairs.iter().position(|pair| !is_time(pair.0) || !is_time(pair.1)) {
        let (serial, pool) = pairs[position];
        return Err(BadSample::NotPositive { position, value: if is_time(serial) { pool } else { serial } });
    }
    if jobs == 0 {
        return Ok(None);
    }
    #[expect(clippy::cast_precision_loss, reason = "jobs stay far below 2^53")]
    let (jobs, cores) = (jobs as f64, f64::from(cores.max(1)));
    // Each divided by itself: times near the largest number stay finite.
    let overheads: Vec<f64> = pairs.iter().map(|(serial, pool)| pool / jobs * cores - serial / jobs).collect();
    figure(&overheads, alpha)
}

fn is_time(value: f64) -> bool {
    value.is_finite() && value > 0.0
}

/// The estimate and interval of a sample; none with too few values.
fn figure(values: &[f64], alpha: Alpha) -> Result<Option<Figure>, BadSample> {
    let test = match SignedRank::new(values) {
        Err(BadSample::Empty) => return Ok(None),
        test => test?,
    };
    Ok(test.interval(alpha).map(|interval| Figure { value: test.estimate(), interval }))
}
