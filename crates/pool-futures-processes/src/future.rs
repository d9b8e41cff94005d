//! The future of a dispatch: where its results are collected, and where whoever submitted it waits for them.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use harness::Outcome;

/// The results of a dispatch, as soon as they are all there.
#[derive(Default)]
pub(crate) struct Future {
    state: Mutex<State>,
    ended: Condvar,
}

#[derive(Default)]
struct State {
    outcomes: Vec<Outcome>,
    phase: Phase,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Phase {
    #[default]
    Open,
    Done,
    Broken,
}

impl Future {
    /// Adds outcomes, in the order of the jobs.
    pub(crate) fn add(&self, outcomes: impl ExactSizeIterator<Item = Outcome>) {
        let mut state = self.lock();
        state.outcomes.reserve_exact(outcomes.len());
        state.outcomes.extend(outcomes);
    }

    /// All outcomes are there.
    pub(crate) fn done(&self) {
        self.end(Phase::Done);
    }

    /// The outcomes will never all be there.
    pub(crate) fn broken(&self) {
        self.end(Phase::Broken);
    }

    fn end(&self, phase: Phase) {
        self.lock().phase = phase;
        self.ended.notify_one();
    }

    /// Waits for the outcomes; none if they will never be there.
    pub(crate) fn wait(&self) -> Option<Vec<Outcome>> {
        let state = self.ended.wait_while(self.lock(), |state| state.phase == Phase::Open);
        let mut state = state.unwrap_or_else(PoisonError::into_inner);
        (state.phase == Phase::Done).then(|| std::mem::take(&mut state.outcomes))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
