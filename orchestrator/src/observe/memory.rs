//! Memory of a process tree from `/proc`, in bytes.

use procfs::process::{Process, Status};

use super::Tree;

/// SIGCHLD is signal 17, and bit 0 is signal 1.
const SIGCHLD_BIT: u64 = 1 << 16;

/// Memory of a tree at one moment. `None` where no member could be read: 0 would be a lie.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    /// Summed `VmRSS`.
    pub rss: Option<u64>,
    /// The anonymous part of that, summed.
    pub rss_anon: Option<u64>,
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
    /// Members that have memory.
    pub members: usize,
    /// Whether a member ignores SIGCHLD: the kernel then reaps its children, and books their faults nowhere.
    pub hides_dead: bool,
}

impl Memory {
    /// Reads each member's `status` once.
    pub fn of(tree: &Tree) -> Self {
        // A process that is about to end has given its memory back and has no such lines.
        let statuses = tree.members().iter().filter_map(|member| member.status().ok());
        let statuses: Vec<Status> = statuses.filter(|status| status.vmrss.is_some()).collect();
        let bytes = |kib: u64| kib * 1024;
        Self {
            rss: summed(&statuses, |status| status.vmrss.map(bytes)),
            rss_anon: summed(&statuses, |status| status.rssanon.map(bytes)),
            root_peak: statuses.first().and_then(|status| status.vmhwm.map(bytes)),
            summed_peak: summed(&statuses, |status| status.vmhwm.map(bytes)),
            threads: summed(&statuses, |status| Some(status.threads)),
            members: statuses.len(),
            hides_dead: statuses.iter().any(|status| status.sigign & SIGCHLD_BIT != 0),
            ..Self::default()
        }
    }

    /// Reads each member's `smaps_rollup`, which walks its page tables.
    pub fn add_pss(&mut self, tree: &Tree) {
        let rollups: Vec<Pss> = tree.members().iter().filter_map(Pss::of).collect();
        // Another user's or an undumpable process cannot be read; half a sum is none.
        if rollups.len() == self.members {
            self.pss = summed(&rollups, |pss| Some(pss.all));
            self.pss_anon = summed(&rollups, |pss| Some(pss.anon));
        }
    }
}

struct Pss {
    all: u64,
    anon: u64,
}

impl Pss {
    fn of(member: &Process) -> Option<Self> {
        let rollup = member.smaps_rollup().ok()?.memory_map_rollup;
        let map = &rollup.iter().next()?.extension.map;
        Some(Self { all: *map.get("Pss")?, anon: *map.get("Pss_Anon")? })
    }
}

/// The sum over all members, or nothing if there is none or one of them has no value.
fn summed<T>(items: &[T], value: impl Fn(&T) -> Option<u64>) -> Option<u64> {
    if items.is_empty() { None } else { items.iter().map(value).sum() }
}
