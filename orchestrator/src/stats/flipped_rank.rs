//! Whether the signed-rank interval leaves out 0 once some differences have changed their sign, many times over.

use super::null::RankSum;
use super::number::leading;
use super::{Alpha, walsh};

/// The differences of one comparison, ready to be asked for any signs.
pub(super) struct FlippedRank {
    /// By size, ascending.
    ties: Vec<Tie>,
    /// The interval leaves out 0 if fewer means of pairs than this lie on the other side.
    alarm_below: usize,
}

/// Differences of one size.
struct Tie {
    /// How many are smaller.
    smaller: usize,
    /// Their blocks, and whether they are above 0. Nothing for a size of 0, whose sign never changes.
    signs: Vec<(usize, bool)>,
    /// How many there are.
    count: usize,
}

impl FlippedRank {
    /// Takes differences with their blocks; none if there are too few for any claim at `alpha`.
    pub(super) fn new(differences: &[(usize, f64)], alpha: Alpha) -> Option<Self> {
        let null = RankSum::of(differences.len());
        let is_alarm = |sum| alpha.allows(2.0 * null.lower_tail(sum));
        let alarm_below = leading(walsh::total(differences.len()) / 2 + 1, is_alarm);
        if alarm_below == 0 {
            return None;
        }
        let mut sorted = differences.to_vec();
        sorted.sort_by(|(_, one), (_, other)| one.abs().total_cmp(&other.abs()));
        let mut smaller = 0;
        let ties = sorted.chunk_by(|(_, one), (_, other)| one.abs().total_cmp(&other.abs()).is_eq()).map(|tie| {
            let is_zero = tie[0].1.abs() <= 0.0;
            let signs = tie.iter().filter(|_| !is_zero).map(|(block, one)| (*block, *one > 0.0)).collect();
            smaller += tie.len();
            Tie { smaller: smaller - tie.len(), signs, count: tie.len() }
        });
        Some(Self { ties: ties.collect(), alarm_below })
    }

    /// Whether it does where the sign changes in the blocks that are set in `flips`, 64 a word.
    pub(super) fn is_alarm(&self, flips: &[u64]) -> bool {
        let is_flipped = |block: usize| flips[block / 64] >> (block % 64) & 1 == 1;
        let (mut not_negative, mut not_positive) = (0, 0);
        for Tie { smaller, signs, count } in &self.ties {
            if signs.is_empty() {
                not_negative += walsh::total(*count);
                not_positive += walsh::total(*count);
                continue;
            }
            // The larger of two differences has the sign of their mean; equal ones of unlike signs have a mean of 0.
            let positive = signs.iter().filter(|(block, is_above)| is_above ^ is_flipped(*block)).count();
            let negative = count - positive;
            not_negative += positive * smaller + walsh::total(positive) + positive * negative;
            not_positive += negative * smaller + walsh::total(negative) + positive * negative;
        }
        not_negative.min(not_positive) < self.alarm_below
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::SignedRank;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_the_signed_rank_interval_of_the_flipped_differences(
            differences in prop_oneof![
                prop::collection::vec(-0.5..1.0_f64, 1..70),
                prop::collection::vec((-2..4_i8).prop_map(f64::from), 1..70),
            ],
            flips in prop::array::uniform2(any::<u64>()),
            few in any::<bool>(),
        ) {
            let flips = if few { [flips[0] & flips[1] & 0x1111, 0] } else { flips };
            let numbered: Vec<(usize, f64)> = differences.iter().copied().enumerate().collect();
            let flipped: Vec<f64> = numbered
                .iter()
                .map(|(block, one)| if flips[block / 64] >> (block % 64) & 1 == 1 { -one } else { *one })
                .collect();
            let interval = SignedRank::new(&flipped).unwrap().interval(Alpha::FIVE_PERCENT);
            let found = FlippedRank::new(&numbered, Alpha::FIVE_PERCENT);
            prop_assert_eq!(found.is_some(), interval.is_some());
            prop_assert_eq!(
                found.map(|found| found.is_alarm(&flips)),
                interval.map(|interval| !interval.contains(0.0))
            );
        }
    }
}
