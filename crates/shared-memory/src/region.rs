//! A region of shared memory: the pool makes it and passes it on, its workers inherit it.

use std::fs::File;
use std::os::fd::{AsFd as _, AsRawFd as _, OwnedFd};
use std::process::Command;
use std::{env, io};

use harness::{Error, Result};
use rustix::fs::{FallocateFlags, MemfdFlags, fallocate, memfd_create};
use rustix::io::{FdFlags, fcntl_setfd};

use crate::mapping::{Shared, map};

/// Tells a worker the number of the descriptor that it has inherited.
const VARIABLE: &str = "POOLBENCH_SHARED_MEMORY";
/// What the head is padded to, in bytes: the items begin on a page of their own.
const PAGE: usize = 4096;

/// A mapping that lives as long as the process.
#[derive(Debug)]
pub struct Region<H: 'static, T: 'static> {
    file: OwnedFd,
    head: &'static H,
    items: &'static [T],
}

impl<H: Shared, T: Shared> Region<H, T> {
    /// New memory with a head and `count` items, all bytes 0; a `limit` error if there is not as much.
    pub fn create(count: u64) -> Result<Self> {
        let unit = size_of::<T>();
        let failed = |cause: io::Error| {
            Error::io(format!("allocating shared memory for {count} times {unit} bytes and a head"), &cause)
        };
        let file = memfd_create("poolbench", MemfdFlags::CLOEXEC).map_err(|cause| failed(cause.into()))?;
        let bytes =
            Self::sized(count).ok_or_else(|| Error::unsupported("more shared memory than this machine can address"))?;
        // Reserved now: memory that is missing later is a signal instead of an error.
        fallocate(&file, FallocateFlags::empty(), 0, bytes as u64).map_err(|cause| failed(cause.into()))?;
        Self::map(file, count).map_err(failed)
    }

    /// In a worker: the memory of the pool that started it with [`Region::pass_to`], with as many items.
    pub fn inherit(count: u64) -> Result<Self> {
        let failed = |cause: io::Error| Error::io("mapping the memory shared with the pool", &cause);
        let number = env::var(VARIABLE).map_err(|_| Error::internal(format!("a worker without {VARIABLE}")))?;
        // Opened anew, so that a wrong number is an error and not somebody else's descriptor.
        let file = File::options().read(true).write(true).open(format!("/proc/self/fd/{number}")).map_err(failed)?;
        Self::map(file.into(), count).map_err(failed)
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

    /// The items.
    pub fn items(&self) -> &'static [T] {
        self.items
    }

    /// Bytes of a region with `count` items.
    fn sized(count: u64) -> Option<usize> {
        usize::try_from(count).ok()?.checked_mul(size_of::<T>())?.checked_add(Self::HEAD)
    }

    /// Bytes that the head takes.
    const HEAD: usize = size_of::<H>().next_multiple_of(PAGE);

    fn map(file: OwnedFd, count: u64) -> io::Result<Self> {
        let bytes = Self::sized(count).ok_or(io::ErrorKind::InvalidInput)?;
        let (head, items) = map(file.as_fd(), bytes, Self::HEAD)?;
        Ok(Self { file, head, items })
    }
}
