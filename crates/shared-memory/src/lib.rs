//! Memory that a pool shares with its worker processes: a head of atomics, and a slot for each job's result.

mod crew;
mod mapping;

use std::fs::File;
use std::os::fd::{AsFd as _, AsRawFd as _, OwnedFd};
use std::process::Command;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::{env, io};

use harness::{EMPTY, Error, Result};
use rustix::fs::{FallocateFlags, MemfdFlags, fallocate, memfd_create};
use rustix::io::{FdFlags, fcntl_setfd};

pub use crew::{Counted, Crew, Roll, WATCH};
pub use mapping::Shared;

/// Tells a worker the number of the descriptor that it has inherited.
const VARIABLE: &str = "POOLBENCH_SHARED_MEMORY";
/// What the head is padded to, in bytes: the slots begin on a page of their own.
const PAGE: usize = 4096;

/// A mapping that lives as long as the process.
#[derive(Debug)]
pub struct Region<H: 'static> {
    file: OwnedFd,
    head: &'static H,
    cells: &'static [AtomicU64],
}

impl<H: Shared> Region<H> {
    /// New memory with a head and touched, empty slots for `jobs` jobs; a `limit` error if there is not as much.
    pub fn create(jobs: u64) -> Result<Self> {
        let failed = |cause: io::Error| Error::io(format!("allocating shared memory for {jobs} results"), &cause);
        let file = memfd_create("poolbench", MemfdFlags::CLOEXEC).map_err(|cause| failed(cause.into()))?;
        let region = Self::sized(jobs).ok_or_else(|| Error::unsupported("more jobs than this machine can address"))?;
        // Reserved now: memory that is missing later is a signal instead of an error.
        fallocate(&file, FallocateFlags::empty(), 0, region as u64).map_err(|cause| failed(cause.into()))?;
        let region = Self::map(file, jobs).map_err(failed)?;
        region.cells.iter().for_each(|cell| cell.store(EMPTY, Relaxed));
        Ok(region)
    }

    /// In a worker: the memory of the pool that started it with [`Region::pass_to`], for as many jobs.
    pub fn inherit(jobs: u64) -> Result<Self> {
        let failed = |cause: io::Error| Error::io("mapping the memory shared with the pool", &cause);
        let number = env::var(VARIABLE).map_err(|_| Error::internal(format!("a worker without {VARIABLE}")))?;
        // Opened anew, so that a wrong number is an error and not somebody else's descriptor.
        let file = File::options().read(true).write(true).open(format!("/proc/self/fd/{number}")).map_err(failed)?;
        Self::map(file.into(), jobs).map_err(failed)
    }

    /// Lets the processes that `command` starts inherit it.
    pub fn pass_to(&self, command: &mut Command) -> Result<()> {
        fcntl_setfd(&self.file, FdFlags::empty())
            .map_err(|cause| Error::io("passing shared memory to a worker", &cause.into()))?;
        command.env(VARIABLE, self.file.as_raw_fd().to_string());
        Ok(())
    }

    /// The head.
    pub fn head(&self) -> &'static H {
        self.head
    }

    /// The slots.
    pub fn cells(&self) -> &'static [AtomicU64] {
        self.cells
    }

    /// Bytes of a region for `jobs` jobs.
    fn sized(jobs: u64) -> Option<usize> {
        usize::try_from(jobs).ok()?.checked_mul(size_of::<AtomicU64>())?.checked_add(Self::HEAD)
    }

    /// Bytes that the head takes.
    const HEAD: usize = size_of::<H>().next_multiple_of(PAGE);

    fn map(file: OwnedFd, jobs: u64) -> io::Result<Self> {
        let bytes = Self::sized(jobs).ok_or(io::ErrorKind::InvalidInput)?;
        let (head, cells) = mapping::map(file.as_fd(), bytes, Self::HEAD)?;
        Ok(Self { file, head, cells })
    }
}
