//! Is there a shift, and how large: Wilcoxon's signed-rank test, its interval and the Hodges-Lehmann estimate.
//!
//! All three are read off one list, the means of all pairs of differences, so they can't contradict each other: the
//! interval leaves out 0 exactly when the p-value is within its alpha. Where the order inside a block was drawn at
//! random, differences under "no shift" are symmetric by that draw, so the level rests on no model of the noise.
//!
//! Zeros and ties: a mean of exactly 0 counts for both signs, and the distribution is the one without ties. That can
//! only raise a p-value and widen an interval, never the reverse; no difference is thrown away.

use super::null::RankSum;
use super::number::leading;
use super::{Alpha, BadSample, Interval, Sample, walsh};

/// Differences, ready to be tested at any level.
pub struct SignedRank {
    differences: Sample,
    null: RankSum,
}

impl SignedRank {
    /// Takes the differences, one a block, in any order. Fails if there is none, or if one is not finite.
    pub fn new(differences: &[f64]) -> Result<Self, BadSample> {
        let differences = Sample::new(differences)?;
        let null = RankSum::of(differences.size());
        Ok(Self { differences, null })
    }

    /// The differences; their median and its interval are a second opinion that needs no symmetry.
    pub fn differences(&self) -> &Sample {
        &self.differences
    }

    /// The Hodges-Lehmann estimate of the shift: the median of the means of all pairs.
    pub fn estimate(&self) -> f64 {
        walsh::median(self.differences.sorted())
    }

    /// Two-sided p-value of "no shift", up to 1. Exact up to [`EXACT_UP_TO`](super::EXACT_UP_TO) differences.
    pub fn p_value(&self) -> f64 {
        let sorted = self.differences.sorted();
        let not_positive = walsh::at_most(sorted, 0.0);
        let not_negative = walsh::total(sorted.len()) - walsh::below(sorted, 0.0);
        self.two_sided(not_positive.min(not_negative)).min(1.0)
    }

    /// The shifts that the test doesn't reject. None below [`Alpha::fewest_blocks`] differences.
    pub fn interval(&self, alpha: Alpha) -> Option<Interval> {
        let sorted = self.differences.sorted();
        let total = walsh::total(sorted.len());
        let rank = leading(total / 2 + 1, |sum| alpha.allows(self.two_sided(sum))).checked_sub(1)?;
        Some(Interval::between(walsh::nth(sorted, rank), walsh::nth(sorted, total - 1 - rank)))
    }

    /// Twice the probability that the smaller rank sum is at most `sum`.
    fn two_sided(&self, sum: usize) -> f64 {
        2.0 * self.null.lower_tail(sum)
    }
}
