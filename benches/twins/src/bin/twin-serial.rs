//! The twin of `pool-serial`: a loop into a vector.

use twins::twin::{Asked, asked, checksum, compute, noop, repeat};

fn main() {
    let asked = asked();
    if asked.computes { run(&asked, compute) } else { run(&asked, noop) }
}

fn run(asked: &Asked, job: impl Fn(u64) -> u64) {
    let mut results: Vec<u64> = (0..asked.jobs).map(|_| u64::MAX).collect();
    repeat(asked.batches, || {
        for (index, result) in (0..).zip(&mut results) {
            *result = job(index);
        }
        checksum(results.iter().copied())
    });
}
