//! Which of a row's memory figures is its peak, how exact that is, and whether it covers all of the pool.

use harness::columns::Row;

use crate::guard::cgroup::{Version, charge_resolution};
use crate::process::affinity::online;
use crate::trial::Trial;

/// Peak memory of a trial, in bytes. The truth is not below `low` and not above `high`, give or take the resolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peak {
    /// At least this much.
    pub low: u64,
    /// At most this much; the same where it was measured rather than bounded.
    pub high: u64,
    /// How exact each of the two is.
    pub resolution: u64,
    /// Whether it covers the whole tree. What is not complete is in no rank.
    pub complete: bool,
}

impl Peak {
    /// The headline figure of a row: resident peak for a single process, charged peak for a tree, and where no group
    /// counted that the interval that `/proc` gives. `None` where nothing was measured.
    pub fn of(row: &Row) -> Option<Self> {
        let resolution = row.mem_resolution_bytes?;
        let complete = row.mem_complete == Some(1);
        let resident = row.peak_rss_bytes.filter(|_| is_single(row.processes, row.dead_children));
        if let Some(exact) = resident.or(row.cgroup_peak_bytes) {
            return Some(Self { low: exact, high: exact, resolution, complete });
        }
        let (low, high) = (row.peak_rss_bytes.max(row.tree_pss_bytes)?, row.tree_hwm_bytes?);
        let processes = row.processes.unwrap_or(1);
        Some(Self { low, high: high.max(low), resolution: resolution * processes, complete })
    }

    /// Whether a payload of `bytes` agrees with it.
    pub fn allows(&self, bytes: u64) -> bool {
        (self.low.saturating_sub(self.resolution)..=self.high + self.resolution).contains(&bytes)
    }
}

/// Whether one process was all of it, by these two cells of a row: only then is its resident peak that of the pool.
pub fn is_single(processes: Option<u64>, dead_children: Option<u64>) -> bool {
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
