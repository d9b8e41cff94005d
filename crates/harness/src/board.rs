//! A batch as a shared counter: whoever is free claims the next jobs from it, and whoever finishes the last says so. It
//! holds nothing but atomics, so that it also works in memory that processes share.

use std::ops::Range;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use std::time::Duration;

use crate::bell::Bell;
use crate::jobs::Jobs;

/// A number with a cache line of its own.
#[derive(Debug, Default)]
#[repr(C, align(64))]
struct Line(AtomicU64);

/// Where a batch stands. Before the first batch nothing can be claimed.
#[derive(Debug)]
#[repr(C)]
pub struct Board {
    /// The first job that nobody has claimed; at or past the end when all are claimed.
    next: Line,
    /// Jobs done.
    done: Line,
    started: Bell,
    finished: Bell,
    /// 1 when the workers are to end.
    closed: Line,
}

impl Default for Board {
    fn default() -> Self {
        let board = Self {
            next: Line::default(),
            done: Line::default(),
            started: Bell::default(),
            finished: Bell::default(),
            closed: Line::default(),
        };
        board.clear();
        board
    }
}

impl Board {
    /// As it is before the first batch; for memory that was not made by [`Board::default`].
    pub fn clear(&self) {
        self.next.0.store(u64::MAX, Relaxed);
    }

    /// Puts a batch up and wakes the workers.
    pub fn put_up(&self) {
        // All jobs of the last batch are done, so nobody adds to `done` now; a worker that still looks for jobs of the
        // last batch finds the first ones of this.
        self.done.0.store(0, Relaxed);
        self.next.0.store(0, Release);
        self.started.ring();
    }

    /// Claims and runs jobs until none is left to claim.
    pub fn work(&self, claims: Claims, mut run: impl FnMut(Range<u64>)) {
        while let Some(range) = claims.next(&self.next.0) {
            let count = range.end - range.start;
            run(range);
            if self.done.0.fetch_add(count, AcqRel) + count == claims.jobs {
                self.finished.ring();
            }
        }
    }

    /// Waits for the end of the batch of `claims`, and calls `look` every `patience` meanwhile.
    pub fn wait<E>(
        &self,
        claims: Claims,
        looks: bool,
        patience: Duration,
        mut look: impl FnMut() -> Result<(), E>,
    ) -> Result<(), E> {
        loop {
            let heard = self.finished.rings();
            if self.done.0.load(Acquire) == claims.jobs {
                return Ok(());
            }
            if self.finished.wait(heard, looks, patience) == heard {
                look()?;
            }
        }
    }

    /// A worker's life: works at every batch until the board is closed.
    pub fn serve(&self, claims: Claims, looks: bool, mut run: impl FnMut(Range<u64>)) {
        let mut heard = 0;
        loop {
            self.work(claims, &mut run);
            if self.closed.0.load(Acquire) == 1 {
                return;
            }
            heard = self.started.wait(heard, looks, FOREVER);
        }
    }

    /// Tells all workers to end.
    pub fn close(&self) {
        self.closed.0.store(1, Release);
        self.started.ring();
    }
}

/// Longer than anybody waits for work.
const FOREVER: Duration = Duration::from_secs(1 << 30);

/// How many jobs are claimed at once.
#[derive(Clone, Copy, Debug)]
pub struct Claims {
    jobs: u64,
    fixed: Option<u64>,
    share: u64,
}

impl Claims {
    /// Chunks of the size that was asked for, else an even share of half of what is left: large claims while there is much
    /// to do, single jobs at the end (guided self-scheduling: Polychronopoulos and Kuck, 1987).
    pub fn of(jobs: &Jobs) -> Self {
        Self { jobs: jobs.len(), fixed: jobs.chunk(), share: (jobs.workers() as u64).saturating_mul(2) }
    }

    fn next(self, next: &AtomicU64) -> Option<Range<u64>> {
        let mut first = next.load(Acquire);
        loop {
            let left = self.jobs.checked_sub(first).filter(|left| *left > 0)?;
            let count = self.fixed.unwrap_or_else(|| (left / self.share).max(1)).min(left);
            match next.compare_exchange_weak(first, first + count, AcqRel, Acquire) {
                Ok(_) => return Some(first..first + count),
                Err(now) => first = now,
            }
        }
    }
}
