//! The laps of a race: how many times the leader's figure each entrant's was, after every round that it ran in.

use super::answer::Answer;
use crate::stats::{BadSample, Sample};

/// By entrant, the ratios of its median to the leader's over the rounds up to each, from the first on.
pub(crate) fn laps(answer: &Answer) -> Result<Vec<Vec<f64>>, BadSample> {
    let race = answer.race();
    let scores = answer.field.scores(race, race.rounds());
    let median = |cell: usize, round: usize| Ok(Sample::new(&scores[cell][..round])?.median());
    let leads: Vec<f64> = race
        .looks
        .iter()
        .map(|look| median(look.leader, usize::try_from(look.round).unwrap_or(usize::MAX)))
        .collect::<Result<_, BadSample>>()?;
    let of_one = |cell: usize| {
        let ran = scores[cell].len().min(leads.len());
        (1..=ran)
            .map(|round| Ok((median(cell, round)? - leads[round - 1]).exp()))
            .collect::<Result<Vec<f64>, BadSample>>()
    };
    (0..race.entrants).map(of_one).collect()
}
