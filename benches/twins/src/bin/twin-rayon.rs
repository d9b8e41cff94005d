//! The twin of `pool-rayon`: one parallel iterator over the slots.

use std::sync::atomic::Ordering::Relaxed;

use rayon::ThreadPoolBuilder;
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use twins::twin::{Asked, asked, checksum, compute, loaded, noop, repeat, shared_slots};

fn main() {
    let asked = asked();
    if asked.computes { run(&asked, compute) } else { run(&asked, noop) }
}

fn run(asked: &Asked, job: impl Fn(u64) -> u64 + Sync) {
    let slots = shared_slots(asked.jobs);
    let pool = ThreadPoolBuilder::new().num_threads(asked.workers).build().expect("threads");
    repeat(asked.batches, || {
        pool.install(|| {
            slots.par_iter().enumerate().for_each(|(index, slot)| slot.store(job(index as u64), Relaxed));
        });
        checksum(loaded(&slots))
    });
}
