//! The jobs, what they return, and the checksum over it.

use std::panic::{catch_unwind, set_hook};
use std::thread::{self, sleep};
use std::time::Duration;

/// What a job does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Job {
    /// Returns its index.
    Noop,
    /// Waits.
    Sleep(Duration),
    /// Every K-th one fails.
    Fail(u64),
    /// Every K-th one panics.
    Panic(u64),
    /// Every K-th one ends the process.
    Abort(u64),
}

impl Job {
    /// Runs job `index`; `None` if it fails.
    fn run(self, index: u64) -> Option<u64> {
        match self {
            Self::Abort(every) if (index + 1).is_multiple_of(every) => std::process::abort(),
            Self::Noop | Self::Abort(_) => Some(index),
            Self::Sleep(length) => {
                sleep(length);
                Some(index)
            }
            Self::Fail(every) => (!(index + 1).is_multiple_of(every)).then_some(index),
            Self::Panic(every) => {
                catch_unwind(|| if (index + 1).is_multiple_of(every) { panic!("as asked") } else { index }).ok()
            }
        }
    }

    /// Its class in `errors`.
    pub(crate) fn class(self) -> &'static str {
        if matches!(self, Self::Panic(_)) { "panic" } else { "fail" }
    }
}

/// What a batch came to.
#[derive(Clone, Copy, Default)]
pub(crate) struct Tally {
    /// Jobs that came back.
    pub(crate) back: u64,
    /// Of these, failed.
    pub(crate) failed: u64,
    /// The checksum.
    pub(crate) sum: u64,
    /// What the failed ones would have added to it.
    pub(crate) failed_sum: u64,
}

/// Runs one batch into `results`, which has a place for each job.
pub(crate) fn run(job: Job, results: &mut [Option<u64>]) {
    for (index, result) in (0..).zip(results) {
        *result = job.run(index);
    }
}

/// Takes as long as a batch of a program that is compiled while it runs, 6 ms at first and 0.3 ms in the end, and says for how long
/// it meant to: the same on any machine.
pub(crate) fn compiled(number: u64) -> Duration {
    let number = f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    let meant = Duration::from_micros(300).mul_f64(1.0 + 20.0 * (-number / 5.0).exp());
    sleep(meant);
    meant
}

/// The same with a thread for each eighth of the batch, or each job of a small one.
pub(crate) fn run_at_once(job: Job, results: &mut [Option<u64>]) {
    let size = results.len().div_ceil(8).max(1);
    thread::scope(|scope| {
        for (first, part) in (0..).step_by(size).zip(results.chunks_mut(size)) {
            scope.spawn(move || (first..).zip(part).for_each(|(index, result)| *result = job.run(index)));
        }
    });
}

/// Adds up what came back.
pub(crate) fn tally(results: &[Option<u64>]) -> Tally {
    let mut tally = Tally::default();
    for (index, result) in (0..).zip(results) {
        tally.back += 1;
        if let Some(value) = result {
            tally.sum = tally.sum.wrapping_add(mix(mix(index) ^ value));
        } else {
            tally.failed += 1;
            tally.failed_sum = tally.failed_sum.wrapping_add(mix(mix(index) ^ index));
        }
    }
    tally
}

/// Panics of jobs are no news.
pub(crate) fn hush() {
    set_hook(Box::new(|_| ()));
}

/// A step of splitmix64.
fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}
