//! A job of one's own in Rust: job i parses line i of a file of JSON lines, round and round. The file is the parameter.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::{fs, ptr};

use serde_json::Value;

/// What all jobs share: they only read it, so that any number of threads may.
struct Lines(Vec<String>);

fn open(param: &str) -> Result<Lines, String> {
    let text = fs::read_to_string(param).map_err(|cause| format!("the parameter must be a file of JSON lines; '{param}': {cause}"))?;
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    if lines.is_empty() { Err(format!("'{param}' has no line")) } else { Ok(Lines(lines)) }
}

/// How many values a line holds; nothing if it is no JSON.
fn job(Lines(lines): &Lines, index: u64) -> Option<u64> {
    let line = lines.get(usize::try_from(index % lines.len() as u64).ok()?)?;
    serde_json::from_str(line).ok().as_ref().map(values)
}

fn values(value: &Value) -> u64 {
    match value {
        Value::Array(items) => 1 + items.iter().map(values).sum::<u64>(),
        Value::Object(members) => 1 + members.values().map(values).sum::<u64>(),
        _ => 1,
    }
}

// From here on: the same four functions for every job, by docs/poolbench_job.h.

#[unsafe(no_mangle)]
pub extern "C" fn poolbench_job_version() -> u32 {
    1
}

/// # Safety
/// As docs/poolbench_job.h says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poolbench_open(param: *const c_char, message: *mut c_char, size: usize) -> *mut c_void {
    let param = unsafe { CStr::from_ptr(param) }.to_string_lossy();
    match open(&param) {
        Ok(state) => Box::into_raw(Box::new(state)).cast(),
        Err(why) => {
            let length = why.len().min(size.saturating_sub(1));
            unsafe { ptr::copy_nonoverlapping(why.as_ptr().cast(), message, length) };
            ptr::null_mut()
        }
    }
}

/// # Safety
/// As docs/poolbench_job.h says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poolbench_job(state: *mut c_void, index: u64, result: *mut u64) -> c_int {
    let state = unsafe { &*state.cast::<Lines>() };
    match job(state, index) {
        Some(value) => {
            unsafe { *result = value };
            0
        }
        None => 1,
    }
}

/// # Safety
/// As docs/poolbench_job.h says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poolbench_close(state: *mut c_void) {
    drop(unsafe { Box::from_raw(state.cast::<Lines>()) });
}
