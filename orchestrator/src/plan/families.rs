//! Which cells of a plan will be compared with each other, and how many blocks a claim then takes.

use std::collections::{BTreeMap, BTreeSet};

use super::cell::Cell;
use super::{Plan, SMOKE_BLOCKS};
use crate::stats::{self, Alpha, Look};

/// Whether a run of these cells compares anything by itself: a group of one workload and size that has a reference, which
/// is `serial` or the pool that the twin doubles, and something to hold against it.
pub fn any_compared(cells: &[Cell]) -> bool {
    let has_reference = |group: &[&Cell]| group.iter().any(|cell| cell.pool == "serial" || cell.is_twin());
    groups(cells).values().any(|group| claims(group) > 0 && has_reference(group))
}

/// The fewest blocks at which a claim is possible in the plan's largest family, whose comparisons share the error. Of a
/// plan that looks, the blocks of the first look that can claim.
pub fn fewest_blocks(plan: &Plan) -> u64 {
    let most = most_claims(&plan.cells);
    let takes = |alpha: Alpha| alpha.shared_by(most).fewest_blocks();
    let can_claim = |look: &Look| takes(look.alpha) <= look.blocks;
    let look = plan.target().and_then(|_| Look::ALL.into_iter().find(can_claim));
    look.map_or_else(|| takes(Alpha::FIVE_PERCENT), |look| look.blocks) as u64
}

/// The fewest blocks at which a pool can be put before another: all pairs of the pools that have every workload and size
/// share the error, and with n blocks no p-value of a pair lies below 2^(1-n). 24 pools are 276 pairs and take 14.
pub fn fewest_for_places(plan: &Plan) -> u64 {
    let pools = with_every_cell(&plan.cells);
    let pairs = pools * pools.saturating_sub(1) / 2;
    if pairs == 0 { 0 } else { stats::fewest_blocks(pairs, Alpha::FIVE_PERCENT) as u64 }
}

/// How many pools have a cell in every group.
fn with_every_cell(cells: &[Cell]) -> usize {
    let groups = groups(cells);
    let in_all = |pool: &str| groups.values().all(|group| group.iter().any(|cell| cell.pool == pool));
    let pools: BTreeSet<&str> = cells.iter().filter(|cell| !cell.is_twin()).map(|cell| cell.pool.as_str()).collect();
    pools.into_iter().filter(|pool| in_all(pool)).count()
}

/// What a plan's blocks are good for, in words; nothing where nothing is compared, or the plan is for smoke only.
pub fn sentence(plan: &Plan) -> Option<String> {
    let (claims, fewest) = (most_claims(&plan.cells), fewest_blocks(plan));
    let (pools, for_places) = (with_every_cell(&plan.cells), fewest_for_places(plan));
    let why = format!("comparisons at one workload and size that share the error: up to {claims}");
    let said = if plan.blocks < fewest {
        format!("too few blocks for any claim, which takes --blocks {fewest} here ({why})")
    } else {
        format!("a claim takes {fewest} blocks here ({why})")
    };
    let places = match for_places {
        0 => String::new(),
        takes if takes > plan.blocks => {
            format!("; places of the {pools} pools that run everything take --blocks {takes}")
        }
        takes => format!("; places of the {pools} pools that run everything take {takes}"),
    };
    (claims > 0 && plan.blocks >= SMOKE_BLOCKS).then(|| said + &places)
}

fn most_claims(cells: &[Cell]) -> usize {
    groups(cells).values().map(|group| claims(group)).max().unwrap_or(0)
}

/// How many comparisons with one reference a group has.
fn claims(group: &[&Cell]) -> usize {
    group.iter().filter(|cell| !cell.is_twin()).count().saturating_sub(1)
}

fn groups(cells: &[Cell]) -> BTreeMap<(&'static str, String, u64), Vec<&Cell>> {
    let mut groups: BTreeMap<_, Vec<&Cell>> = BTreeMap::new();
    for cell in cells {
        groups.entry(cell.group()).or_default().push(cell);
    }
    groups
}
