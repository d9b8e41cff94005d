//! What time and memory are made of: costs of a job and of a batch, how short jobs may be, workers, what a job adds.

use super::reported::{Run, section};
use crate::analysis::overview;
use crate::models::text::{costs as costs_of, footprints, granularities, staffing, sure};
use crate::report::document::{Part, Section, sentence};

const COSTS: &str = "A job costs: what a worker spends on it beyond its work, which is that of the plain loop in the same blocks, or \
                     what it waits. A batch costs: what it takes whatever its size. Chunks lose: what it would be shorter by with a \
                     job a dispatch.";
const SHORT: &str = "METG(50 %): the smallest granularity at which half of the cores' time is work. Below it a pool spends more on \
                     handing jobs out than on the jobs.";

/// Costs, workers and granularity.
pub(super) fn costs(run: &Run) -> Section {
    let parts = [
        sure(run.fitted).map(Part::Say),
        Part::folded("What a job and a batch cost, for each workload", costs_of(run.fitted)),
        Part::folded("How short jobs may be", granularities(run.fitted)).map(|table| explained(table, SHORT)),
        Part::folded("How many workers", staffing(run.fitted)),
        Part::list(run.fitted.lacking.clone()),
        Some(Part::How(COSTS.to_owned())),
    ];
    section("costs", "Costs", parts.into_iter().flatten())
}

fn explained(part: Part, how: &str) -> Part {
    match part {
        Part::Folded(title, mut parts) => {
            parts.insert(0, Part::How(how.to_owned()));
            Part::Folded(title, parts)
        }
        other => other,
    }
}

/// Who takes least and most, and what a worker and a job add.
pub(super) fn memory(run: &Run) -> Section {
    let parts = [
        overview::memory(run.data).map(|said| Part::Say(sentence(&said))),
        Part::folded("Start and memory of each pool", footprints(run.fitted)),
        Part::list(run.data.without_memory()),
    ];
    section("memory", "Memory", parts.into_iter().flatten())
}
