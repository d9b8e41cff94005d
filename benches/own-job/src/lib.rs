//! The harness's own jobs as a library of the user's own: `libown_compute.so:compute` and `:noop`. What a pool takes longer with it
//! than with the same jobs built in is what the way through a library costs.

#![expect(unsafe_code, reason = "the interface is one of C")]

use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr;

/// The version of `docs/poolbench_job.h`.
#[unsafe(no_mangle)]
pub extern "C" fn poolbench_job_version() -> u32 {
    1
}

/// Reads which job it is; the state is a number that is never looked behind.
///
/// # Safety
/// `param` must be a text that ends with a zero byte.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poolbench_open(param: *const c_char, _message: *mut c_char, _size: usize) -> *mut c_void {
    // SAFETY: as the interface promises.
    match unsafe { CStr::from_ptr(param) }.to_bytes() {
        b"compute" => ptr::without_provenance_mut(1),
        b"noop" => ptr::without_provenance_mut(2),
        _ => ptr::null_mut(),
    }
}

/// One job.
///
/// # Safety
/// `result` must be a place for a number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poolbench_job(state: *mut c_void, index: u64, result: *mut u64) -> c_int {
    let value = if state.addr() == 1 { harness::compute(index) } else { index };
    // SAFETY: as the interface promises.
    unsafe { *result = value };
    0
}
