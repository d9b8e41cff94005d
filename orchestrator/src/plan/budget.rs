//! The time that a run may take, and the blocks that fit into it.

use std::time::Duration;

use super::{Plan, families};

/// A budget never lowers the blocks below this: drift is judged on halves of 6, and 95 % intervals get wide fast from here.
const FEWEST_BLOCKS: u64 = 12;
/// Lowers the blocks so far that the budget holds if a block takes `block`, but not below what a claim takes; retries
/// may take a quarter on top. True if it changed anything.
pub fn keep(plan: &mut Plan, block: Duration) -> bool {
    let budget = Duration::from_millis(plan.budget_ms).mul_f64(0.75);
    let fewest = families::fewest_blocks(plan).max(families::fewest_for_places(plan)).max(FEWEST_BLOCKS);
    if plan.budget_ms == 0 || plan.blocks <= fewest || block.is_zero() {
        return false;
    }
    // Block 0 takes its share as well.
    let fits = u64::try_from(budget.as_nanos() / block.as_nanos()).unwrap_or(u64::MAX).saturating_sub(1);
    let before = plan.blocks;
    plan.blocks = plan.blocks.min(fits.max(fewest));
    plan.blocks < before
}
