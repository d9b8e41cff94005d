//! How often equal pools were called different.

use statrs::distribution::{Beta, ContinuousCDF};

use super::number::real;
use super::{Alpha, Interval};

/// The record of equal pools.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FalseAlarms {
    /// Comparisons of two equal pools that had enough blocks for an interval.
    pub comparisons: usize,
    /// Those whose unadjusted interval left out 0.
    pub alarms: usize,
    /// `alarms` over `comparisons`.
    pub share: f64,
    /// Where the true share lies (Clopper and Pearson's exact binomial interval), as if cells were independent.
    pub interval: Interval,
}

/// Counts the unadjusted intervals that leave out 0; none without an interval.
///
/// `alpha` is the error of the share's own interval. With few cells that is wide: 0 of 4 still allows 60 %.
pub fn false_alarms(intervals: &[Interval], alpha: Alpha) -> Option<FalseAlarms> {
    let comparisons = intervals.len();
    let alarms = intervals.iter().filter(|interval| !interval.contains(0.0)).count();
    if comparisons == 0 {
        return None;
    }
    let quiet = comparisons - alarms;
    let tail = alpha.get() / 2.0;
    // The share at which so many alarms, or so few, would be seen with probability `tail` only.
    let low = if alarms == 0 { 0.0 } else { beta_quantile(alarms, quiet + 1, tail)? };
    let high = if quiet == 0 { 1.0 } else { beta_quantile(alarms + 1, quiet, 1.0 - tail)? };
    Some(FalseAlarms {
        comparisons,
        alarms,
        share: real(alarms) / real(comparisons),
        interval: Interval::between(low, high),
    })
}

fn beta_quantile(a: usize, b: usize, p: f64) -> Option<f64> {
    Some(Beta::new(real(a), real(b)).ok()?.inverse_cdf(p))
}
