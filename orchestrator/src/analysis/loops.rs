//! What is said of the loops that efficiency and overhead are held against, where that is not `serial` for all pools.

use std::collections::BTreeSet;

use super::bases::SERIAL;
use super::data::{Data, Setup};

/// What the columns of efficiency and overhead of a run stand on, a sentence each; none where there are no guests.
pub(crate) fn sentences(data: &Data) -> Vec<String> {
    let pools: BTreeSet<&str> = data.groups.values().flat_map(|setups| setups.keys()).map(Setup::real_pool).collect();
    let (mut loops, mut lost, mut without) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    for pool in pools.iter().filter(|pool| data.bases.is_guest(pool)) {
        match data.bases.base(pool) {
            None => without.push(*pool),
            Some(base) if pools.contains(base) => drop(loops.insert(base)),
            Some(base) => drop(lost.insert(base)),
        }
    }
    // A loop has none because it is what others are held against.
    without.retain(|pool| !loops.contains(pool));
    let joined = |names: &mut dyn Iterator<Item = &str>| names.collect::<Vec<_>>().join(", ");
    let mut said = Vec::new();
    if !loops.is_empty() {
        let loops = joined(&mut loops.into_iter());
        said.push(format!(
            "overhead and efficiency: against {SERIAL}; guests against their own language's loop ({loops})."
        ));
    }
    if !lost.is_empty() {
        let lost = joined(&mut lost.into_iter());
        said.push(format!("Guests whose loop is not in this run have neither; add it to --pools: {lost}."));
    }
    if !without.is_empty() {
        let without = joined(&mut without.into_iter());
        said.push(format!("No overhead and no efficiency of {without}: the list of guests names no `base` for them."));
    }
    said
}
