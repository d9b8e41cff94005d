//! A trial's peak memory: two quantities that are never mixed, how exact each is, and whether it covers all of the pool.

use harness::columns::Row;

use crate::guard::cgroup::{Version, charge_resolution};
use crate::process::affinity::online;
use crate::trial::Trial;

/// One quantity's peak, in bytes. The truth is not below `low` and not above `high`, give or take the resolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peak {
    /// At least this much.
    pub low: u64,
    /// At most this much; the same where it was measured rather than bounded.
    pub high: u64,
    /// Whether it covers the whole tree. What is not complete is neither shown nor ranked.
    pub complete: bool,
}

impl Peak {
    /// The figure, if it is one and not an interval.
    pub fn exact(self) -> Option<u64> {
        (self.low == self.high).then_some(self.low)
    }
}

/// The cells of a row that its peaks are made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cells {
    /// `peak_rss_bytes`.
    pub root: Option<u64>,
    /// `tree_hwm_bytes`.
    pub summed: Option<u64>,
    /// `tree_pss_bytes`.
    pub shared_once: Option<u64>,
    /// `cgroup_peak_bytes`.
    pub charged: Option<u64>,
    /// `mem_complete`.
    pub complete: bool,
    /// `processes`.
    pub processes: Option<u64>,
    /// `dead_children`.
    pub dead: Option<u64>,
}

impl From<&Row> for Cells {
    fn from(row: &Row) -> Self {
        Self {
            root: row.peak_rss_bytes,
            summed: row.tree_hwm_bytes,
            shared_once: row.tree_pss_bytes,
            charged: row.cgroup_peak_bytes,
            complete: row.mem_complete == Some(1),
            processes: row.processes,
            dead: row.dead_children,
        }
    }
}

impl Cells {
    /// Resident memory, from `/proc`: of a single process its `VmHWM`; of a tree the interval from what it shares once
    /// to the sum over its processes. Processes that have ended are in neither, so a tree that may have had some is not
    /// complete.
    pub fn resident(self) -> Option<Peak> {
        // With a group `mem_complete` speaks of the charge, which tells the dead as well.
        let complete = self.dead == Some(0) && (self.complete || self.charged.is_some());
        if is_single(self.processes, self.dead) {
            return self.root.map(|root| Peak { low: root, high: root, complete });
        }
        let (low, high) = (self.root.max(self.shared_once)?, self.summed?);
        Some(Peak { low, high: high.max(low), complete })
    }

    /// Memory as the control group charges it: the exact peak of the tree, dead workers included; above the truth, and so
    /// not complete, where the pool had given back what it brought into its group.
    pub fn charged(self) -> Option<Peak> {
        self.charged.map(|bytes| Peak { low: bytes, high: bytes, complete: self.complete })
    }

    /// The more exact of the two, which programs of known payload are held against: of a single process the resident one,
    /// of a tree the charged one where a group has counted it. For checks of the figures only, since it is one quantity
    /// here and the other there.
    pub fn most_exact(self) -> Option<Peak> {
        let resident = self.resident();
        let exact = resident.filter(|peak| is_single(self.processes, self.dead) && peak.exact().is_some());
        exact.or_else(|| self.charged()).or(resident)
    }
}

/// Whether one process was all of it, by these two cells of a row: only then is its resident peak that of the pool.
fn is_single(processes: Option<u64>, dead_children: Option<u64>) -> bool {
    processes == Some(1) && dead_children == Some(0)
}

/// Fills in where a row's memory figures come from and what they are worth.
pub fn describe(row: Row, trial: &Trial) -> Row {
    let method = match trial.charged_peak.and(trial.peak_version) {
        Some(Version::One) => "proc-cgroup1",
        Some(Version::Two) => "proc-cgroup2",
        None if trial.reading.is_some() => "proc",
        None => return row,
    };
    let by_charge = trial.charged_peak.is_some() && !is_single(row.processes, row.dead_children);
    // Without a group the dead are out of sight, and so is what came and went while the tree was read.
    let covered = trial
        .reading
        .as_ref()
        .is_some_and(|reading| reading.dead == Some(false) && !reading.changed && reading.memory.summed_peak.is_some());
    Row {
        cgroup_peak_bytes: trial.charged_peak,
        mem_method: method.to_owned(),
        mem_resolution_bytes: Some(if by_charge {
            charge_resolution() + trial.given_back
        } else {
            resident_resolution()
        }),
        mem_complete: Some(u64::from(if trial.charged_peak.is_some() { trial.given_back == 0 } else { covered })),
        ..row
    }
}

/// How far `VmHWM` may lie below the truth once memory was given back, in bytes: the kernel counts pages in batches of
/// max(32, 2 x CPUs) on each CPU (Linux, `percpu_counter.h`).
fn resident_resolution() -> u64 {
    online() * (2 * online()).max(32) * rustix::param::page_size() as u64 * KINDS
}

/// Kinds of pages that are counted apart and can each be off: anonymous and of files.
const KINDS: u64 = 2;
