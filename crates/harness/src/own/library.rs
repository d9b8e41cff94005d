//! The one place where foreign code is loaded and called: a shared library that keeps to `docs/poolbench_job.h`.

#![expect(unsafe_code, reason = "foreign functions can be called in no other way")]

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ptr;

use libloading::os::unix::{Library as Loaded, RTLD_LOCAL, RTLD_NOW};

use super::diagnosis;
use super::{LARGEST_RESULT, Own};
use crate::error::{Error, ErrorKind, Result};
use crate::slots::{Fault, Outcome};

/// The version of the interface.
const VERSION: u32 = 1;
/// Room for what `poolbench_open` has to say, in bytes.
const MESSAGE: usize = 1024;

// A C++ exception or a panic that leaves a function then unwinds into Rust, which ends the process and is no undefined
// behaviour.
type Version = unsafe extern "C-unwind" fn() -> u32;
type Open = unsafe extern "C-unwind" fn(*const c_char, *mut c_char, usize) -> *mut c_void;
type Job = unsafe extern "C-unwind" fn(*mut c_void, u64, *mut u64) -> c_int;
type Close = unsafe extern "C-unwind" fn(*mut c_void);

/// A loaded library whose jobs can be run.
#[derive(Clone, Copy, Debug)]
pub struct Library {
    job: Job,
    state: *mut c_void,
    close: Option<Close>,
}

// SAFETY: the interface asks of a library that its jobs can be run from any thread at once, and `state` is its own. Whoever
// breaks that is in the same position as with threads of his own; `poolbench check-job` looks for it.
unsafe impl Send for Library {}
// SAFETY: as above.
unsafe impl Sync for Library {}

impl Library {
    /// Loads the library of `own` and lets it open. It stays loaded until the process ends: threads of its own may run its
    /// code for as long.
    pub fn open(own: &Own) -> Result<Self> {
        let file = own.file_name();
        diagnosis::look_at(own)?;
        // SAFETY: this runs the library's initialisers. The user asked for just that, in this process, which holds nothing
        // but a trial.
        let loaded = unsafe { Loaded::open(Some(&own.path), RTLD_NOW | RTLD_LOCAL) };
        let loaded = loaded.map_err(|cause| diagnosis::not_loaded(own, &cause))?;
        // SAFETY: the types are those of the interface. That the library's are, nobody can know; its version says so.
        let version = unsafe { symbol::<Version>(&loaded, "poolbench_job_version") };
        let version = version.ok_or_else(|| diagnosis::no_symbol(own, "poolbench_job_version"))?;
        // SAFETY: as above.
        let number = unsafe { version() };
        if number != VERSION {
            return Err(Error::unsupported(format!(
                "{file} is made for version {number} of the interface, this is version {VERSION}: docs/poolbench_job.h"
            )));
        }
        // SAFETY: as above.
        let job = unsafe { symbol::<Job>(&loaded, "poolbench_job") };
        let job = job.ok_or_else(|| diagnosis::no_symbol(own, "poolbench_job"))?;
        // SAFETY: as above.
        let (open, close) = unsafe { (symbol::<Open>(&loaded, "poolbench_open"), symbol(&loaded, "poolbench_close")) };
        // Never unloaded.
        std::mem::forget(loaded);
        let state = open.map_or(Ok(ptr::null_mut()), |open| opened(open, own))?;
        Ok(Self { job, state, close })
    }

    /// Runs job `index` on this thread.
    #[inline]
    pub fn run(&self, index: u64) -> Outcome {
        let mut result = 0;
        // SAFETY: a function of the interface with what it asks for: the state that `open` gave and a place for the result.
        let code = unsafe { (self.job)(self.state, index, &raw mut result) };
        if code == 0 { Ok(result.min(LARGEST_RESULT)) } else { Err(Fault::Fail) }
    }

    /// Lets it close, which must be done once, when no job runs any more and none will.
    pub fn close(&self) {
        if let Some(close) = self.close {
            // SAFETY: a function of the interface, with the state that `open` gave.
            unsafe { close(self.state) };
        }
    }
}

/// Lets the library open; its message where it cannot.
fn opened(open: Open, own: &Own) -> Result<*mut c_void> {
    // A workload is read without zero bytes.
    let param = CString::new(own.param.as_str()).unwrap_or_default();
    let mut message = [0u8; MESSAGE];
    // SAFETY: a function of the interface with what it asks for: a text, and room for one of that size.
    let state = unsafe { open(param.as_ptr(), message.as_mut_ptr().cast(), MESSAGE) };
    if !state.is_null() {
        return Ok(state);
    }
    message[MESSAGE - 1] = 0;
    let text = CStr::from_bytes_until_nul(&message).map(CStr::to_string_lossy).unwrap_or_default();
    let said = if text.trim().is_empty() { "and gave no message" } else { text.trim() };
    Err(Error { kind: ErrorKind::Io, message: format!("{} cannot open: {said}", own.file_name()) })
}

/// The function of that name; nothing where there is none.
///
/// # Safety
/// It must be a function of the type `T`.
unsafe fn symbol<T: Copy>(library: &Loaded, name: &str) -> Option<T> {
    // SAFETY: what the caller promises. The library is never unloaded, so that the copy stays good.
    unsafe { library.get::<T>(name.as_bytes()).ok().map(|symbol| *symbol) }
}
