//! The trait that every pool implements.

use std::sync::atomic::AtomicU64;

use crate::error::{Error, Result};
use crate::info::Info;
use crate::jobs::Jobs;
use crate::slots::own_memory;

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

    /// Touched memory for the results of `jobs` jobs, all [`EMPTY`](crate::slots::EMPTY), made before any clock runs.
    /// Pools whose worker processes write results by themselves share it with them.
    fn cells(jobs: u64) -> Result<&'static [AtomicU64]> {
        own_memory(jobs)
    }

    /// What a re-executed worker process does; only pools of processes have one.
    fn worker(_jobs: &'static Jobs) -> Result<()> {
        Err(Error::unsupported("this pool has no worker processes"))
    }
}
