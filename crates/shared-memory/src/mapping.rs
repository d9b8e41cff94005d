//! The mapping itself, and all that is unsafe about it.
#![expect(unsafe_code, reason = "only the kernel's interface gives memory that processes share")]

use std::io;
use std::os::fd::BorrowedFd;
use std::ptr::null_mut;
use std::slice;
use std::sync::atomic::AtomicU64;

use rustix::fs::fstat;
use rustix::mm::{MapFlags, ProtFlags, mmap};

use crate::lane::{Lane, Lanes};
use crate::roll::{Counted, Roll};

/// What may stand in shared memory.
///
/// # Safety
///
/// It consists of atomics alone, in an order that does not change from process to process of one executable, is valid when
/// all of its bytes are 0, is aligned to at most 4096 bytes, and is never dropped.
pub unsafe trait Shared: Sync + 'static {}

// SAFETY: `repr(C)`, all fields atomics; at 0 nobody is up and nothing is counted.
unsafe impl Shared for Roll {}
// SAFETY: `repr(C)`, both fields as said; at 0 a batch without jobs.
unsafe impl Shared for Counted {}
// SAFETY: `repr(C)`, all fields atomics; at 0 nobody is up and nothing is closed.
unsafe impl Shared for Lanes {}
// SAFETY: `repr(C)`, all fields atomics; at 0 nothing has been sent.
unsafe impl Shared for Lane {}
// SAFETY: an atomic.
unsafe impl Shared for AtomicU64 {}

/// Maps the first `bytes` of `file` for good: a head, and from `at` on as many items as there is room for.
pub(crate) fn map<H: Shared, T: Shared>(
    file: BorrowedFd<'_>,
    bytes: usize,
    at: usize,
) -> io::Result<(&'static H, &'static [T])> {
    assert!(at >= size_of::<H>() && at <= bytes && at.is_multiple_of(align_of::<T>()), "a head that fits");
    // A mapping beyond the end of its file would be a signal at the first touch.
    if u64::try_from(fstat(file)?.st_size).ok() < u64::try_from(bytes).ok() {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    // SAFETY: a new mapping at an address of the kernel's choice touches nothing that is there.
    let start = unsafe { mmap(null_mut(), bytes, ProtFlags::READ | ProtFlags::WRITE, MapFlags::SHARED, file, 0)? };
    // SAFETY: `start` is aligned to a page, `bytes` long, never unmapped, and by the contract of `Shared` any bytes that
    // other processes of this executable leave there are a valid `H`, which starts as zeros.
    let head = unsafe { &*start.cast::<H>() };
    // SAFETY: the rest of the same mapping, aligned by the assertion above, with the same contract.
    let items = unsafe { slice::from_raw_parts(start.byte_add(at).cast(), (bytes - at) / size_of::<T>()) };
    Ok((head, items))
}
