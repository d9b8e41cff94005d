//! Whether the batches of a trial still get faster at its end: a compiler that works as the program runs is not warm after
//! the first of them.

use super::{Alpha, BadSample, Band, Sample, SignedRank};

/// Fewer batches than this do not tell by themselves whether they fall: of their last quarter there would be one.
pub const FEWEST_TO_TELL: usize = 8;
/// The normal deviate of an error of 1 %, one-sided.
const ONE_PERCENT: f64 = 2.326;

/// The error of the interval over the trials of a cell.
const LEVEL: Alpha = Alpha::new(0.01).expect("it lies between 0 and 1");

/// How the end of a cell's trials compares with what stands for them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Late {
    /// Hodges-Lehmann estimate of `ln(late / warm)` over the trials.
    pub change: f64,
    /// Whether the cell is still warming: the estimate lies below the band of 3 %, and the interval below 0.
    pub is_warming: bool,
}

/// `ln(late / warm)` of one trial's batch times, in any unit: the median of the last quarter against the lower median of all but
/// the first, which is what stands for the trial. Of 3 to 7 batches the last against the second, since the lower median of
/// so few is among the last itself. Nothing for fewer, or where one is 0.
pub fn late_change(batches: &[u64]) -> Option<f64> {
    let (_, warm) = batches.split_first()?;
    if warm.len() < 2 || warm.contains(&0) {
        return None;
    }
    if batches.len() < FEWEST_TO_TELL {
        return Some((real(*warm.last()?) / real(warm[0])).ln());
    }
    Some((late_level(batches)? / sample(warm)?.lower_median()).ln())
}

/// Whether the batches of one trial fall, the first aside: by Mann and Kendall's test for a trend, one-sided at 1 % at most. One
/// odd batch does not make it, nor do any 7 or fewer.
pub fn is_falling(batches: &[u64]) -> bool {
    let Some((_, warm)) = batches.split_first().filter(|_| batches.len() >= FEWEST_TO_TELL) else { return false };
    let pairs = warm.iter().enumerate().flat_map(|(at, one)| warm[at + 1..].iter().map(move |later| (one, later)));
    let falls: f64 = pairs.map(|(one, later)| f64::from(i8::from(later < one) - i8::from(later > one))).sum();
    let n = super::number::real(warm.len());
    // The normal bound lets less pass than the exact distribution at any n; 1 is the step's half.
    (falls - 1.0) / (n * (n - 1.0) * (2.0 * n + 5.0) / 18.0).sqrt() >= ONE_PERCENT
}

/// Whether one trial gives reason to try its cell with more batches: of 8 or more the last are more than 3 % faster than what
/// stands for it, and they fall. 3 to 7 tell next to nothing and always give reason, fewer never.
pub fn is_suspect(batches: &[u64]) -> bool {
    let Some(change) = late_change(batches) else { return false };
    batches.len() < FEWEST_TO_TELL || (is_beyond(change) && is_falling(batches))
}

/// Whether a longer trial bears out that `few` batches were not enough: its batches fall, and its last ones are more than 3 % faster
/// than what would stand for its first `few`. Noise that made another trial suspect does not come again, a compiler does.
pub fn bears_out(longer: &[u64], few: usize) -> bool {
    let before = longer.get(1..few).and_then(sample).map(|sample| sample.lower_median());
    let change = before.zip(late_level(longer)).map(|(before, late)| (late / before).ln());
    is_falling(longer) && change.is_some_and(is_beyond)
}

/// Whether a logarithm of a ratio lies below the band of 3 %.
fn is_beyond(change: f64) -> bool {
    change < -Band::default().half_width()
}

/// The median of the last quarter of 8 batches or more.
fn late_level(batches: &[u64]) -> Option<f64> {
    let late = batches.get(batches.len() - batches.len() / 4..).filter(|_| batches.len() >= FEWEST_TO_TELL)?;
    Some(sample(late)?.median()).filter(|level| *level > 0.0)
}

/// Over the trials of a cell: each one's [`late_change`]. Nothing under 8 trials, which have no interval at 1 %: of hundreds of
/// cells few may be called so by chance. Fails on one that is not finite.
pub fn late(changes: &[f64]) -> Result<Option<Late>, BadSample> {
    if changes.is_empty() {
        return Ok(None);
    }
    let test = SignedRank::new(changes)?;
    let change = test.estimate();
    let of = |interval: super::Interval| Late { change, is_warming: is_beyond(change) && interval.lies_below(0.0) };
    Ok(test.interval(LEVEL).map(of))
}

fn sample(times: &[u64]) -> Option<Sample> {
    Sample::new(&times.iter().map(|time| real(*time)).collect::<Vec<_>>()).ok()
}

fn real(time: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "exact below 2^53: 104 days in ns")]
    let real = time as f64;
    real
}
