//! The futures: where the results of dispatches are collected until whoever submitted them takes them.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// The futures of a pool, between the thread that ends them and the one that waits for them.
#[derive(Default)]
pub(crate) struct Futures {
    line: Mutex<Line>,
    /// The oldest has ended, or none will ever end.
    news: Condvar,
}

/// Those of dispatches that follow each other, the oldest first; 32 bytes each beside its results.
#[derive(Default)]
struct Line {
    futures: VecDeque<Future>,
    /// The dispatch of the oldest.
    first: u64,
    /// Whether somebody waits for the oldest: only then a wake is worth its system call.
    awaited: bool,
    /// Whether none will ever end any more.
    broken: bool,
}

#[derive(Default)]
struct Future {
    /// The results, packed, in the order of the jobs.
    words: Vec<u64>,
    ended: bool,
}

impl Futures {
    /// Makes the future of dispatch `chunk`: the one after the last or, where all have been taken, any.
    pub(crate) fn add(&self, chunk: u64) {
        let mut line = self.lock();
        if line.futures.is_empty() {
            line.first = chunk;
        }
        line.futures.push_back(Future::default());
    }

    /// Adds results of dispatch `chunk`, packed, with `room` for how many there will be in all; the last ones end it.
    pub(crate) fn fill(&self, chunk: u64, words: impl Iterator<Item = u64>, room: usize, last: bool) {
        let mut line = self.lock();
        let Some(future) = line.get(chunk) else { return };
        future.words.reserve_exact(room.saturating_sub(future.words.len()));
        future.words.extend(words);
        future.ended = last;
        if line.awaited && line.oldest_has_ended() {
            // First, so that whoever wakes need not wait for it.
            drop(line);
            self.news.notify_one();
        }
    }

    /// Waits for the end of the oldest and takes its results; none if it will never end.
    pub(crate) fn wait_oldest(&self) -> Option<Vec<u64>> {
        let mut line = self.lock();
        line.awaited = true;
        let line = self.news.wait_while(line, |line| !line.broken && !line.oldest_has_ended());
        let mut line = line.unwrap_or_else(PoisonError::into_inner);
        line.awaited = false;
        let oldest = line.futures.pop_front_if(|oldest| oldest.ended)?;
        line.first += 1;
        Some(oldest.words)
    }

    /// None will ever end any more.
    pub(crate) fn break_all(&self) {
        self.lock().broken = true;
        self.news.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Line {
    fn get(&mut self, chunk: u64) -> Option<&mut Future> {
        let place = usize::try_from(chunk.checked_sub(self.first)?).ok()?;
        self.futures.get_mut(place)
    }

    fn oldest_has_ended(&self) -> bool {
        self.futures.front().is_some_and(|oldest| oldest.ended)
    }
}
