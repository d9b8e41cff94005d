//! `spin` and `skew`: dependent arithmetic by a counted number of iterations, never by the wall clock, which runs for
//! every thread at once when there are more threads than cores.

use std::hint::black_box;
use std::time::{Duration, Instant};

use crate::checksum::mix;
use crate::span::Span;

/// Every job the same length.
#[derive(Clone, Debug)]
pub(crate) struct Even {
    iterations: u64,
}

/// One job in sixteen lasts 8 D, the others 8/15 D: the mean is D.
#[derive(Clone, Debug)]
pub(crate) struct Skewed {
    long: u64,
    short: u64,
}

impl Even {
    pub(crate) fn new(span: Span, rate: u64) -> Self {
        Self { iterations: iterations(span, rate, 1, 1) }
    }

    #[inline]
    pub(crate) fn run(&self, index: u64) -> u64 {
        turn(self.iterations);
        index
    }
}

impl Skewed {
    pub(crate) fn new(span: Span, rate: u64) -> Self {
        Self { long: iterations(span, rate, 8, 1), short: iterations(span, rate, 8, 15) }
    }

    #[inline]
    pub(crate) fn run(&self, index: u64) -> u64 {
        turn(if mix(index).is_multiple_of(16) { self.long } else { self.short });
        index
    }
}

/// Iterations that last `span` x `times` / `over` at `rate` iterations a second.
fn iterations(span: Span, rate: u64, times: u64, over: u64) -> u64 {
    let exact = u128::from(span.ns) * u128::from(rate) * u128::from(times) / (1_000_000_000 * u128::from(over));
    u64::try_from(exact).unwrap_or(u64::MAX)
}

/// A chain in which each step needs the one before. Shift and xor between the multiplications keep a compiler from folding
/// several steps into one, which it does to a plain multiply and add; never inlined, so that every pool runs the same code.
#[inline(never)]
fn turn(iterations: u64) {
    let mut x = black_box(1u64);
    for _ in 0..iterations {
        x = (x ^ (x >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    }
    black_box(x);
}

/// Measures the rate of the chain on this machine, in iterations a second: the best of 20 bursts of about 0.5 ms, since
/// whatever disturbs a burst only slows it. A run measures it once and hands it to every pool.
pub fn calibrate() -> u64 {
    const ITERATIONS: u64 = 250_000;
    let fastest = (0..20).map(|_| timed(ITERATIONS)).min().unwrap_or(Duration::from_millis(1));
    let ns = fastest.as_nanos().max(1);
    u64::try_from(u128::from(ITERATIONS) * 1_000_000_000 / ns).unwrap_or(u64::MAX)
}

fn timed(iterations: u64) -> Duration {
    let start = Instant::now();
    turn(iterations);
    start.elapsed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_become_iterations_and_the_skewed_mean_is_the_length() {
        let rate = 1_000_000_000;
        let span = Span { ns: 15_000 };
        assert_eq!(Even::new(span, rate).iterations, 15_000);
        let skewed = Skewed::new(span, rate);
        assert_eq!((skewed.long + 15 * skewed.short) / 16, 15_000);
    }
}
