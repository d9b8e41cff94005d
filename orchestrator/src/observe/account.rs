//! CPU time that a pool's group has counted and no live process accounts for: that of processes that have ended, whoever
//! reaped them, and if nobody did.

use super::cpu_ns;
use crate::guard::cgroup::Group;

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
    /// Opens the account of the processes that are about to enter `group`; none where it counts no CPU time.
    pub fn open(pids: impl IntoIterator<Item = i32>, group: &Group) -> Option<Self> {
        let live_ns = pids.into_iter().filter_map(cpu_ns).sum();
        Some(Self { group_ns: group.cpu()?.all_ns, live_ns })
    }

    /// Whether a process has ended since then, where the group has counted `group_ns` by now, and the live processes have
    /// used `live_ns` and their ended threads `ended_threads_ns` of that. A thread that ends leaves a part of its time to
    /// the group alone, a tenth at most here; all of it is allowed for.
    pub fn shows_dead(&self, group_ns: u64, live_ns: u64, ended_threads_ns: u64) -> bool {
        let counted_ns = group_ns.saturating_sub(self.group_ns);
        counted_ns > live_ns.saturating_sub(self.live_ns) + ended_threads_ns + NEGLIGIBLE_NS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_without_an_owner_is_that_of_the_dead_unless_threads_may_have_left_it() {
        let account = Account { group_ns: 5_000_000, live_ns: 1_000_000 };
        assert!(!account.shows_dead(9_000_000, 5_000_000, 0));
        assert!(account.shows_dead(9_100_000, 5_000_000, 0));
        assert!(!account.shows_dead(9_100_000, 5_000_000, 100_000));
        // One that is still running uses more than the group had counted before.
        assert!(!account.shows_dead(9_000_000, 50_000_000, 0));
    }
}
