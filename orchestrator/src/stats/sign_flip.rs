//! Is a mean off zero: Fisher's randomisation test, in which every difference keeps its size and takes either sign.
//!
//! Where the order inside a block was drawn at random, a difference of two equal pools is as likely as its negative, so
//! the p-value is exact by that draw alone, whatever the noise, and however it changes from block to block. The
//! interval is the set of shifts that the test does not reject: from one mean of a part of the differences to another
//! (Hartigan's typical values).
//!
//! All 2^n patterns of signs are counted, none is drawn: each half of the differences has 2^(n/2) sums, and counting the
//! pairs of sums beyond a limit takes one walk along both. Sums that differ from the observed one by rounding count as
//! equal to it, which can only raise a p-value.
//!
//! Beyond [`FLIPPED_UP_TO`] differences neighbours are added up and flipped together. Those patterns are a part of all
//! patterns that is closed under flipping, so the level stays exact and nothing needs a seed; what it costs is the
//! power between Student's t with 35 degrees of freedom and with more.

use std::cell::RefCell;

use super::number::real;
use super::{Alpha, BadSample, Interval};

/// Up to this many differences each has a sign of its own: 2^18 sums a half, 5 ms. All pairs of 24 pools then take 1.5 s,
/// and 6 s if it were 40, the blocks of the last look; at 16 blocks they take 1 ms.
pub const FLIPPED_UP_TO: usize = 36;

/// The same for intervals, which count a hundred times.
const INTERVALS_UP_TO: usize = 24;

/// Halvings of the range in which an end of an interval lies: more than a float has digits.
const HALVINGS: usize = 60;

/// The sum of all sizes, in whole numbers, whose sums are exact: 2^60.
const WHOLE: f64 = 1_152_921_504_606_846_976.0;

/// A difference of sums that is rounding: a part in 10^12 of [`WHOLE`]. That of logarithms of times is a hundredth of it.
const ROUNDING: i64 = 1 << 20;

/// Differences, ready to be tested.
pub struct SignFlip {
    /// As shares of `unit`, so that no sum overflows.
    shares: Vec<f64>,
    unit: f64,
}

impl SignFlip {
    /// Takes the differences in the order of their blocks. Fails if there is none, or if one is not finite.
    pub fn new(differences: &[f64]) -> Result<Self, BadSample> {
        if differences.is_empty() {
            return Err(BadSample::Empty);
        }
        if let Some(position) = differences.iter().position(|difference| !difference.is_finite()) {
            return Err(BadSample::NotFinite { position, value: differences[position] });
        }
        let largest = differences.iter().fold(0.0_f64, |largest, difference| largest.max(difference.abs()));
        let unit = if largest > 0.0 { largest } else { 1.0 };
        Ok(Self { shares: differences.iter().map(|difference| difference / unit).collect(), unit })
    }

    /// How many differences there are, at least 1.
    pub fn blocks(&self) -> usize {
        self.shares.len()
    }

    /// The mean difference.
    pub fn estimate(&self) -> f64 {
        self.mean() * self.unit
    }

    /// Two-sided p-value of "no shift": the share of sign patterns whose mean is at least as far from 0, above 0 and up
    /// to 1.
    pub fn p_value(&self) -> f64 {
        share_beyond(&together(&self.shares, 0.0, FLIPPED_UP_TO))
    }

    /// The shifts that the test doesn't reject. None below [`Alpha::fewest_blocks`] differences. Beyond 24 it adds
    /// neighbours up before [`Self::p_value`] does, so that the two may then disagree by a hair.
    pub fn interval(&self, alpha: Alpha) -> Option<Interval> {
        if self.shares.len() < alpha.fewest_blocks() {
            return None;
        }
        let is_possible = |shift: f64| !alpha.allows(share_beyond(&together(&self.shares, shift, INTERVALS_UP_TO)));
        // On each side of the mean the p-value only falls with the distance.
        let end = |beyond: f64| {
            let (mut possible, mut rejected) = (self.mean(), beyond);
            for _ in 0..HALVINGS {
                let middle = f64::midpoint(possible, rejected);
                *(if is_possible(middle) { &mut possible } else { &mut rejected }) = middle;
            }
            possible * self.unit
        };
        let smallest = self.shares.iter().copied().fold(f64::INFINITY, f64::min);
        let largest = self.shares.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        Some(Interval::between(end(smallest), end(largest)))
    }

    fn mean(&self) -> f64 {
        self.shares.iter().sum::<f64>() / real(self.shares.len())
    }
}

/// At most `most` sums of neighbours, of as many values each as can be, each less a shift.
fn together(values: &[f64], shift: f64, most: usize) -> Vec<f64> {
    let groups = values.len().min(most);
    let start = |group: usize| group * values.len() / groups;
    let sum = |group| values[start(group)..start(group + 1)].iter().map(|value| value - shift).sum();
    (0..groups).map(sum).collect()
}

/// The share of sign patterns whose sum is at least as far from 0 as the observed one.
fn share_beyond(values: &[f64]) -> f64 {
    let sizes: f64 = values.iter().map(|value| value.abs()).sum();
    #[expect(clippy::cast_possible_truncation, reason = "at most `WHOLE`, below 2^63")]
    let parts: Vec<i64> = values.iter().map(|value| (value / sizes * WHOLE).round() as i64).collect();
    let limit = parts.iter().sum::<i64>().abs() - ROUNDING;
    if limit <= 0 {
        return 1.0;
    }
    let (one, other) = parts.split_at(parts.len() / 2);
    let pairs = ROOM.with_borrow_mut(|[ones, others, merged]| {
        sums(one, ones, merged);
        sums(other, others, merged);
        pairs_from(ones, others, limit)
    });
    // Patterns and their reverses lie on both sides of 0 alike.
    2.0 * real(pairs) / real(parts.len()).exp2()
}

thread_local! {
    /// The sums of both halves, and where they are merged: 5 MB, which the kernel would have to clear anew for each of a
    /// thousand tests, a quarter of their time.
    static ROOM: RefCell<[Vec<i64>; 3]> = const { RefCell::new([Vec::new(), Vec::new(), Vec::new()]) };
}

/// The sums of all sign patterns, ascending. They lie around 0 alike, so half of each merge is the other's mirror.
fn sums(parts: &[i64], sums: &mut Vec<i64>, lower_half: &mut Vec<i64>) {
    sums.clear();
    sums.push(0);
    for part in parts {
        let size = part.abs();
        let (mut lowered, mut raised) = (0, 0);
        // Which is smaller is a coin's toss: counted rather than branched on, since half of all branches would be
        // foreseen wrongly.
        lower_half.clear();
        lower_half.extend((0..sums.len()).map(|_| {
            let (low, high) = (sums[lowered] - size, sums[raised] + size);
            let is_low = usize::from(low <= high);
            lowered += is_low;
            raised += 1 - is_low;
            low.min(high)
        }));
        sums.clear();
        sums.extend_from_slice(lower_half);
        sums.extend(lower_half.iter().rev().map(|sum| -sum));
    }
}

/// How many pairs of a sum of each list add up to at least `limit`. Both are ascending and lie around 0 alike.
fn pairs_from(one: &[i64], other: &[i64], limit: i64) -> usize {
    let (mut at, mut partners, mut pairs) = (0, 0, 0);
    while at < one.len() && partners < other.len() {
        // The negative of a partner is in the list too.
        let is_partner = usize::from(one[at] - other[partners] >= limit);
        pairs += partners * (1 - is_partner);
        partners += is_partner;
        at += 1 - is_partner;
    }
    pairs + (one.len() - at) * partners
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sums_and_pairs_are_those_of_all_patterns(parts in prop::collection::vec(-9..10_i64, 1..12), limit in 0..40_i64) {
            // The sum of each pattern, one by one.
            let sum = |pattern: u32| {
                let signed = parts.iter().enumerate();
                signed.map(|(at, part)| if pattern >> at & 1 == 0 { *part } else { -part }).sum()
            };
            let mut all: Vec<i64> = (0..1 << parts.len()).map(sum).collect();
            all.sort_unstable();
            let (one, other) = parts.split_at(parts.len() / 2);
            let expected = all.iter().filter(|sum| **sum >= limit).count();
            let sums = |parts: &[i64]| {
                let mut found = vec![1, 2, 3];
                super::sums(parts, &mut found, &mut vec![4]);
                found
            };
            prop_assert_eq!(pairs_from(&sums(one), &sums(other), limit), expected);
            prop_assert_eq!(sums(&parts), all);
        }
    }

    #[test]
    fn neighbours_are_taken_together_evenly_and_none_is_lost() {
        let values: Vec<f64> = (0..41).map(f64::from).collect();
        let groups = together(&values, 0.0, 40);
        assert_eq!((groups.len(), groups.iter().sum::<f64>().to_bits()), (40, 820.0_f64.to_bits()));
        assert_eq!(together(&values[..5], 0.0, 2), [1.0, 9.0]);
        assert_eq!(together(&values[..5], 1.0, 2), [-1.0, 6.0]);
        assert_eq!(together(&values[..3], 0.0, 40), values[..3]);
    }
}
