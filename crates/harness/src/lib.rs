//! What every pool binary shares: the [`Pool`] trait, the command line, jobs, gates, clock and results.
//!
//! A pool crate is a type, one `impl Pool` and a one-line `main` that calls [`main`]. The harness owns arguments,
//! jobs, timing, checking and printing; the pool only schedules. No pool library is linked here.

mod bell;
mod board;
mod channel;
pub mod checksum;
mod cli;
pub mod columns;
mod drive;
mod error;
mod gate;
mod handles;
pub mod http;
pub mod human;
mod info;
mod jobs;
mod nearest;
mod output;
mod panics;
mod policy;
mod process;
pub mod protocol;
mod runner;
mod runtime;
mod signals;
mod slots;
mod span;
mod staff;
mod threads;
mod variant;
mod work;
mod workload;

pub use bell::Bell;
pub use board::{Board, Claims};
pub use channel::{Behind, Channel};
pub use cli::{MAX_BATCHES, MAX_JOBS, MAX_WORKERS};
pub use drive::{Tasks, drive};
pub use error::{Error, ErrorKind, Result};
pub use info::{Info, Kind, library_version};
pub use jobs::{Jobs, Shape};
pub use nearest::nearest;
pub use policy::{Chunk, Window};
pub use process::{Processes, worker_command};
pub use runner::main;
pub use runtime::Runtime;
pub use signals::forget_inherited_signals;
pub use slots::{EMPTY, FIRST_FAULT, Fault, Outcome, Slots, own_memory, pack, unpack};
pub use span::Span;
pub use staff::Staff;
pub use threads::{Workers, named_thread, threads_up};
pub use variant::{Label, Variant};
pub use work::Loop;
pub use work::spin::calibrate;
pub use workload::{NAMES, Workload};

use std::sync::atomic::AtomicU64;

/// A pool of workers that runs batches of jobs.
///
/// The jobs are known from the start and live as long as the process, so that workers may keep the reference: a
/// dispatch is then a chunk number and nothing else. All three steps are timed by the harness.
pub trait Pool: Sized {
    /// What `--describe` says of this pool.
    const INFO: Info;

    /// Starts the workers; returns when all of them are up and ready.
    fn start(jobs: &'static Jobs) -> Result<Self>;

    /// Runs one batch: every job once, each result in its slot when this returns.
    fn run(&mut self) -> Result<()>;

    /// Ends the workers; returns when all of them are joined or reaped.
    fn stop(self) -> Result<()>;

    /// Touched memory for the results of `jobs` jobs, all [`EMPTY`], made before any clock runs. Pools whose worker
    /// processes write results by themselves share it with them.
    fn cells(jobs: u64) -> Result<&'static [AtomicU64]> {
        own_memory(jobs)
    }

    /// What a re-executed worker process does; only pools of processes have one.
    fn worker(_jobs: &'static Jobs) -> Result<()> {
        Err(Error::unsupported("this pool has no worker processes"))
    }
}

/// The cores this process may use: the smaller of CPU affinity and CPU quota, at least 1.
pub fn cores() -> u64 {
    std::thread::available_parallelism().map_or(1, |n| n.get() as u64)
}
