//! The gates of a trial, and how replies come at them.

use std::time::Duration;

/// Where a pool waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gate {
    /// No worker is up.
    Ready,
    /// The pool is up and idle.
    Started,
    /// The batches are done.
    Done,
    /// The workers are gone.
    Stopped,
}

impl Gate {
    /// All gates in order, with the word of their event.
    pub(super) const ALL: [(Self, &'static str); 4] =
        [(Self::Ready, "ready"), (Self::Started, "started"), (Self::Done, "done"), (Self::Stopped, "stopped")];

    /// The word of its event.
    pub(super) fn word(self) -> &'static str {
        Self::ALL.iter().find(|(gate, _)| *gate == self).expect("ALL names every gate").1
    }
}

/// How replies come.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pace {
    /// How long each one is held back.
    pub(super) pause: Duration,
    /// Whether they come byte by byte, with `pause` before each of them.
    pub(super) split: bool,
}
