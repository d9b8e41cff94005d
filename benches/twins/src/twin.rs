//! The common part of the hand-written twins: arguments, the two jobs, the batches and the checksum.

use std::env;
use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use num_complex::Complex64;

/// `TWIN JOBS WORKERS WORKLOAD BATCHES`, as given.
#[derive(Debug)]
pub struct Asked {
    /// Jobs in a batch.
    pub jobs: u64,
    /// Threads.
    pub workers: usize,
    /// `compute`, or else `noop`.
    pub computes: bool,
    /// Batches, one after another on the same pool.
    pub batches: u64,
}

/// Reads the arguments; a wrong one ends the process with a panic, since only `harness-tax` calls a twin.
pub fn asked() -> Asked {
    let words: Vec<String> = env::args().skip(1).collect();
    let number = |at: usize| words[at].parse().expect("TWIN JOBS WORKERS noop|compute BATCHES");
    Asked {
        jobs: number(0),
        workers: usize::try_from(number(1)).expect("a number of threads"),
        computes: words[2] == "compute",
        batches: number(3),
    }
}

/// The empty job.
#[inline]
pub fn noop(index: u64) -> u64 {
    black_box(index)
}

/// Three complex square roots, the same job as the pools' `compute`.
#[inline]
pub fn compute(index: u64) -> u64 {
    #[expect(clippy::cast_precision_loss, reason = "indices stay below 2^53")]
    let z = black_box(Complex64::new(index as f64, 1.0)).sqrt().sqrt().sqrt();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 <= Re z < 2^8")]
    let rounded = z.re.mul_add(1_048_576.0, 0.5).floor() as u64;
    rounded
}

/// Slots that threads deliver into, allocated and touched.
pub fn shared_slots(jobs: u64) -> Vec<AtomicU64> {
    (0..jobs).map(|_| AtomicU64::new(u64::MAX)).collect()
}

/// The results that threads have delivered.
pub fn loaded(slots: &[AtomicU64]) -> impl Iterator<Item = u64> {
    slots.iter().map(|slot| slot.load(Relaxed))
}

/// The checksum of results in the order of their jobs.
pub fn checksum(results: impl Iterator<Item = u64>) -> u64 {
    (0..).zip(results).fold(0, |sum: u64, (index, result)| sum.wrapping_add(mix(mix(index) ^ result)))
}

fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// Runs `batch` as often as asked and prints the checksum, which must be the same each time.
pub fn repeat(batches: u64, mut batch: impl FnMut() -> u64) {
    let first = batch();
    for _ in 1..batches {
        assert_eq!(batch(), first, "two batches differ");
    }
    println!("{first:016x}");
}
