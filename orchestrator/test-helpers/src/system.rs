//! The few calls that Rust calls unsafe: forks without exec, what becomes of children, shared memory, giving memory back.

#![expect(unsafe_code, reason = "fork, sigaction, mmap and madvise; the helpers that use them have one thread")]

use std::num::NonZeroUsize;
use std::process::exit;
use std::ptr::NonNull;
use std::slice;

use nix::sys::mman::{MapFlags, MmapAdvise, ProtFlags, madvise, mmap_anonymous};
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};
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

/// What becomes of children that end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// They wait to be reaped.
    Wait,
    /// SIGCHLD is ignored, so the kernel reaps them.
    Ignored,
    /// The kernel reaps them because of `SA_NOCLDWAIT`.
    NotWaitedFor,
}

/// Sets what becomes of children of this process that end.
pub fn set_ended(ended: Ended) {
    let (handler, flags) = match ended {
        Ended::Wait => (SigHandler::SigDfl, SaFlags::empty()),
        Ended::Ignored => (SigHandler::SigIgn, SaFlags::empty()),
        Ended::NotWaitedFor => (SigHandler::SigDfl, SaFlags::SA_NOCLDWAIT),
    };
    let action = SigAction::new(handler, flags, SigSet::empty());
    // SAFETY: no function of this program is made a handler.
    unsafe { sigaction(Signal::SIGCHLD, &action) }.expect("the kernel takes the action");
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
