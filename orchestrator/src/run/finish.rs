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

impl Finish {
    /// Of a run that went through all its blocks.
    pub(super) fn of(not_ok: u64, untried: u64) -> Self {
        match (not_ok, untried) {
            (0, 0) => Self::Well,
            (not_ok, 0) => Self::NotOk(not_ok),
            (not_ok, untried) => Self::GivenUp { not_ok, untried },
        }
    }
}
