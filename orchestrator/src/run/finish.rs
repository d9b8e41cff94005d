//! How a run ended.

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finish {
    /// Every trial is ok.
    Well,
    /// So many trials are not ok.
    NotOk(u64),
    /// So many trials are not ok, and so many were not tried, since their cells had timed out too often.
    GivenUp {
        /// Trials that are not ok.
        not_ok: u64,
        /// Trials that were not begun, and have no row.
        untried: u64,
    },
    /// A gate found a regression.
    Regression,
    /// The user stopped it.
    Interrupted,
}
