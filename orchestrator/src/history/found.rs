//! Since when each cell is another one, and what else changed there.

use anyhow::{Context as _, Result};

use super::courses::{Course, Courses};
use super::kept::{History, Run};
use crate::stats::{Alpha, Change, changes};

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
        let changes = changes_of(&courses.all)?;
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
pub(super) fn changes_of(courses: &[Course]) -> Result<Vec<Vec<Change>>> {
    let values: Vec<Vec<Option<f64>>> = courses.iter().map(|course| course.values.clone()).collect();
    let mut found = changes(&values, error(), SEED).context("following the cells over the runs")?;
    found.iter_mut().for_each(|changes| changes.retain(|change| change.is_borne_out));
    Ok(found)
}

/// The same as an error.
pub fn error() -> Alpha {
    Alpha::new(ERROR).expect("it lies between 0 and 1")
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
