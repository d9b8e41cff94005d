//! What the final of a race says of the finalists beside the leader: pure, on logarithms of what is measured.

use crate::plan::race::Race;
use crate::stats::{Alpha, BadSample, Interval, Sample, SignedRank, Verdict};

/// Logarithms of what was measured, by entrant and round from 1; a trial without a value has that of a cut-off one.
pub type Scores = [Vec<f64>];

/// What the final says of one finalist beside the leader.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judged {
    /// The finalist.
    pub cell: usize,
    /// What may be said of it.
    pub verdict: Verdict,
    /// Hodges-Lehmann estimate of the logarithm of its ratio to the leader.
    pub estimate: f64,
    /// The interval of that; nothing where there were too few rounds.
    pub interval: Option<Interval>,
}

/// What the last `rounds` rounds, which are the final's, say of each that is left beside the leader, with so much error for all.
/// Who leads is seen in the same rows, so that every pair of finalists shares it.
pub fn verdicts(
    race: &Race,
    scores: &Scores,
    leader: usize,
    rounds: u64,
    error: f64,
    floor: f64,
) -> Result<Vec<Judged>, BadSample> {
    let alpha = Alpha::new(error).map(|alpha| alpha.shared_by(race.finalists * race.finalists.saturating_sub(1) / 2));
    let last = |scores: &[f64]| scores[scores.len().saturating_sub(count(rounds))..].to_vec();
    let leads = last(&scores[leader]);
    let level = Sample::new(&leads)?.median().exp();
    let others = race.remaining().into_iter().filter(|cell| *cell != leader);
    let found = others.map(|cell| {
        let test = SignedRank::new(&differences(&leads, &last(&scores[cell])))?;
        let interval = alpha.and_then(|alpha| test.interval(alpha));
        let verdict = Verdict::of(test.estimate(), interval, race.band(), None);
        // What is less than the floor is no difference, as between two starts of one program.
        let is_small = interval.is_some_and(|interval| level * interval.reach().exp_m1() <= floor);
        let verdict = if is_small { Verdict::Same } else { verdict };
        Ok(Judged { cell, verdict, estimate: test.estimate(), interval })
    });
    found.collect()
}

/// By how much the second is larger than the first, round by round.
pub(super) fn differences(leader: &[f64], other: &[f64]) -> Vec<f64> {
    leader.iter().zip(other).map(|(leader, other)| other - leader).collect()
}

fn count(rounds: u64) -> usize {
    usize::try_from(rounds).unwrap_or(usize::MAX)
}
