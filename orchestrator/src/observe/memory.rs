//! Memory of a process tree from `/proc`, in bytes.

use super::Tree;
use super::proc::{Proc, Status};

/// Memory of a tree at one moment. `None` where no member could be read: 0 would be a lie.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    /// Summed `VmRSS`.
    pub rss: Option<u64>,
    /// What of that belongs to no file, anonymous or shared between processes, summed.
    pub rss_own: Option<u64>,
    /// `VmHWM` of the root.
    pub root_peak: Option<u64>,
    /// Summed `VmHWM`.
    pub summed_peak: Option<u64>,
    /// Summed PSS: shared pages once.
    pub pss: Option<u64>,
    /// The anonymous part of that.
    pub pss_anon: Option<u64>,
    /// Threads.
    pub threads: Option<u64>,
    /// Whether a member ignores SIGCHLD: the kernel then reaps its children, and books their faults nowhere.
    pub hides_dead: bool,
}

impl Memory {
    /// What the members' status says; nothing if there may be more members.
    pub fn of(tree: &Tree) -> Self {
        let members = tree.members();
        if tree.is_partial() {
            return Self::default();
        }
        let sum = |value: fn(&Status) -> Option<u64>| summed(members.iter().map(|member| value(&member.status)));
        Self {
            rss: sum(|status| status.rss),
            rss_own: sum(|status| Some(status.rss_anon? + status.rss_shared?)),
            root_peak: members.first().and_then(|root| root.status.hwm),
            summed_peak: sum(|status| status.hwm),
            threads: sum(|status| Some(status.threads)),
            hides_dead: members.iter().any(|member| member.status.ignores_children),
            ..Self::default()
        }
    }

    /// Reads each member's `smaps_rollup`, which walks its page tables. Half a sum is none: another user's process and
    /// one that cannot be dumped do not show theirs.
    pub fn add_pss(&mut self, tree: &Tree) {
        let shares: Vec<Option<(u64, u64)>> = tree.members().iter().map(|member| Proc::shares(member.pid)).collect();
        self.pss = summed(shares.iter().map(|shares| Some(shares.as_ref()?.0)));
        self.pss_anon = summed(shares.iter().map(|shares| Some(shares.as_ref()?.1)));
    }
}

/// The sum, or nothing if there is nothing to add or one of the values is missing.
fn summed(values: impl ExactSizeIterator<Item = Option<u64>>) -> Option<u64> {
    if values.len() == 0 { None } else { values.sum() }
}
