//! The queue of dispatches, from one submitter to all workers: their numbers, which follow each other, so that two
//! counters hold it; and where workers sleep when it is empty.

use std::ops::Range;
use std::sync::atomic::Ordering::{Acquire, Relaxed, SeqCst};
use std::sync::atomic::{AtomicU64, AtomicUsize};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crossbeam_utils::{Backoff, CachePadded};

/// The most dispatches that a worker takes at once: the states of 32 futures fill four cache lines, which then move
/// once each rather than with every dispatch.
const MOST: u64 = 32;

/// Numbers that have been submitted and not yet been taken, and the workers that wait for more.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    submitted: CachePadded<AtomicU64>,
    taken: CachePadded<AtomicU64>,
    /// Sleepers that nobody has called yet; changed under the lock only.
    idle: CachePadded<AtomicUsize>,
    calls: Mutex<Calls>,
    bell: Condvar,
}

#[derive(Debug, Default)]
struct Calls {
    /// Sleepers that have been called and not yet left.
    open: usize,
    closed: bool,
}

impl Queue {
    /// Submits the next number and calls a sleeper if there is one; only one thread may submit.
    #[inline]
    pub(crate) fn submit(&self) {
        self.submitted.store(self.submitted.load(Relaxed) + 1, SeqCst);
        // A worker counts itself as idle before it looks for work a last time, so that one of the two sees the other.
        if self.idle.load(SeqCst) > 0 {
            self.call();
        }
    }

    /// How many have been submitted, over all batches.
    pub(crate) fn submitted(&self) -> u64 {
        self.submitted.load(Relaxed)
    }

    /// Takes the numbers that are next in line, at most a `share`th of what is there but at least one, and sleeps while
    /// there is none; `None` when the queue is closed and empty.
    pub(crate) fn take(&self, share: u64) -> Option<Range<u64>> {
        loop {
            let backoff = Backoff::new();
            while !backoff.is_completed() {
                if let Some(range) = self.try_take(share) {
                    return Some(range);
                }
                backoff.snooze();
            }
            if self.sleep() {
                return None;
            }
        }
    }

    /// Lets every worker end when the queue is empty.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.bell.notify_all();
    }

    fn try_take(&self, share: u64) -> Option<Range<u64>> {
        // Acquired, so that what was submitted before it was taken is seen below: that is never less.
        let mut first = self.taken.load(Acquire);
        loop {
            let there = self.submitted.load(SeqCst) - first;
            if there == 0 {
                return None;
            }
            let end = first + (there / share).clamp(1, MOST);
            match self.taken.compare_exchange_weak(first, end, SeqCst, Acquire) {
                Ok(_) => return Some(first..end),
                Err(now) => first = now,
            }
        }
    }

    /// Sleeps until called; true if the queue is closed instead.
    fn sleep(&self) -> bool {
        let mut calls = self.lock();
        self.idle.fetch_add(1, SeqCst);
        if self.taken.load(SeqCst) < self.submitted.load(SeqCst) {
            self.idle.fetch_sub(1, SeqCst);
            return false;
        }
        while calls.open == 0 && !calls.closed {
            calls = self.bell.wait(calls).unwrap_or_else(PoisonError::into_inner);
        }
        calls.open = calls.open.saturating_sub(1);
        calls.closed
    }

    #[cold]
    fn call(&self) {
        let mut calls = self.lock();
        if self.idle.load(Relaxed) > 0 {
            self.idle.fetch_sub(1, SeqCst);
            calls.open += 1;
            self.bell.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Calls> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
