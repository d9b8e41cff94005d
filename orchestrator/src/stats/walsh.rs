//! The means of all pairs of values (Walsh averages), counted and picked without ever writing them down.
//!
//! n values have n (n + 1) / 2 such means, each value with itself included. Counting takes n steps and picking one at
//! most 64 counts, so that a file with a million pairs costs neither its square in memory nor in time.

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
    let (mut low, mut high) = (key(sorted[0]), key(sorted[sorted.len() - 1]));
    while low < high {
        let middle = u64::midpoint(low, high);
        if at_most(sorted, value(middle)) > index {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    // Never a negative zero, whose key stands before that of zero.
    value(low) + 0.0
}

/// Their median: the middle one, or the mean of the middle two.
pub(super) fn median(sorted: &[f64]) -> f64 {
    let total = total(sorted.len());
    f64::midpoint(nth(sorted, (total - 1) / 2), nth(sorted, total / 2))
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

    #[test]
    fn equal_and_zero_values_are_picked_too() {
        assert_eq!(nth(&[-0.0, -0.0], 1).to_bits(), 0.0_f64.to_bits());
        assert_eq!(median(&[-1.0, 1.0]).to_bits(), 0.0_f64.to_bits());
        assert_eq!([0, 1, 2].map(|index| nth(&[-f64::MAX, f64::MAX], index)), [-f64::MAX, 0.0, f64::MAX]);
    }
}
