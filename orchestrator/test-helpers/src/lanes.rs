//! A few things at a time: tests of processes mostly wait.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// At the same time.
const LANES: usize = 4;

/// Does `each` for all items in a few lanes; a panic in one comes out when all lanes have ended.
pub fn lanes<T: Sync>(items: &[T], each: impl Fn(&T) + Sync) {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..LANES {
            scope.spawn(|| {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    each(item);
                }
            });
        }
    });
}
