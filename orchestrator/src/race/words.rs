//! Words of a race: the case and the entrants.

use crate::analysis::grouped;
use crate::plan::Plan;
use crate::plan::cell::Cell;

/// An entrant in a sentence: `rayon on 2 workers, chunk own`.
pub(super) fn setup_words(cell: &Cell) -> String {
    format!("{} on {}, chunk {}", cell.pool, workers(cell), cell.chunk)
}

/// An entrant in a list: `rayon (2 workers, chunk own)`.
pub(super) fn in_a_list(cell: &Cell) -> String {
    format!("{} ({}, chunk {})", cell.pool, workers(cell), cell.chunk)
}

/// So many workers.
pub(super) fn workers(cell: &Cell) -> String {
    match cell.workers.total() {
        1 => "1 worker".to_owned(),
        _ => format!("{} workers", cell.workers),
    }
}

/// The case: `1,000 jobs of spin:20us`.
pub(super) fn case(plan: &Plan) -> String {
    let Some(cell) = plan.cells.first() else { return String::new() };
    let jobs = if cell.jobs == 1 { "1 job".to_owned() } else { format!("{} jobs", grouped(cell.jobs)) };
    format!("{jobs} of {}", cell.workload)
}
