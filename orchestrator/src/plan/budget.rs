//! The time that a run may take, the blocks that fit into it, and how long it is expected to take.

use std::time::Duration;

use super::owned::right_results;
use super::{Plan, families};

/// A budget never lowers the blocks below this: drift is judged on halves of 6, and 95 % intervals get wide fast from here.
const FEWEST_BLOCKS: u64 = 12;
/// The part of a run's time that may go into trials which do not count, and into waiting for the cores: one in so many.
pub const RETRIES: u32 = 4;

/// A cell that has run into the time limit in so many blocks is given up.
const TRIES_AT_THE_LIMIT: u64 = 2;

/// How long a run takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// If nothing is tried again.
    pub undisturbed: Duration,
    /// If others use the machine so much that all the time set aside goes into trying again.
    pub disturbed: Duration,
}

impl Expected {
    /// As the plan's own guesses have it.
    pub fn guessed(plan: &Plan) -> Self {
        let Self { undisturbed, disturbed } = Self::of(plan, plan.cells.iter().map(|cell| plan.trial_estimate(cell)));
        let before = right_results(plan);
        Self { undisturbed: undisturbed.saturating_add(before), disturbed: disturbed.saturating_add(before) }
    }

    /// Of a plan whose cells take so long in a block, without what is tried again.
    pub fn of(plan: &Plan, cells: impl Iterator<Item = Duration>) -> Self {
        let blocks = |time: Duration| if time >= plan.timeout() { TRIES_AT_THE_LIMIT } else { plan.all_blocks() };
        let of_cell = |time: Duration| time.saturating_mul(u32::try_from(blocks(time)).unwrap_or(u32::MAX));
        let undisturbed = cells.map(of_cell).fold(Duration::ZERO, Duration::saturating_add);
        let retries = match plan.budget_ms {
            // A quarter of all is a third of the rest.
            0 => undisturbed / (RETRIES - 1),
            budget => Duration::from_millis(budget) / RETRIES,
        };
        Self { undisturbed, disturbed: undisturbed.saturating_add(retries) }
    }
}

/// The time of a run that has worked for so long which may go into trials that do not count: a quarter of the whole.
pub fn for_retries(plan: &Plan, worked: Duration) -> Duration {
    let whole = match plan.budget_ms {
        0 => worked,
        budget => Duration::from_millis(budget),
    };
    whole / RETRIES
}

/// Lowers the blocks so far that the budget holds if a block takes `block`, but not below what a claim takes; retries
/// may take a quarter on top. `shards` that share the plan run at once, each for as long as the budget says. True if it changed anything.
pub fn keep(plan: &mut Plan, block: Duration, shards: u64) -> bool {
    let budget = Duration::from_millis(plan.budget_ms);
    let before: u64 = plan.jobs.values().map(|job| job.took_ms).sum();
    let before = right_results(plan).saturating_add(Duration::from_millis(before));
    let budget = budget.saturating_sub(before).saturating_sub(budget / RETRIES);
    let fewest = families::fewest_blocks(plan).max(families::fewest_for_places(plan)).max(FEWEST_BLOCKS);
    if plan.budget_ms == 0 || plan.blocks <= fewest || block.is_zero() {
        return false;
    }
    // Block 0 takes its share as well.
    let fits = u64::try_from(budget.as_nanos() / block.as_nanos()).unwrap_or(u64::MAX).saturating_sub(1);
    let fits = fits.saturating_mul(shards);
    let before = plan.blocks;
    plan.blocks = plan.blocks.min(fits.max(fewest));
    plan.blocks < before
}
