//! Cells that nobody waits for any more: what took the whole time limit in two blocks would take it in every other as well.

use crate::plan::Plan;
use crate::process::tell;
use crate::record::trials::Progress;
use crate::trial::status::MOST_TIMEOUTS;

/// How often each cell of a run has timed out.
#[derive(Debug)]
pub(super) struct Patience {
    timeouts: Vec<usize>,
    /// Trials that were not begun for want of it.
    untried: u64,
}

impl Patience {
    /// For the `cells` of a run that has come so far; `again` forgets what they did before.
    pub(super) fn new(cells: usize, progress: &Progress, again: bool) -> Self {
        let timeouts = |cell| if again { 0 } else { progress.timeouts(cell) };
        Self { timeouts: (0..cells).map(timeouts).collect(), untried: 0 }
    }

    /// That has no end, since others decide who is tried.
    pub(super) fn endless() -> Self {
        Self { timeouts: Vec::new(), untried: 0 }
    }

    /// Whether a cell is not tried any more.
    pub(super) fn is_over(&self, cell: usize) -> bool {
        self.timeouts.get(cell).is_some_and(|timeouts| *timeouts >= MOST_TIMEOUTS)
    }

    /// Whether a trial is not begun, which is counted.
    pub(super) fn refuses(&mut self, cell: usize) -> bool {
        self.untried += u64::from(self.is_over(cell));
        self.is_over(cell)
    }

    /// Trials that were not begun.
    pub(super) fn untried(&self) -> u64 {
        self.untried
    }

    /// A cell has timed out in one more block; true, and said, if that ends all patience with it.
    pub(super) fn timed_out(&mut self, cell: usize, plan: &Plan) -> bool {
        let Some(timeouts) = self.timeouts.get_mut(cell) else { return false };
        *timeouts += 1;
        let is_over = *timeouts == MOST_TIMEOUTS;
        if is_over {
            tell(format_args!(
                "{} took more than {} in two blocks and is not tried again in this run; `poolbench resume --again` tries it",
                plan.cells[cell],
                humantime::format_duration(plan.timeout())
            ));
        }
        is_over
    }
}
