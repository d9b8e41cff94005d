//! The few calls that Rust calls unsafe: forks without exec, shared memory, and giving memory back.

#![expect(unsafe_code, reason = "fork, mmap and madvise; the helpers that use them have one thread")]

use std::num::NonZeroUsize;
use std::process::exit;
use std::ptr::NonNull;
use std::slice;

use nix::sys::mman::{MapFlags, MmapAdvise, ProtFlags, madvise, mmap_anonymous};
use nix::unistd::{ForkResult, fork};
use rustix::process::Pid;

/// Forks a child that runs `body` and exits with 0. Its process id, or why the system gives none.
pub fn forked(body: impl FnOnce()) -> nix::Result<Pid> {
    // SAFETY: the callers have one thread, so that the child may do all that its parent could.
    match unsafe { fork() }? {
        ForkResult::Parent { child } => Ok(Pid::from_raw(child.as_raw()).expect("a child has a number")),
        ForkResult::Child => {
            body();
            exit(0)
        }
    }
}

/// `bytes` zeroes of their own pages, not yet touched, which all processes forked later share.
pub fn shared(bytes: usize) -> &'static mut [u8] {
    mapped(bytes, MapFlags::MAP_SHARED)
}

/// The same, but every process has its own copy of what it writes.
pub fn private(bytes: usize) -> &'static mut [u8] {
    mapped(bytes, MapFlags::MAP_PRIVATE)
}

fn mapped(bytes: usize, flags: MapFlags) -> &'static mut [u8] {
    let Some(length) = NonZeroUsize::new(bytes) else { return &mut [] };
    // SAFETY: a new anonymous mapping that is never unmapped, and this is the only slice of it in this process.
    unsafe {
        let start = mmap_anonymous(None, length, ProtFlags::PROT_READ | ProtFlags::PROT_WRITE, flags);
        slice::from_raw_parts_mut(start.expect("the system has memory").cast().as_ptr(), bytes)
    }
}

/// Gives the pages of a private mapping back; it reads as zeroes from then on.
pub fn give_back(block: &mut [u8]) {
    let start = NonNull::new(block.as_mut_ptr()).filter(|_| !block.is_empty());
    // SAFETY: every byte of a mapping of this module may turn to zero at any time.
    let given = start.map_or(Ok(()), |start| unsafe { madvise(start.cast(), block.len(), MmapAdvise::MADV_DONTNEED) });
    given.expect("pages can be given back");
}
