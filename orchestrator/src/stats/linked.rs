//! What runs have in common that share no moment: values of things that stay the same in several of them, `ln` of what each takes
//! in each run. What moves all of them together is the run's, what is left is theirs.
//!
//! Each thing has a typical value, and each run a distance from those: both medians, taken by turns until they stay, as in Tukey's median
//! polish ("Exploratory data analysis", 1977). So one thing that moves alone moves no run. Adding up the medians from each run to the next would do without
//! typical values, but the error of each step would stay in all later ones.

use super::Sample;

/// Rounds after which what still moves is below the noise of any run.
const ROUNDS: usize = 20;

/// The era of each run, from 0: in an era each run has something in common with one before it, so that its runs can be held against
/// each other. `values` are of one thing each, a value a run, none where the run lacks it.
pub fn eras(values: &[Vec<Option<f64>>], runs: usize) -> Vec<usize> {
    let has = |thing: &Vec<Option<f64>>, run: usize| thing.get(run).copied().flatten().is_some();
    let mut known = vec![false; values.len()];
    let (mut era, mut eras) = (0, Vec::with_capacity(runs));
    for run in 0..runs {
        let is_linked = values.iter().zip(&known).any(|(thing, known)| *known && has(thing, run));
        let is_there = values.iter().any(|thing| has(thing, run));
        if is_there && !is_linked && known.iter().any(|known| *known) {
            era += 1;
            known.fill(false);
        }
        known.iter_mut().zip(values).for_each(|(known, thing)| *known |= has(thing, run));
        eras.push(era);
    }
    eras
}

/// The typical value of each thing within one era, up to what is common to all; none of a thing that has one value alone.
pub fn typical(values: &[Vec<Option<f64>>], runs: usize) -> Vec<Option<f64>> {
    let at = |thing: usize, run: usize| values[thing].get(run).copied().flatten();
    let mut typical: Vec<Option<f64>> = vec![None; values.len()];
    let mut moods: Vec<Option<f64>> = vec![None; runs];
    for (run, mood) in moods.iter_mut().enumerate() {
        let known = typical.iter().enumerate().filter_map(|(thing, typical)| Some(at(thing, run)? - (*typical)?));
        let there = (0..values.len()).any(|thing| at(thing, run).is_some());
        *mood = median(known).or(there.then_some(0.0));
        for (thing, typical) in typical.iter_mut().enumerate() {
            *typical = typical.or_else(|| Some(at(thing, run)? - (*mood)?));
        }
    }
    // One that stands in a single run would hold that run where it is.
    for (thing, typical) in typical.iter_mut().enumerate() {
        if values[thing].iter().flatten().count() < 2 {
            *typical = None;
        }
    }
    for _ in 0..ROUNDS {
        for (thing, typical) in typical.iter_mut().enumerate().filter(|(_, typical)| typical.is_some()) {
            *typical = median((0..runs).filter_map(|run| Some(at(thing, run)? - moods[run]?)));
        }
        for (run, mood) in moods.iter_mut().enumerate() {
            *mood = median((0..values.len()).filter_map(|thing| Some(at(thing, run)? - typical[thing]?))).or(*mood);
        }
    }
    typical
}

fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    Sample::new(&values.collect::<Vec<_>>()).ok().map(|sample| sample.median())
}
