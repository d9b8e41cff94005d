//! Words of a race: the case and the entrants.

use harness::Window;

use crate::analysis::grouped;
use crate::plan::Plan;
use crate::plan::cell::Cell;

/// An entrant in a sentence: `rayon on 2 workers, chunk own`.
pub(crate) fn setup_words(cell: &Cell) -> String {
    format!("{} on {}", cell.pool, policy(cell))
}

/// Its workers and policy: `2 workers, chunk own`.
pub(crate) fn policy(cell: &Cell) -> String {
    let window = if cell.window == Window::All { String::new() } else { format!(", window {}", cell.window) };
    format!("{}, chunk {}{window}", workers(cell), cell.chunk)
}

/// An entrant beside what is drawn: `rayon w 2 chunk own`.
pub(crate) fn short(cell: &Cell) -> String {
    let window = if cell.window == Window::All { String::new() } else { format!(" window {}", cell.window) };
    format!("{} w {} chunk {}{window}", cell.pool, cell.workers, cell.chunk)
}

/// An entrant in a list: `rayon (2 workers, chunk own)`.
pub(crate) fn in_a_list(cell: &Cell) -> String {
    format!("{} ({})", cell.pool, policy(cell))
}

/// So many workers.
pub(crate) fn workers(cell: &Cell) -> String {
    match cell.workers.total() {
        1 => "1 worker".to_owned(),
        _ => format!("{} workers", cell.workers),
    }
}

/// The case: `1,000 jobs of spin:20us`.
pub(crate) fn case(plan: &Plan) -> String {
    let Some(cell) = plan.cells.first() else { return String::new() };
    let jobs = if cell.jobs == 1 { "1 job".to_owned() } else { format!("{} jobs", grouped(cell.jobs)) };
    format!("{jobs} of {}", cell.workload)
}
