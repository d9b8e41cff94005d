//! Originals in other languages beside the pools in Rust that stand for them.

use super::reported::{Run, section};
use crate::analysis::mirrors_in_passages;
use crate::report::document::{Part, Section};

const TITLE: &str = "Originals";

/// The section; without a part where the run has none.
pub(super) fn part(run: &Run) -> Section {
    let Some((answer, overview, tables, foot)) = mirrors_in_passages(run.path, &run.about.plan) else {
        return section("originals", TITLE, []);
    };
    let tables = Part::folded("Every ratio of an original to its counterpart", tables);
    let parts = [Some(Part::Say(answer)), Some(Part::Table(overview)), tables, Part::list(foot)];
    section("originals", TITLE, parts.into_iter().flatten())
}
