//! The work of each workload, ready to run on the calling thread.

pub(crate) mod compute;
pub(crate) mod factor;
mod file;
pub(crate) mod spin;

use std::hint::black_box;
use std::panic::catch_unwind;
use std::time::Duration;

use crate::http::{Client, Target, get_blocking};
use crate::slots::{Fault, Slots};
use crate::workload::{Workload, falls_on};

/// A workload made ready: lengths turned into iterations, paths and addresses looked up.
#[derive(Clone, Debug)]
pub(crate) enum Work {
    Noop,
    Compute,
    Factor { first: u64 },
    Spin(spin::Even),
    Skew(spin::Skewed),
    Sleep(Duration),
    Http(Target, Client),
    File(file::OwnBytes),
    Fail(u64),
    Panic(u64),
}

impl Work {
    /// Makes `workload` ready; `spin_rate` in iterations a second.
    pub(crate) fn new(workload: &Workload, spin_rate: u64) -> std::io::Result<Self> {
        Ok(match workload {
            Workload::Noop => Self::Noop,
            Workload::Compute => Self::Compute,
            Workload::Factor { first } => Self::Factor { first: *first },
            Workload::Spin(span) => Self::Spin(spin::Even::new(*span, spin_rate)),
            Workload::Skew(span) => Self::Skew(spin::Skewed::new(*span, spin_rate)),
            Workload::Sleep(span) => Self::Sleep(span.duration()),
            Workload::Http(target) => Self::Http(target.clone(), Client::Shared),
            Workload::HttpNative(target) => Self::Http(target.clone(), Client::Native),
            Workload::File { size } => Self::File(file::OwnBytes::new(*size)?),
            Workload::Fail(every) => Self::Fail(*every),
            Workload::Panic(every) => Self::Panic(*every),
        })
    }

    /// Runs `indices` one after another on this thread and hands each outcome to `each`. The choice of workload is
    /// outside the loop, so that an empty job costs what an empty loop costs.
    #[inline]
    pub(crate) fn each(
        &self,
        indices: impl Iterator<Item = u64>,
        slots: &Slots,
        mut each: impl FnMut(u64, Result<u64, Fault>),
    ) {
        match self {
            Self::Noop => indices.for_each(|i| each(i, Ok(black_box(i)))),
            Self::Compute => indices.for_each(|i| each(i, Ok(compute::root(i)))),
            Self::Factor { first } => indices.for_each(|i| each(i, Ok(factor::sum_of_factors(first + i)))),
            Self::Spin(even) => indices.for_each(|i| each(i, Ok(even.run(i)))),
            Self::Skew(skewed) => indices.for_each(|i| each(i, Ok(skewed.run(i)))),
            Self::Sleep(length) => indices.for_each(|i| {
                std::thread::sleep(*length);
                each(i, Ok(i));
            }),
            Self::Http(target, client) => {
                indices.for_each(|i| each(i, get_blocking(target, *client, slots).map(|()| i)));
            }
            Self::File(bytes) => indices.for_each(|i| each(i, bytes.read().map(|read| i + read))),
            Self::Fail(every) => indices.for_each(|i| each(i, fail(*every, i))),
            Self::Panic(every) => indices.for_each(|i| each(i, panic(*every, i))),
        }
    }
}

fn fail(every: u64, index: u64) -> Result<u64, Fault> {
    if falls_on(every, index) { Err(Fault::Fail) } else { Ok(index) }
}

/// A job that panics is a failed job in every pool: what a pool's library would do with it differs too much to
/// compare (rayon and a scope abort the batch, tokio keeps it in the handle).
fn panic(every: u64, index: u64) -> Result<u64, Fault> {
    catch_unwind(|| if falls_on(every, index) { panic!("job {index} panics, as asked") } else { index })
        .map_err(|_| Fault::Panic)
}
