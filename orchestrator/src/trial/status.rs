//! How a trial ended: the words of the column `status`.

use std::fmt;

/// In so many blocks may a cell time out; then it is not tried any more.
pub const MOST_TIMEOUTS: usize = 2;

/// How a trial ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// All results right, all gates passed.
    Ok,
    /// A job failed, or the pool broke the protocol.
    Failed,
    /// Wrong count, wrong checksum, or the web server saw other requests than were reported.
    Mismatch,
    /// It ended before `stopped`: exit, signal, out of memory, or an error of its own.
    Crashed,
    /// It took longer than a trial may.
    Timeout,
    /// The system gave no more threads, processes, descriptors or memory maps.
    Limit,
    /// The pool cannot do this.
    Unsupported,
    /// The user stopped the run.
    Interrupted,
}

impl Status {
    /// Every status with its word.
    pub const ALL: [(Self, &'static str); 8] = [
        (Self::Ok, "ok"),
        (Self::Failed, "failed"),
        (Self::Mismatch, "mismatch"),
        (Self::Crashed, "crashed"),
        (Self::Timeout, "timeout"),
        (Self::Limit, "limit"),
        (Self::Unsupported, "unsupported"),
        (Self::Interrupted, "interrupted"),
    ];

    /// The word of the CSV.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(status, _)| *status == self).expect("ALL names every status").1
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
