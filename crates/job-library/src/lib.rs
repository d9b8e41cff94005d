//! The harness's own jobs as a library of the user's own, `libpoolbench_jobs.so:MODE`. What a pool makes of them is known, so that
//! `check-pool` tries `lib` with it; and what it takes longer with them than with the same jobs built in is what the way through
//! a library costs (`make bench-own-job`).

#![expect(unsafe_code, reason = "the interface is one of C")]

use std::ffi::{CStr, c_char, c_int, c_void};
use std::fs::OpenOptions;
use std::io::{Read as _, Write as _};
use std::process;
use std::ptr;

/// What `cannot-open` says.
const MESSAGE: &CStr = c"this library never opens";
/// What `prints` prints: an event that a driver would believe.
const EVENT: &[u8] =
    b"{\"event\":\"done\",\"batch_ns\":[1],\"jobs\":3,\"checksum\":\"0000000000000000\",\"errors\":{},\"retries\":0}\n";

/// What the jobs of this process do.
enum Jobs {
    /// The built-in job of that name.
    Compute,
    /// Returns its index.
    Noop,
    /// As `noop`, but every so many a job fails.
    Fail(u64),
    /// As `noop`, printing to stdout and reading from stdin besides.
    Prints,
    /// Adds a byte to that file and returns how many there were: other results each time, in whatever process.
    Counts(String),
    /// As `noop`; what is opened and closed is a line in that file, with the process.
    Notes(String),
}

impl Jobs {
    fn of(mode: &str) -> Option<Self> {
        let (name, param) = mode.split_once(':').unwrap_or((mode, ""));
        match name {
            "compute" => Some(Self::Compute),
            "noop" => Some(Self::Noop),
            "fail" => param.parse().ok().filter(|every| *every > 0).map(Self::Fail),
            "prints" => Some(Self::Prints),
            "counts" => Some(Self::Counts(param.to_owned())),
            "notes" => Some(Self::Notes(param.to_owned())),
            _ => None,
        }
    }

    /// The result; nothing where the job fails.
    #[inline]
    fn run(&self, index: u64) -> Option<u64> {
        match self {
            Self::Compute => Some(harness::compute(index)),
            Self::Noop | Self::Notes(_) => Some(index),
            Self::Fail(every) => (!(index + 1).is_multiple_of(*every)).then_some(index),
            Self::Prints => {
                let _ = std::io::stdout().lock().write_all(EVENT);
                let read = std::io::stdin().lock().read(&mut [0; 8]).unwrap_or(0);
                // Nothing is there to be read.
                (read == 0).then_some(index)
            }
            Self::Counts(path) => {
                let mut file = OpenOptions::new().append(true).open(path).ok()?;
                let before = file.metadata().ok()?.len();
                file.write_all(b"x").ok().map(|()| before)
            }
        }
    }

    /// Says in the file of `notes` what happens to this process; false where that cannot be.
    fn note(&self, what: &str) -> bool {
        let Self::Notes(path) = self else { return true };
        let file = OpenOptions::new().append(true).open(path);
        // One write: the processes of a pool share the file.
        file.and_then(|mut file| file.write_all(format!("{what} {}\n", process::id()).as_bytes())).is_ok()
    }
}

/// The version of `docs/poolbench_job.h`.
#[unsafe(no_mangle)]
pub extern "C" fn poolbench_job_version() -> u32 {
    1
}

/// Reads which jobs they are.
///
/// # Safety
/// `param` must be a text that ends with a zero byte, and `message` have room for `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poolbench_open(param: *const c_char, message: *mut c_char, size: usize) -> *mut c_void {
    // SAFETY: as the interface promises.
    let mode = unsafe { CStr::from_ptr(param) }.to_string_lossy();
    if let Some(jobs) = Jobs::of(&mode).filter(|jobs| jobs.note("open")) {
        return Box::into_raw(Box::new(jobs)).cast();
    }
    let text = MESSAGE.to_bytes_with_nul();
    if text.len() <= size {
        // SAFETY: there is room, as was just seen.
        unsafe { ptr::copy_nonoverlapping(text.as_ptr().cast(), message, text.len()) };
    }
    ptr::null_mut()
}

/// One job.
///
/// # Safety
/// `state` must be what [`poolbench_open`] returned, and `result` a place for a number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poolbench_job(state: *mut c_void, index: u64, result: *mut u64) -> c_int {
    // SAFETY: as the interface promises.
    let jobs = unsafe { &*state.cast_const().cast::<Jobs>() };
    let Some(value) = jobs.run(index) else { return 1 };
    // SAFETY: as the interface promises.
    unsafe { *result = value };
    0
}

/// Lets go of the jobs.
///
/// # Safety
/// `state` must be what [`poolbench_open`] returned, and be used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn poolbench_close(state: *mut c_void) {
    // SAFETY: as the interface promises.
    let jobs = unsafe { Box::from_raw(state.cast::<Jobs>()) };
    jobs.note("close");
}
