//! Which cells of a plan will be compared with each other.

use std::collections::BTreeMap;

use crate::cell::Cell;

/// Whether a run of these cells compares anything by itself: a group of one workload and size that has a reference, which
/// is `serial` or the pool that the twin doubles, and something to hold against it.
pub fn any_compared(cells: &[Cell]) -> bool {
    let has_reference = |group: &[&Cell]| group.iter().any(|cell| cell.pool == "serial" || cell.is_twin());
    groups(cells).values().any(|group| claims(group) > 0 && has_reference(group))
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
