//! A few things at a time: tests of processes mostly wait.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// At the same time.
const LANES: usize = 6;
/// The same of what waits for a limit most of the time.
const IDLE_LANES: usize = 12;

/// Does `each` for all items in a few lanes; a panic in one comes out when all lanes have ended.
pub fn lanes<T: Sync>(items: &[T], each: impl Fn(&T) + Sync) {
    in_lanes(LANES, items, each);
}

/// The same for items that are waited for most of the time.
pub fn idle_lanes<T: Sync>(items: &[T], each: impl Fn(&T) + Sync) {
    in_lanes(IDLE_LANES, items, each);
}

fn in_lanes<T: Sync>(count: usize, items: &[T], each: impl Fn(&T) + Sync) {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..count {
            scope.spawn(|| {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    each(item);
                }
            });
        }
    });
}
