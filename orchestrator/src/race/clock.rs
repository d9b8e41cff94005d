//! The time of a race: what is spent, what is left, and what still fits into it.

use std::time::{Duration, Instant};

use crate::plan::Plan;
use crate::plan::race::Race;

/// A race's time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    begun: Instant,
    /// Spent before it was stopped and gone on with.
    before: Duration,
    budget: Duration,
}

impl Clock {
    /// Of a race that begins or goes on now.
    pub(super) fn of(plan: &Plan, race: &Race) -> Self {
        Self {
            begun: Instant::now(),
            before: Duration::from_millis(race.spent_ms),
            budget: Duration::from_millis(plan.budget_ms),
        }
    }

    /// All that is spent.
    pub(super) fn spent(&self) -> Duration {
        self.before + self.begun.elapsed()
    }

    /// What is left of the budget.
    pub(super) fn left(&self) -> Duration {
        self.budget.saturating_sub(self.spent())
    }

    /// When it is all spent.
    pub(super) fn end(&self) -> Instant {
        Instant::now() + self.left()
    }
}

/// How many of the first of `took`, the best first, fit into `left` with so many rounds of each and of the best one's twin; at least
/// one.
pub(super) fn fitting(took: &[Duration], rounds: u32, left: Duration) -> usize {
    let mut sum = took.first().copied().unwrap_or_default();
    let fits = |own: &&Duration| {
        sum += **own;
        sum * rounds <= left
    };
    took.iter().take_while(fits).count().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_fit_as_there_is_time_for_and_never_none() {
        let took = [Duration::from_millis(10); 5];
        let fit = |left| fitting(&took, 8, Duration::from_millis(left));
        assert_eq!([0, 100, 160, 239, 240, 10_000].map(fit), [1, 1, 1, 1, 2, 5]);
        assert_eq!(fitting(&[], 8, Duration::ZERO), 1);
    }
}
