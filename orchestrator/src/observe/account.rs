//! CPU time that a pool's group has counted and no live process accounts for: that of processes that have ended, whoever
//! reaped them, and if nobody did.

use super::{Tree, Work, cpu_ns};
use crate::cgroup::Group;

/// CPU time without an owner up to which nobody is taken for dead, ns. Where all are alive there is less than 0.001 ms of
/// it (Linux 6.18, 31 pools, 11 trials each), and a process that is forked and ends at once uses 0.1 ms.
const NEGLIGIBLE_NS: u64 = 20_000;

/// CPU time when a pool entered its group, ns.
#[derive(Clone, Copy, Debug)]
pub struct Account {
    /// What the group had counted before, for the trials of others.
    group_ns: u64,
    /// What the pool's processes had used before.
    live_ns: u64,
}

impl Account {
    /// Opens the account of the processes in `tree`, which are about to enter `group`; none where it counts no CPU time.
    pub fn open(tree: &Tree, group: &Group) -> Option<Self> {
        let live_ns = tree.pids().into_iter().filter_map(cpu_ns).sum();
        Some(Self { group_ns: group.cpu()?.all_ns, live_ns })
    }

    /// Whether `work` says that a process has ended since then. A thread that ends leaves a part of its time to the group
    /// alone, a tenth at most here; all of it is allowed for.
    pub fn shows_dead(&self, work: &Work) -> bool {
        let counted_ns = work.cpu_ns.saturating_sub(self.group_ns);
        let live_ns = work.live_ns.saturating_sub(self.live_ns);
        counted_ns > live_ns + work.ended_threads_ns + NEGLIGIBLE_NS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_without_an_owner_is_that_of_the_dead_unless_threads_may_have_left_it() {
        let account = Account { group_ns: 5_000_000, live_ns: 1_000_000 };
        let work = Work { cpu_ns: 9_000_000, live_ns: 5_000_000, ..Work::default() };
        assert!(!account.shows_dead(&work));
        let more = Work { cpu_ns: work.cpu_ns + 100_000, ..work };
        assert!(account.shows_dead(&more));
        assert!(!account.shows_dead(&Work { ended_threads_ns: 100_000, ..more }));
        // One that is still running uses more than the group had counted before.
        assert!(!account.shows_dead(&Work { live_ns: 50_000_000, ..work }));
    }
}
