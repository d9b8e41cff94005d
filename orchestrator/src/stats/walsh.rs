//! The means of all pairs of values (Walsh averages), counted and picked without ever writing them down.
//!
//! n values have n (n + 1) / 2 such means, each value with itself included. Counting takes n steps and picking one some ten
//! counts, so that a cell with a million trials costs neither its square in memory nor in time.

use super::number::real;

/// How many there are for `n` values.
pub(super) fn total(n: usize) -> usize {
    n * (n + 1) / 2
}

/// How many are at most `limit`.
pub(super) fn at_most(sorted: &[f64], limit: f64) -> usize {
    count(sorted, |mean| mean <= limit)
}

/// How many are below `limit`.
pub(super) fn below(sorted: &[f64], limit: f64) -> usize {
    count(sorted, |mean| mean < limit)
}

/// The one at `index`, from 0 in ascending order. `sorted` is finite, ascending and not empty.
pub(super) fn nth(sorted: &[f64], index: usize) -> f64 {
    let mut rest = Rest::all(sorted, index);
    while rest.low < rest.high && rest.count() > sorted.len().max(FEW) {
        let before = rest.count();
        // Either side of where it should lie, so that what is left in between is a sixteenth if they lie evenly.
        rest.cut(rest.near(index.saturating_sub(before / 32)));
        rest.cut(rest.near(index + before / 32));
        if rest.count() > before / 4 {
            rest.cut(u64::midpoint(rest.low, rest.high));
        }
    }
    // Never a negative zero, whose key stands before that of zero.
    rest.picked() + 0.0
}

/// So few are written down and picked from.
const FEW: usize = 1024;

/// Those among which the one that is looked for lies.
struct Rest<'a> {
    sorted: &'a [f64],
    index: usize,
    /// The keys of the smallest and the largest that may be it.
    low: u64,
    high: u64,
    /// Those above this one, of which there are so many more than `below`, are left.
    floor: f64,
    below: usize,
    /// How many are at most as large as the largest.
    upto: usize,
}

impl<'a> Rest<'a> {
    fn all(sorted: &'a [f64], index: usize) -> Self {
        let (low, high) = (key(sorted[0]), key(sorted[sorted.len() - 1]));
        Self { sorted, index, low, high, floor: f64::NEG_INFINITY, below: 0, upto: total(sorted.len()) }
    }

    fn count(&self) -> usize {
        self.upto - self.below
    }

    /// The key of the one at `index` if they lay evenly; any other where that is no number.
    fn near(&self, index: usize) -> u64 {
        let (low, high) = (value(self.low), value(self.high));
        let share = real(index.saturating_sub(self.below)) / real(self.count());
        key(low + (high - low) * share)
    }

    /// Drops those on the wrong side of a key: up to the nearest mean, so that equal ones are one step.
    fn cut(&mut self, at: u64) {
        if self.low >= self.high {
            return;
        }
        let limit = value(at.clamp(self.low, self.high - 1));
        let mut partners = self.sorted.len();
        let (mut count, mut last, mut next) = (0, f64::NEG_INFINITY, f64::INFINITY);
        for (index, &value) in self.sorted.iter().enumerate() {
            while let Some(partner) = partners.checked_sub(1) {
                let mean = f64::midpoint(value, self.sorted[partner]);
                if mean <= limit {
                    last = last.max(mean);
                    break;
                }
                next = next.min(mean);
                partners = partner;
            }
            count += partners.saturating_sub(index);
        }
        if count > self.index {
            (self.high, self.upto) = (key(last + 0.0).clamp(self.low, key(limit)), count);
        } else {
            (self.low, self.floor, self.below) = (key(next + 0.0).clamp(self.low, self.high), limit, count);
        }
    }

    /// The one that is looked for, of all that are left.
    fn picked(&self) -> f64 {
        let ceiling = value(self.high);
        if self.low >= self.high {
            return ceiling;
        }
        let (mut from, mut to) = (self.sorted.len(), self.sorted.len());
        let mut left = Vec::with_capacity(self.count());
        for (index, &value) in self.sorted.iter().enumerate() {
            let mean = |partner: usize| f64::midpoint(value, self.sorted[partner]);
            while to > 0 && mean(to - 1) > ceiling {
                to -= 1;
            }
            while from > 0 && mean(from - 1) > self.floor {
                from -= 1;
            }
            left.extend((from.max(index)..to).map(mean));
        }
        let at = (self.index - self.below).min(left.len().saturating_sub(1));
        left.select_nth_unstable_by(at, f64::total_cmp);
        left[at]
    }
}

/// Their median: the middle one, or the mean of the middle two.
pub(super) fn median(sorted: &[f64]) -> f64 {
    let total = total(sorted.len());
    let lower = nth(sorted, (total - 1) / 2);
    if total % 2 == 1 { lower } else { f64::midpoint(lower, nth(sorted, total / 2)) }
}

/// Counts those that `holds`, a condition that small means meet and large ones do not.
fn count(sorted: &[f64], holds: impl Fn(f64) -> bool) -> usize {
    // The partners of a value that meet the condition are the first so many; a larger value has no more of them.
    let mut partners = sorted.len();
    let counts = sorted.iter().enumerate().map(|(index, &value)| {
        while partners > 0 && !holds(f64::midpoint(value, sorted[partners - 1])) {
            partners -= 1;
        }
        partners.saturating_sub(index)
    });
    counts.sum()
}

const SIGN: u64 = 1 << 63;

/// The place of a finite number among all: larger numbers have larger keys.
fn key(value: f64) -> u64 {
    let bits = value.to_bits();
    if bits & SIGN == 0 { bits | SIGN } else { !bits }
}

/// The number with this key.
fn value(key: u64) -> f64 {
    f64::from_bits(if key & SIGN == 0 { !key } else { key & !SIGN })
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "picking returns a mean to the last digit")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn picks_what_sorting_all_of_them_would(mut values in prop::collection::vec(-1e3..1e3_f64, 1..40)) {
            values.sort_unstable_by(f64::total_cmp);
            let mut means = Vec::new();
            for (index, one) in values.iter().enumerate() {
                means.extend(values[index..].iter().map(|other| f64::midpoint(*one, *other)));
            }
            means.sort_unstable_by(f64::total_cmp);
            prop_assert_eq!(means.len(), total(values.len()));
            for (index, mean) in means.iter().enumerate() {
                prop_assert_eq!(nth(&values, index), *mean);
                prop_assert_eq!(below(&values, *mean), means.partition_point(|other| other < mean));
                prop_assert_eq!(at_most(&values, *mean), means.partition_point(|other| other <= mean));
            }
        }
    }

    /// Values of which many are equal, and some as far apart as can be.
    fn value_of_many() -> impl Strategy<Value = f64> {
        let far = prop_oneof![Just(f64::MAX), Just(-f64::MAX), Just(f64::MIN_POSITIVE), Just(-0.0)];
        prop_oneof![8 => -1e3..1e3_f64, 8 => (-3..4_i8).prop_map(f64::from), 1 => far]
    }

    proptest! {
        #[test]
        fn picks_the_same_where_it_has_to_cut(mut values in prop::collection::vec(value_of_many(), 50..150), share in 0.0..1.0_f64) {
            values.sort_unstable_by(f64::total_cmp);
            let mut means = Vec::new();
            for (index, one) in values.iter().enumerate() {
                means.extend(values[index..].iter().map(|other| f64::midpoint(*one, *other) + 0.0));
            }
            means.sort_unstable_by(f64::total_cmp);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place among them")]
            let drawn = (share * real(means.len())) as usize;
            for index in [0, drawn, means.len() / 2, means.len() - 1] {
                prop_assert_eq!(nth(&values, index).to_bits(), means[index].to_bits());
            }
        }
    }

    #[test]
    fn equal_and_zero_values_are_picked_too() {
        assert_eq!(nth(&[-0.0, -0.0], 1).to_bits(), 0.0_f64.to_bits());
        assert_eq!(median(&[-1.0, 1.0]).to_bits(), 0.0_f64.to_bits());
        assert_eq!([0, 1, 2].map(|index| nth(&[-f64::MAX, f64::MAX], index)), [-f64::MAX, 0.0, f64::MAX]);
    }
}
