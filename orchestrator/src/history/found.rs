//! Since when each cell is another one, and what else changed there.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};

use super::courses::{Course, Courses};
use super::kept::{History, MEASURES, Run};
use crate::analysis::MEMORY_FLOOR;
use crate::stats::{Alpha, Band, Change, changes};

/// The share of runs at which any change is found falsely, over all cells and measures together: one in 200.
pub const ERROR: f64 = 0.005;
/// What the order of the runs is drawn from: one history has one answer.
const SEED: u64 = 0x0068_6973_746f_7279;

/// A history with what was found in it.
pub(super) struct Found {
    pub(super) history: History,
    pub(super) courses: Courses,
    /// Of each course, rising.
    pub(super) changes: Vec<Vec<Change>>,
}

impl Found {
    /// Looks for changes in all courses together, whatever is asked about afterwards.
    pub(super) fn of(history: History) -> Result<Self> {
        let courses = Courses::of(&history.runs, false);
        let mut changes = changes_of(&courses.all, &history.runs)?;
        for (course, changes) in courses.all.iter().zip(&mut changes) {
            changes.retain(|change| matters(course, change, &history.runs));
        }
        Ok(Self { history, courses, changes })
    }

    /// What else is another one from the run before that has this cell to run `at`, words each; the pool's build first.
    pub(super) fn beside(&self, course: &Course, at: usize) -> Vec<String> {
        let runs = &self.history.runs;
        let Some(before) = (0..at).rev().find(|run| course.values[*run].is_some()) else { return Vec::new() };
        beside(&runs[before], &runs[at], course.setup.real_pool())
    }
}

/// The changes of each course that all its runs bear out.
pub(super) fn changes_of(courses: &[Course], runs: &[Run]) -> Result<Vec<Vec<Change>>> {
    let values: Vec<Vec<Option<f64>>> = courses.iter().map(|course| course.values.clone()).collect();
    let moving: Vec<bool> = courses.iter().map(|course| is_moving(course, runs)).collect();
    let mut found = search(&values, &moving)?;
    for changes in &mut found {
        changes.retain(|change| change.is_borne_out);
    }
    Ok(found)
}

/// The changes of all courses, `moving` being those whose build is another one in some run. These share half of the error, and
/// the others, which have no reason of their own to change, the other half: where one pool of many is worked on, its few courses need not
/// stand out from all the rest.
pub fn search(values: &[Vec<Option<f64>>], moving: &[bool]) -> Result<Vec<Vec<Change>>> {
    let mut found = vec![Vec::new(); values.len()];
    for is_moving in [true, false] {
        let of: Vec<usize> = (0..values.len()).filter(|number| moving[*number] == is_moving).collect();
        let family: Vec<Vec<Option<f64>>> = of.iter().map(|number| values[*number].clone()).collect();
        let changes = changes(&family, error(), SEED).context("following the cells over the runs")?;
        of.into_iter().zip(changes).for_each(|(number, changes)| found[number] = changes);
    }
    Ok(found)
}

/// The error of each half.
pub fn error() -> Alpha {
    Alpha::new(ERROR).expect("it lies between 0 and 1").shared_by(2)
}

/// Whether the pool of a course is another build in some run of it.
fn is_moving(course: &Course, runs: &[Run]) -> bool {
    let there = course.values.iter().zip(runs).filter(|(value, _)| value.is_some());
    let builds: BTreeSet<_> =
        there.map(|(_, run)| run.build(course.setup.real_pool()).map(|build| &build.sha256)).collect();
    builds.len() > 1
}

/// Whether a change may matter: one that surely lies within 3 %, or of memory within a MiB, matters to nobody.
fn matters(course: &Course, change: &Change, runs: &[Run]) -> bool {
    if Band::default().interval().covers(change.interval) {
        return false;
    }
    let number = MEASURES.iter().position(|measure| *measure == course.measure);
    let levels = number.and_then(|number| runs[change.at].levels[number].get(&course.group));
    let now = levels.and_then(|levels| levels.get(&course.setup)).map_or(0.0, |level| level.value.exp());
    let bytes = |by: f64| now * (1.0 - (-by).exp());
    let least = bytes(change.interval.low()).abs().min(bytes(change.interval.high()).abs());
    !course.measure.is_memory() || least >= MEMORY_FLOOR
}

fn beside(before: &Run, now: &Run, pool: &str) -> Vec<String> {
    let mut words = Vec::new();
    match (before.build(pool), now.build(pool)) {
        (Some(one), Some(other)) if one.sha256 == other.sha256 => words.push("the same build".to_owned()),
        (Some(one), Some(other)) => {
            words.push("another build".to_owned());
            if one.version != other.version {
                words.push(format!("{} {} after {}", other.library, other.version, one.version));
            }
        }
        _ => {}
    }
    let facts = |run: &Run| {
        let machine = &run.machine;
        [("Linux", &machine.kernel), ("rustc", &machine.rustc), ("poolbench", &machine.poolbench)]
            .map(|(what, text)| (what, text.clone()))
    };
    let differing = facts(before).into_iter().zip(facts(now)).filter(|((_, one), (_, other))| one != other);
    words.extend(differing.map(|((what, one), (_, other))| format!("{what} {other} after {one}")));
    words
}
