//! The futures of a pool, in one piece: a word of state each, and a word for each of its jobs' outcomes.
//!
//! A future is used again when it has been waited for, so that a dispatch allocates nothing.

use std::any::Any;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};

use crossbeam_utils::Backoff;
use harness::{Error, ErrorKind, Result};

/// What a panic carries.
pub(crate) type Payload = Box<dyn Any + Send>;

/// The state of a future whose outcomes are there.
const DONE: u64 = u64::MAX;
/// The state of a future whose dispatch has panicked; the payload is in the slab.
const PANICKED: u64 = u64::MAX - 1;
/// Set while the waiter sleeps until the future is done. All other states are the argument of a pending future: the
/// number of its dispatch, which is below 2^63.
const AWAITED: u64 = 1 << 63;

/// The futures under way, in the order of their dispatches.
#[derive(Debug)]
pub(crate) struct Slab {
    states: Vec<AtomicU64>,
    outcomes: Vec<AtomicU64>,
    /// Jobs of a future.
    width: usize,
    /// Panics by future. They are rare, so they take no room in each.
    panics: Mutex<Vec<(usize, Payload)>>,
    /// The one thread that waits for futures.
    waiter: Thread,
}

impl Slab {
    /// Makes room for `count` futures of `width` jobs each: 8 bytes a future and 8 a job. The calling thread is the one
    /// that will wait. A `limit` error if the memory is not to be had.
    pub(crate) fn new(count: usize, width: usize) -> Result<Self> {
        let outcomes = words(count.saturating_mul(width))?;
        Ok(Self { states: words(count)?, outcomes, width, panics: Mutex::default(), waiter: thread::current() })
    }

    /// The future of the dispatch with that number, counted over all batches.
    fn place(&self, number: u64) -> usize {
        let place = number % self.states.len() as u64;
        usize::try_from(place).expect("it is below a length")
    }

    /// Gives the future of dispatch `number` its argument; whoever sees the number submitted sees it.
    pub(crate) fn fill(&self, number: u64, argument: u64) {
        self.states[self.place(number)].store(argument, Relaxed);
    }

    /// Runs dispatch `number`: `run` gets its argument and the words for its outcomes. Then the future is done, or has
    /// the panic of `run`, and its waiter is woken if it sleeps.
    #[inline]
    pub(crate) fn complete(&self, number: u64, run: impl FnOnce(u64, &[AtomicU64])) {
        let place = self.place(number);
        let argument = self.states[place].load(Relaxed) & !AWAITED;
        let words = &self.outcomes[self.words_of(place)];
        let state = match catch_unwind(AssertUnwindSafe(|| run(argument, words))) {
            Ok(()) => DONE,
            Err(payload) => {
                self.lock_panics().push((place, payload));
                PANICKED
            }
        };
        if self.states[place].swap(state, AcqRel) & AWAITED != 0 {
            self.waiter.unpark();
        }
    }

    /// Waits until the future of dispatch `number` is done and gives the words of its outcomes, or its panic.
    #[inline]
    pub(crate) fn wait(&self, number: u64) -> thread::Result<&[AtomicU64]> {
        let place = self.place(number);
        let state = &self.states[place];
        let backoff = Backoff::new();
        loop {
            match state.load(Acquire) {
                DONE => return Ok(&self.outcomes[self.words_of(place)]),
                PANICKED => return Err(self.take_panic(place)),
                _ if !backoff.is_completed() => backoff.snooze(),
                pending => {
                    // Where this fails the future has just been done.
                    if state.compare_exchange(pending, pending | AWAITED, Relaxed, Relaxed).is_ok() {
                        thread::park();
                    }
                }
            }
        }
    }

    fn words_of(&self, place: usize) -> Range<usize> {
        place * self.width..(place + 1) * self.width
    }

    #[cold]
    fn take_panic(&self, place: usize) -> Payload {
        let mut panics = self.lock_panics();
        let found = panics.iter().position(|(of, _)| *of == place);
        found.map_or_else(|| Box::new("a panic without its payload") as Payload, |at| panics.swap_remove(at).1)
    }

    #[cold]
    fn lock_panics(&self) -> MutexGuard<'_, Vec<(usize, Payload)>> {
        self.panics.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn words(count: usize) -> Result<Vec<AtomicU64>> {
    let mut words = Vec::new();
    words.try_reserve_exact(count).map_err(|cause| Error {
        kind: ErrorKind::Limit,
        message: format!("allocating {count} words of 8 bytes for futures: {cause}; ask for a smaller --window"),
    })?;
    words.resize_with(count, AtomicU64::default);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slab() -> Slab {
        Slab::new(2, 3).unwrap()
    }

    #[test]
    fn a_future_sleeps_until_another_thread_completes_it_and_is_used_again() {
        let slab = slab();
        for number in 0..100 {
            slab.fill(number, number + 7);
            thread::scope(|scope| {
                scope.spawn(|| slab.complete(number, |argument, words| words[2].store(argument * 2, Relaxed)));
                assert_eq!(slab.wait(number).unwrap()[2].load(Relaxed), 2 * number + 14);
            });
        }
    }

    #[test]
    fn a_panic_goes_to_the_waiter_of_its_own_future() {
        let slab = slab();
        (0..2).for_each(|number| slab.fill(number, number));
        // Without the hook's trace in the test's output.
        slab.complete(1, |_, _| std::panic::resume_unwind(Box::new("of the second")));
        slab.complete(0, |_, _| std::panic::resume_unwind(Box::new("of the first")));
        for (number, text) in [(0, "of the first"), (1, "of the second")] {
            assert_eq!(slab.wait(number).unwrap_err().downcast_ref(), Some(&text));
        }
    }

    #[test]
    fn more_than_the_memory_holds_is_a_limit() {
        assert_eq!(Slab::new(usize::MAX, 1).unwrap_err().kind, ErrorKind::Limit);
        assert_eq!(Slab::new(usize::MAX, 2).unwrap_err().kind, ErrorKind::Limit);
    }
}
