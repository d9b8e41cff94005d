//! Histories whose truth is known: every run's distances are drawn from what recorded runs moved by.

use std::collections::BTreeSet;

use anyhow::Result;
use orchestrator::history::found::search;
use rand::RngExt as _;
use rand::seq::IndexedRandom as _;
use rand_pcg::Pcg64;

use crate::recorded::Recorded;

/// Runs of a history.
pub(crate) const RUNS: usize = 60;
/// How far from the shift it may be put.
const NEAR: usize = 2;

type Courses = Vec<Vec<Option<f64>>>;

/// The courses of all cells over so many runs, in which nothing changes; and which of them are of the pool that is another build in
/// each run, one of all.
fn still(recorded: &Recorded, runs: usize, draw: &mut Pcg64) -> (Courses, Vec<bool>) {
    let (mut courses, mut moving): (Courses, Vec<bool>) = Default::default();
    let has_cells = |number: &usize| recorded.spreads[*number].iter().any(Option::is_some);
    let there: Vec<usize> = (0..recorded.spreads.len()).filter(has_cells).collect();
    let worked_on = *there.choose(draw).expect("there are cells");
    for (number, spreads) in recorded.spreads.iter().enumerate() {
        let mut own: Vec<Vec<Option<f64>>> = vec![Vec::new(); spreads.len()];
        for _ in 0..runs {
            // The moves of one pool in one pair of runs stay together, whichever way they went.
            let moves = recorded.moves.choose(draw).expect("there are moves");
            let sign = if draw.random_bool(0.5) { 1.0 } else { -1.0 };
            for (at, spread) in spreads.iter().enumerate() {
                let shape = moves[at].unwrap_or_else(|| any(recorded, draw));
                own[at].push(spread.map(|spread| sign * spread * shape));
            }
        }
        courses.extend(own.into_iter().zip(spreads).filter(|(_, spread)| spread.is_some()).map(|(own, _)| own));
        moving.resize(courses.len(), number == worked_on);
    }
    (courses, moving)
}

fn any(recorded: &Recorded, draw: &mut Pcg64) -> f64 {
    loop {
        let moves = recorded.moves.choose(draw).expect("there are moves");
        if let Some(by) = moves.choose(draw).copied().flatten() {
            return by;
        }
    }
}

/// In how many runs of `histories` histories a change is said that is none.
pub(crate) fn false_alarms(recorded: &Recorded, histories: usize) -> Result<usize> {
    let mut alarms = 0;
    for number in 0..histories {
        let (courses, moving) = still(recorded, RUNS, &mut Pcg64::new(number as u128, 29));
        let found = search(&courses, &moving)?;
        alarms += found.iter().flatten().map(|change| change.found).collect::<BTreeSet<_>>().len();
    }
    Ok(alarms)
}

/// A cell, of the pool that is worked on or of another one, moves by so many of its spreads with run `at`: how many runs that took to be found, each time; none where it took more than
/// ten, or was put elsewhere.
pub(crate) fn shifts(
    recorded: &Recorded,
    is_worked_on: bool,
    at: usize,
    spreads: f64,
    count: usize,
) -> Result<Vec<Option<usize>>> {
    let sizes: Vec<f64> = recorded.spreads.iter().flatten().copied().flatten().collect();
    let one = |number: usize| {
        let mut draw = Pcg64::new(number as u128, 31 + at as u128);
        let (mut courses, moving) = still(recorded, at + 10, &mut draw);
        let cells: Vec<usize> = (0..courses.len()).filter(|cell| moving[*cell] == is_worked_on).collect();
        let cell = *cells.choose(&mut draw).expect("each pool has cells");
        let by = if draw.random_bool(0.5) { spreads } else { -spreads } * sizes[cell];
        courses[cell][at..].iter_mut().flatten().for_each(|value| *value += by);
        let found = search(&courses, &moving)?;
        let right = |change: &&orchestrator::stats::Change| {
            change.at.abs_diff(at) <= NEAR && (change.shift > 0.0) == (by > 0.0) && change.found >= at
        };
        Ok(found[cell].iter().find(right).map(|change| change.found + 1 - at))
    };
    (0..count).map(one).collect()
}
