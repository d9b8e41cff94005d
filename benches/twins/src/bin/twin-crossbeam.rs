//! The twin of `pool-crossbeam`: threads behind a channel of ranges, an acknowledgement for each.

use std::ops::Range;
use std::sync::atomic::Ordering::Relaxed;
use std::thread;

use crossbeam_channel::unbounded;
use twins::twin::{Asked, asked, checksum, compute, loaded, noop, repeat, shared_slots};

fn main() {
    let asked = asked();
    if asked.computes { run(&asked, compute) } else { run(&asked, noop) }
}

fn run(asked: &Asked, job: impl Fn(u64) -> u64 + Copy + Send) {
    let slots = shared_slots(asked.jobs);
    let (ranges, queue) = unbounded::<Range<usize>>();
    let (ack, acks) = unbounded();
    thread::scope(|scope| {
        for _ in 0..asked.workers {
            let (queue, ack, slots) = (queue.clone(), ack.clone(), &slots);
            scope.spawn(move || {
                for range in queue {
                    let first = range.start as u64;
                    for (index, slot) in (first..).zip(&slots[range]) {
                        slot.store(job(index), Relaxed);
                    }
                    ack.send(()).expect("the main thread waits for it");
                }
            });
        }
        let size = slots.len().div_ceil(4 * asked.workers).max(1);
        repeat(asked.batches, || {
            let starts = (0..slots.len()).step_by(size);
            let open = starts.len();
            for start in starts {
                ranges.send(start..slots.len().min(start + size)).expect("the workers live");
            }
            for _ in 0..open {
                acks.recv().expect("the workers live");
            }
            checksum(loaded(&slots))
        });
        drop(ranges);
    });
}
