//! The course of every cell: in each run how long it takes beside the builds that other runs have too, never a time by itself.

use std::collections::{BTreeMap, BTreeSet};

use super::kept::{MEASURES, Run};
use super::levels::Level;
use crate::analysis::{Group, Measure, Names, Setup};
use crate::stats::{Sample, eras, typical};

/// A cell over the runs of one machine that have builds in common.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Course {
    pub(super) measure: Measure,
    pub(super) group: Group,
    pub(super) setup: Setup,
    /// Which machine, from 0.
    pub(super) machine: usize,
    /// Which era of the machine, from 0: between two of them all builds changed.
    pub(super) era: usize,
    /// Logarithms up to a constant, one a run of the history.
    pub(super) values: Vec<Option<f64>>,
}

/// The runs of a history as they belong together.
pub(super) struct Courses {
    pub(super) all: Vec<Course>,
    /// The machine of each run, from 0.
    pub(super) machines: Vec<usize>,
    /// What setups are called.
    pub(super) names: Names,
    /// Runs before which all builds of a workload and size changed at once, with how many of those.
    pub(super) breaks: BTreeMap<usize, usize>,
}

/// A setup in one build; the flag tells warm batches from first ones.
type Thing = (Setup, String, bool);

impl Courses {
    /// Follows every cell through the runs, in the order given, on each machine by itself unless they are all taken for one.
    pub(super) fn of(runs: &[Run], is_across: bool) -> Self {
        let machines = if is_across { vec![0; runs.len()] } else { machines(runs) };
        let memory = if runs.iter().all(|run| run.is_charged) { Measure::Charged } else { Measure::Resident };
        let mut courses = Self { all: Vec::new(), machines, names: Names::default(), breaks: BTreeMap::new() };
        for (number, measure) in MEASURES.into_iter().enumerate().filter(|(_, one)| !one.is_memory() || *one == memory)
        {
            let groups: BTreeSet<&Group> = runs.iter().flat_map(|run| run.levels[number].keys()).collect();
            for machine in 0..courses.machines.iter().max().map_or(0, |last| last + 1) {
                for group in &groups {
                    courses.follow(runs, measure, number, group, machine);
                }
            }
        }
        courses.names = Names::of_setups(courses.all.iter().map(|course| (&course.group, &course.setup)));
        courses
    }

    /// Adds the courses of a workload and size on one machine.
    fn follow(&mut self, runs: &[Run], measure: Measure, number: usize, group: &Group, machine: usize) {
        let mut things: BTreeMap<Thing, Vec<Option<f64>>> = BTreeMap::new();
        for (at, run) in runs.iter().enumerate().filter(|(at, _)| self.machines[*at] == machine) {
            for (setup, Level { value, is_warm }) in run.levels[number].get(group).into_iter().flatten() {
                let build = run.build(&setup.pool).map(|build| build.sha256.clone()).unwrap_or_default();
                // A build without a hash is known to be the same as no other.
                let build = if build.is_empty() { format!("run {at}") } else { build };
                things.entry((setup.clone(), build, *is_warm)).or_insert_with(|| vec![None; runs.len()])[at] =
                    Some(*value);
            }
        }
        let values: Vec<Vec<Option<f64>>> = things.values().cloned().collect();
        let eras = eras(&values, runs.len());
        for era in 0..=eras.last().copied().unwrap_or(0) {
            let within = |values: &[Option<f64>]| -> Vec<Option<f64>> {
                values.iter().zip(&eras).map(|(value, of)| value.filter(|_| *of == era)).collect()
            };
            let of_era: Vec<(&Thing, Vec<Option<f64>>)> =
                things.iter().map(|(thing, values)| (thing, within(values))).collect();
            self.add(&of_era, runs.len(), |setup, values| Course {
                measure,
                group: group.clone(),
                setup,
                machine,
                era,
                values,
            });
            let first = eras.iter().position(|of| *of == era).filter(|_| era > 0);
            if let Some(first) = first.filter(|_| measure == Measure::Time) {
                *self.breaks.entry(first).or_default() += 1;
            }
        }
    }

    /// Adds the courses of one era: each value beside what the builds of other pools take there against what they typically take.
    fn add(
        &mut self,
        things: &[(&Thing, Vec<Option<f64>>)],
        runs: usize,
        course: impl Fn(Setup, Vec<Option<f64>>) -> Course,
    ) {
        let values: Vec<Vec<Option<f64>>> = things.iter().map(|(_, values)| values.clone()).collect();
        let typical = typical(&values, runs);
        let reference = |pool: &str, run: usize| {
            let others = things.iter().zip(&typical).filter(|(((setup, ..), _), _)| setup.pool != pool);
            let moved: Vec<f64> =
                others.filter_map(|((_, values), typical)| Some(values[run]? - (*typical)?)).collect();
            Sample::new(&moved).ok().map(|moved| moved.median())
        };
        let mut courses: BTreeMap<(&Setup, bool), Vec<Option<f64>>> = BTreeMap::new();
        for ((setup, _, is_warm), values) in things {
            let course = courses.entry((setup, *is_warm)).or_insert_with(|| vec![None; runs]);
            for (run, value) in values.iter().enumerate() {
                if let Some(value) = value {
                    course[run] = reference(&setup.pool, run).map(|reference| value - reference);
                }
            }
        }
        let found = courses.into_iter().filter(|(_, values)| values.iter().any(Option::is_some));
        self.all.extend(found.map(|((setup, _), values)| course(setup.clone(), values)));
    }
}

/// The machine of each run, by the first run that was on it.
fn machines(runs: &[Run]) -> Vec<usize> {
    let mut firsts: Vec<&Run> = Vec::new();
    let number = |run| {
        let known = firsts.iter().position(|first| first.is_beside(run));
        known.unwrap_or_else(|| {
            firsts.push(run);
            firsts.len() - 1
        })
    };
    runs.iter().map(number).collect()
}
