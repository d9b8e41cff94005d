//! The work of each workload, ready to run on the calling thread.

use std::hint::black_box;
use std::ops::Range;
use std::panic::catch_unwind;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, setrlimit};

use crate::error::{Error, Result};
use crate::http::{Client, Target, get_blocking};
use crate::own::{Language, Library};
use crate::routines::{compute, factor, file, spin};
use crate::slots::{Fault, Outcome, Slots};
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
    Abort(u64),
    Own(Library),
}

impl Work {
    /// Makes `workload` ready; `spin_rate` in iterations a second.
    pub(crate) fn new(workload: &Workload, spin_rate: u64) -> Result<Self> {
        Ok(match workload {
            Workload::Noop => Self::Noop,
            Workload::Compute => Self::Compute,
            Workload::Factor { first } => Self::Factor { first: *first },
            Workload::Spin(span) => Self::Spin(spin::Even::new(*span, spin_rate)),
            Workload::Skew(span) => Self::Skew(spin::Skewed::new(*span, spin_rate)),
            Workload::Sleep(span) => Self::Sleep(span.duration()),
            Workload::Http(target) => Self::Http(target.clone(), Client::Shared),
            Workload::HttpNative(target) => Self::Http(target.clone(), Client::Native),
            Workload::File { size } => Self::File(own_bytes(*size)?),
            Workload::Fail(every) => Self::Fail(*every),
            Workload::Panic(every) => Self::Panic(*every),
            Workload::Abort(every) => Self::Abort(*every),
            Workload::Own(own) if own.language == Language::Library => Self::Own(Library::open_for_process(own)?),
            Workload::Own(own) => return Err(Error::unsupported(format!("only pools in Python run {}", own.word()))),
        })
    }

    /// Hands the job of this workload to `own`. The choice of workload is outside of its loop, so that an empty job
    /// costs what an empty loop costs.
    #[inline]
    pub(crate) fn hand_to<L: Loop>(&self, slots: &Slots, own: L) {
        match self {
            Self::Noop => own.over(|i| Ok(black_box(i))),
            Self::Compute => own.over(|i| Ok(compute::root(i))),
            Self::Factor { first } => own.over(|i| Ok(factor::sum_of_factors(first + i))),
            Self::Spin(even) => own.over(|i| Ok(even.run(i))),
            Self::Skew(skewed) => own.over(|i| Ok(skewed.run(i))),
            Self::Sleep(length) => own.over(|i| {
                std::thread::sleep(*length);
                Ok(i)
            }),
            Self::Http(target, client) => own.over(|i| get_blocking(target, *client, slots).map(|()| i)),
            Self::File(bytes) => own.over(|i| bytes.read().map(|read| i + read)),
            Self::Fail(every) => own.over(|i| fail(*every, i)),
            Self::Panic(every) => own.over(|i| panic(*every, i)),
            Self::Abort(every) => own.over(|i| Ok(abort(*every, i))),
            Self::Own(library) => {
                // A copy that the loop holds on to: what a foreign function does to memory is not known.
                let library = *library;
                own.over(move |i| library.run(i));
            }
        }
    }

    /// Runs `indices` one after another on this thread and hands each outcome to `each`.
    #[inline]
    pub(crate) fn each(&self, indices: Range<u64>, slots: &Slots, each: impl FnMut(u64, Outcome)) {
        self.hand_to(slots, InOrder { indices, each });
    }
}

/// A loop over jobs that is compiled once for each workload, with the job in it.
pub trait Loop {
    /// Calls `job` for the indices of the batch, from any thread and in any order.
    fn over(self, job: impl Fn(u64) -> Outcome + Send + Sync);
}

struct InOrder<F> {
    indices: Range<u64>,
    each: F,
}

impl<F: FnMut(u64, Outcome)> Loop for InOrder<F> {
    #[inline]
    fn over(mut self, job: impl Fn(u64) -> Outcome + Send + Sync) {
        self.indices.for_each(|index| (self.each)(index, job(index)));
    }
}

fn own_bytes(size: u64) -> Result<file::OwnBytes> {
    file::OwnBytes::new(size).map_err(|cause| Error::io("finding the pool's own executable", &cause))
}

fn fail(every: u64, index: u64) -> Outcome {
    if falls_on(every, index) { Err(Fault::Fail) } else { Ok(index) }
}

/// A job that takes its process with it, as one does that runs into a bug of a foreign library.
fn abort(every: u64, index: u64) -> u64 {
    if falls_on(every, index) {
        // It is wanted, so that nobody needs a picture of it. Where that is refused there is one.
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
        std::process::abort();
    }
    index
}

/// A job that panics is a failed job in every pool: what a pool's library would do with it differs too much to
/// compare (rayon and a scope abort the batch, tokio keeps it in the handle).
fn panic(every: u64, index: u64) -> Outcome {
    catch_unwind(|| if falls_on(every, index) { panic!("job {index} panics, as asked") } else { index })
        .map_err(|_| Fault::Panic)
}
