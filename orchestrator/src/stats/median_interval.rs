//! Where the median lies, whatever the distribution: the interval between two order statistics (sign test).

use statrs::distribution::{Binomial, DiscreteCDF};

use super::number::leading;
use super::{Alpha, Interval, Sample};

/// An interval for a median.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MedianInterval {
    /// From one measured value to another.
    pub interval: Interval,
    /// The level it really has: at least the one asked for, since order statistics come in steps.
    pub confidence: f64,
}

impl Sample {
    /// The narrowest symmetric pair of order statistics that holds the median with at least the level asked for.
    ///
    /// Exact for any continuous distribution; with equal values it errs on the wide side. None below
    /// [`Alpha::fewest_blocks`] values.
    pub fn median_interval(&self, alpha: Alpha) -> Option<MedianInterval> {
        let values = self.sorted();
        // The number of values under the median is a number of heads in as many tosses.
        let heads = Binomial::new(0.5, values.len().try_into().ok()?).ok()?;
        let error = |rank: usize| 2.0 * heads.cdf(rank as u64);
        let rank = leading(values.len().div_ceil(2), |rank| alpha.allows(error(rank))).checked_sub(1)?;
        Some(MedianInterval {
            interval: Interval::between(values[rank], values[values.len() - 1 - rank]),
            confidence: 1.0 - error(rank),
        })
    }
}
