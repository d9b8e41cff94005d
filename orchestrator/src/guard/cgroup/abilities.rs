//! What control groups can do for a trial, and how exact what they count is.

use super::hierarchy::Version;
use crate::process::affinity::online;

/// What this machine's control groups can do for a trial.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Abilities {
    /// Exact memory peak of the tree, and from which version's controller.
    pub peak: Option<Version>,
    /// CPU time of the tree, in us, its dead included.
    pub cpu: bool,
    /// Kill of the whole tree in one step.
    pub kill: bool,
}

/// Pages that the kernel charges to a group at once on each CPU, to be used up later (Linux, `MEMCG_CHARGE_BATCH`).
const CHARGE_BATCH: u64 = 64;

/// How exact a charged peak is, in bytes.
pub fn charge_resolution() -> u64 {
    online() * CHARGE_BATCH * rustix::param::page_size() as u64
}
