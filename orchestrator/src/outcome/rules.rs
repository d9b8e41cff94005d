//! When an entrant leaves a race, when its final begins and when it is over: pure rules on logarithms of what is measured, the
//! same for the command and for its simulation (`make bench-race`).

use super::verdicts::{Judged, Scores, differences, verdicts};
use crate::plan::race::{End, How, Look, Out, Race};
use crate::stats::{Alpha, BadSample, Sample, SignedRank, Verdict};

/// The constants of the rules, calibrated on recorded rows, on the same disturbed, and on those of a loaded machine.
#[derive(Clone, Debug)]
pub struct Rules {
    /// After r rounds an entrant is set aside that was slower than the leader in every one, and in the median by a factor of
    /// e^(this x spread / sqrt(r)) or more, where the spread is how far trials of one entrant stray.
    pub caution: f64,
    /// And by a factor at least: after so many rounds this one, up to the next. Two or three rounds tell the spread of a machine
    /// badly that is quiet in one minute and shared in the next. Before the first of them nobody is set aside.
    pub least: Vec<(u64, f64)>,
    /// After so many rounds before the final the exact test is made, at this error for the whole race.
    pub looks: Vec<(u64, f64)>,
    /// The final begins when no more are left than this.
    pub finalists: usize,
    /// Or after so many rounds.
    pub eliminating: u64,
    /// Looks of the final: after so many of its rounds, at this error for all that is claimed there.
    pub finals: Vec<(u64, f64)>,
    /// The rounds of a final that has one finalist.
    pub alone: u64,
    /// A final that has taken this share of the trials before it ends at its next look.
    pub share: f64,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            caution: 3.0,
            least: vec![(2, 2.0), (3, 1.1), (4, 1.03)],
            looks: vec![(12, 0.02), (16, 0.015), (20, 0.015)],
            finalists: 3,
            eliminating: 20,
            finals: vec![(10, 0.02), (20, 0.015), (40, 0.015)],
            alone: 8,
            share: 0.3,
        }
    }
}

/// What a round came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Another round.
    Round,
    /// The final, from the next round on.
    Final,
    /// It is over.
    Over(End),
}

impl Rules {
    /// The rounds after which entrants may be set aside.
    pub fn first(&self) -> u64 {
        self.least.first().map_or(u64::MAX, |(first, _)| *first)
    }

    /// The factor at which an entrant is set aside after so many rounds, when trials stray by `spread`, a logarithm; nothing
    /// before the first round after which one may be.
    pub fn factor(&self, spread: f64, rounds: u64) -> Option<f64> {
        let (_, least) = self.least.iter().rfind(|(from, _)| *from <= rounds)?;
        Some((self.caution * spread / real(rounds).sqrt()).exp().max(*least))
    }

    /// The most rounds of a race.
    pub fn most_rounds(&self) -> u64 {
        self.eliminating + self.finals.last().map_or(0, |(last, _)| *last)
    }

    /// Judges the round that `scores` ends with: puts down in `race` what was seen and who has left, and says what comes next.
    /// `floor` is a difference of the measured quantity that is none.
    pub fn judge(&self, race: &mut Race, scores: &Scores, round: u64, floor: f64) -> Result<Next, BadSample> {
        if race.final_from == 0 { self.eliminate(race, scores, round) } else { self.decide(race, scores, round, floor) }
    }

    fn eliminate(&self, race: &mut Race, scores: &Scores, round: u64) -> Result<Next, BadSample> {
        let leader = leader(&race.remaining(), scores)?;
        let error = self.looks.iter().find(|(at, _)| *at == round).map_or(0.0, |(_, error)| *error);
        let factor = self.factor(spread(&race.remaining(), scores)?, round);
        for cell in race.remaining().into_iter().filter(|cell| *cell != leader) {
            let pairs = differences(&scores[leader], &scores[cell]);
            let median = Sample::new(&pairs)?.median();
            // Shared by all entrants, whoever is left: who that is hangs on the rows.
            let how = if is_behind(&pairs, error, race.entrants - 1)? {
                Some(How::Behind)
            } else if factor.is_some_and(|factor| median >= factor.ln()) && pairs.iter().all(|own| *own > 0.0) {
                Some(How::SetAside)
            } else {
                None
            };
            let out = |how| Out { cell, round, how, leader, factor: median.exp(), cut_off: false };
            race.out.extend(how.map(out));
        }
        let left = race.remaining().len();
        race.looks.push(Look { round, leader, left, error });
        let is_due = left <= self.finalists || round >= self.eliminating;
        Ok(if is_due && round >= self.first() { Next::Final } else { Next::Round })
    }

    /// Looks at the final: who is behind leaves, and it is over if one is left, all are the same, or no look is left.
    fn decide(&self, race: &mut Race, scores: &Scores, round: u64, floor: f64) -> Result<Next, BadSample> {
        let rounds = (round + 1).saturating_sub(race.final_from);
        let leader = leader(&race.remaining(), scores)?;
        let error = self.final_error(rounds);
        let verdicts = match error {
            Some(error) => verdicts(race, scores, leader, rounds, error, floor)?,
            None => Vec::new(),
        };
        for Judged { cell, estimate, .. } in verdicts.iter().filter(|one| one.verdict == Verdict::Slower) {
            let factor = estimate.exp();
            race.out.push(Out { cell: *cell, round, how: How::Behind, leader, factor, cut_off: false });
        }
        let left = race.remaining().len();
        race.looks.push(Look { round, leader, left, error: error.unwrap_or(0.0) });
        let are_same =
            error.is_some() && verdicts.iter().all(|one| [Verdict::Same, Verdict::Slower].contains(&one.verdict));
        Ok(match () {
            () if left == 1 && rounds >= self.alone => Next::Over(End::One),
            () if are_same && left > 1 => Next::Over(End::Same),
            () if error.is_some() && self.is_long(race, round) => Next::Over(End::Budget),
            () => Next::Round,
        })
    }

    /// Whether a race has spent its rounds, and not only its time: it has ended at a look of a long final.
    pub fn are_spent(&self, race: &Race) -> bool {
        self.final_error(race.final_rounds()).is_some() && self.is_long(race, race.rounds())
    }

    /// Whether a final has taken its share of the trials, or all its looks.
    fn is_long(&self, race: &Race, round: u64) -> bool {
        let trials = |rounds: std::ops::RangeInclusive<u64>, cells: usize| -> usize {
            rounds.map(|round| race.field(cells, round).len()).sum()
        };
        let before = trials(1..=race.final_from - 1, race.entrants);
        // The twin stands behind the entrants.
        let own = trials(race.final_from..=round, race.entrants + 1);
        let is_last = self.finals.last().is_none_or(|(last, _)| round + 1 - race.final_from >= *last);
        is_last || real(own as u64) >= self.share * real(before as u64)
    }

    /// The error of the look after so many rounds of the final; nothing where there is none.
    fn final_error(&self, rounds: u64) -> Option<f64> {
        self.finals.iter().find(|(at, _)| *at == rounds).map(|(_, error)| *error)
    }

    /// Gives the last look of a final that ran out of time the error that the next one would have had: when time runs out
    /// hangs on no row.
    pub fn close(&self, race: &mut Race) {
        let rounds = race.final_rounds();
        let next = self.finals.iter().find(|(at, _)| *at >= rounds).map(|(_, error)| *error);
        let ran_out = race.ended == Some(End::Budget) && rounds > 0;
        if let (true, Some(error), Some(look)) = (ran_out, next, race.looks.last_mut()) {
            look.error = error;
        }
    }
}

/// The one with the lowest median of all its rounds; of several with the same the first.
pub fn leader(members: &[usize], scores: &Scores) -> Result<usize, BadSample> {
    let medians = members.iter().map(|cell| Ok((*cell, Sample::new(&scores[*cell])?.median())));
    let medians: Vec<(usize, f64)> = medians.collect::<Result<_, BadSample>>()?;
    medians.into_iter().min_by(|one, other| one.1.total_cmp(&other.1)).map(|(cell, _)| cell).ok_or(BadSample::Empty)
}

/// Whether the exact test puts an entrant behind: the chance that any of so many others ever does so to the best is at most
/// `error`, whoever leads.
fn is_behind(pairs: &[f64], error: f64, others: usize) -> Result<bool, BadSample> {
    let Some(alpha) = Alpha::new(error) else { return Ok(false) };
    let test = SignedRank::new(pairs)?;
    Ok(test.estimate() > 0.0 && alpha.shared_by(others).allows(test.p_value()))
}

/// How far trials of one entrant stray, a logarithm: what two rounds that follow each other differ by, the median over all, scaled
/// to a standard deviation.
pub fn spread(members: &[usize], scores: &Scores) -> Result<f64, BadSample> {
    /// The median distance of two draws of a normal distribution of deviation 1.
    const NORMAL: f64 = 0.954;
    let steps = members.iter().flat_map(|cell| scores[*cell].windows(2).map(|two| (two[1] - two[0]).abs()));
    let steps: Vec<f64> = steps.collect();
    if steps.is_empty() { Ok(0.0) } else { Ok(Sample::new(&steps)?.median() / NORMAL) }
}

fn real(count: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "rounds and trials, exact below 2^53")]
    let real = count as f64;
    real
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand_pcg::Pcg64;

    use super::*;
    use crate::plan::race::Objective;

    /// Races entrants whose value in a round `trial` draws.
    fn race(entrants: usize, mut trial: impl FnMut(usize, u64) -> f64) -> Race {
        let (rules, mut race) = (Rules::default(), Race::new(Objective::Time, "3%", 0, entrants));
        let mut scores = vec![Vec::new(); entrants];
        for round in 1..1000 {
            race.remaining().into_iter().for_each(|cell| scores[cell].push(trial(cell, round)));
            match rules.judge(&mut race, &scores, round, 0.0).expect("values are finite") {
                Next::Round => {}
                Next::Final => (race.final_from, race.finalists) = (round + 1, race.remaining().len()),
                Next::Over(end) => {
                    race.ended = Some(end);
                    return race;
                }
            }
        }
        panic!("no end after 1000 rounds")
    }

    fn noise(draw: &mut Pcg64, spread: f64) -> f64 {
        (0..12).map(|_| draw.random_range(-0.5..0.5)).sum::<f64>() * spread
    }

    #[test]
    fn factors_fall_and_errors_add_up_to_five_percent_each() {
        let rules = Rules::default();
        let factors = |spread: f64| (1..20).map(|round| rules.factor(spread, round)).collect::<Vec<_>>();
        for spread in [0.0, 0.1, 0.5] {
            let all = factors(spread);
            assert!(all[0].is_none() && all[1..].iter().all(|factor| factor.is_some_and(|f| f > 1.0)), "{all:?}");
            assert!(all[1..].is_sorted_by(|one, next| one >= next), "{all:?}");
        }
        // However little a machine seems to stray, two rounds must tell of a factor of two.
        assert!(factors(0.0)[1] >= Some(2.0) && factors(0.0)[2] >= Some(1.1) && factors(0.0)[18] < Some(1.05));
        assert!(factors(0.5)[1] > factors(0.1)[1]);
        for looks in [&rules.looks, &rules.finals] {
            assert!(looks.iter().map(|(_, error)| error).sum::<f64>() <= 0.05 + 1e-12);
            assert!(looks.is_sorted_by(|one, next| one.0 < next.0));
        }
        assert!(rules.alone >= 8 && rules.finals[0].0 >= 8);
    }

    proptest! {
        #[test]
        fn who_is_the_fastest_in_every_round_is_the_answer(entrants in 2..40_usize, best in 0..40_usize, seed: u64) {
            let best = best % entrants;
            let mut draw = Pcg64::new(seed.into(), 1);
            let ended = race(entrants, |cell, _| if cell == best { 0.0 } else { draw.random_range(0.001..1.5) });
            prop_assert_eq!(ended.leader(), best);
            prop_assert!(ended.out.iter().all(|out| out.leader == best && out.cell != best));
        }

        #[test]
        fn every_race_ends_and_nobody_leaves_twice(entrants in 2..40_usize, spread in 0.0..1.0_f64, seed: u64) {
            let mut draw = Pcg64::new(seed.into(), 2);
            let levels: Vec<f64> = (0..entrants).map(|_| draw.random_range(0.0..1.0)).collect();
            let ended = race(entrants, |cell, _| levels[cell] + noise(&mut draw, spread));
            let mut left: Vec<usize> = ended.out.iter().map(|out| out.cell).collect();
            left.sort_unstable();
            prop_assert!(left.is_sorted_by(|one, next| one < next));
            prop_assert_eq!(ended.remaining().len() + left.len(), entrants);
            prop_assert!(ended.remaining().contains(&ended.leader()));
            prop_assert!(ended.final_rounds() >= 8, "a final of {} rounds", ended.final_rounds());
        }

        #[test]
        fn who_was_ever_as_fast_as_the_leader_is_not_set_aside(entrants in 3..20_usize, seed: u64) {
            // Entrant 1 is the fastest in every other round and slow in the rest.
            let mut draw = Pcg64::new(seed.into(), 3);
            let ended = race(entrants, |cell, round| match cell {
                1 if round % 2 == 1 => -1.0,
                1 => 3.0,
                _ => draw.random_range(0.0..0.01),
            });
            let out = ended.out.iter().find(|out| out.cell == 1);
            prop_assert!(out.is_none_or(|out| out.how == How::Behind));
        }
    }

    #[test]
    fn of_equal_entrants_one_in_twenty_races_puts_the_first_behind_at_most() {
        let mut draw = Pcg64::new(4, 4);
        let is_wrong = |ended: &Race| ended.out.iter().any(|out| out.cell == 0 && out.how == How::Behind);
        let wrong = (0..1000).filter(|_| is_wrong(&race(4, |_, _| noise(&mut draw, 0.2)))).count();
        assert!(wrong <= 50, "{wrong} of 1000");
    }

    #[test]
    fn what_differs_by_less_than_the_band_is_the_same_and_ends_the_race() {
        let mut draw = Pcg64::new(5, 5);
        let ended = race(3, |cell, _| if cell == 2 { 1.0 } else { 0.0 } + noise(&mut draw, 0.005));
        assert_eq!((ended.ended, ended.remaining().len()), (Some(End::Same), 2));
        let alone = race(3, |cell, _| if cell == 2 { 0.0 } else { 1.0 } + noise(&mut draw, 0.005));
        assert_eq!((alone.ended, alone.remaining(), alone.final_rounds()), (Some(End::One), vec![2], 8));
    }
}
