//! A process and everything under it, as `/proc` shows them at one moment.

use std::collections::BTreeSet;

use procfs::process::Process;

/// More processes than any pool has. A fork bomb would keep the walk busy for ever.
pub const MOST_MEMBERS: usize = 10_000;

/// `root` and everything under it over the children of every thread, with what has ended and was not reaped.
pub fn family(root: i32) -> Vec<Process> {
    let (mut family, mut seen, mut open) = (Vec::new(), BTreeSet::new(), vec![root]);
    while let Some(pid) = open.pop().filter(|_| family.len() < MOST_MEMBERS) {
        let Some(process) = seen.insert(pid).then(|| Process::new(pid).ok()).flatten() else { continue };
        let lists = process.tasks().into_iter().flatten().flatten().filter_map(|task| task.children().ok());
        open.extend(lists.flatten().filter_map(|pid| i32::try_from(pid).ok()));
        family.push(process);
    }
    family
}
