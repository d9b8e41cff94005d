//! What came of a trial.

use harness::protocol::Done;

use super::status::Status;
use super::webserver::Seen;
use crate::guard::cgroup::Version;
use crate::observe::{CoreState, Disturbance, Reading, Work};

/// What came of a trial; what was not reached is not there.
#[derive(Debug, Default)]
pub struct Trial {
    /// How it ended; `None` while it runs.
    pub status: Option<Status>,
    /// What is to be said of that.
    pub message: String,
    /// Whether poolbench itself stood still meanwhile: then nothing of it is a measurement.
    pub stood_still: bool,
    /// The pool's last words on stderr.
    pub stderr: String,
    /// Time of `start`, ns.
    pub start_ns: Option<u64>,
    /// What the pool says of its batches.
    pub done: Option<Done>,
    /// Time of `stop`, ns.
    pub stop_ns: Option<u64>,
    /// From spawn to exit without the pauses at gates, ns.
    pub process_ns: Option<u64>,
    /// From the reply to `started` to the receipt of `done`, without what the pool says that checking took, ns.
    pub window_ns: Option<u64>,
    /// The same with it: for so long others were watched, ns.
    pub watched_ns: Option<u64>,
    /// Summed resident memory at `ready`, `started` and `stopped`, bytes.
    pub rss: [Option<u64>; 3],
    /// Everything read at `done`, or before a pool that hangs is killed.
    pub reading: Option<Reading>,
    /// The most memory of the whole tree at once up to `done`, or up to its end if that came before, in bytes; only
    /// where the trial had a control group that counts memory.
    pub charged_peak: Option<u64>,
    /// What of that the pool had brought along and given back by `done`, in bytes: whether before the peak, nobody knows.
    pub given_back: u64,
    /// Where that comes from.
    pub peak_version: Option<Version>,
    /// Work over the window, without the CPU time of checking.
    pub work: Option<Work>,
    /// What else used the machine over the window.
    pub disturbance: Option<Disturbance>,
    /// CPU time that a quota leaves, thousandths of a core; nothing where there is none.
    pub quota_permille: Option<u64>,
    /// Time for which the quota held back the tree over the window, ns, added up over cores.
    pub throttled_ns: Option<u64>,
    /// What the web server saw over the window.
    pub seen: Option<Seen>,
    /// The state of the cores just before it.
    pub cores: Option<CoreState>,
    /// Connections dropped by the system over the window.
    pub overflows: Option<u64>,
}

impl Trial {
    /// Adds to what is to be said.
    pub(super) fn add(&mut self, what: &str) {
        let separator = if self.message.is_empty() { "" } else { "; " };
        self.message = format!("{}{separator}{what}", self.message);
    }
}
