//! The start of a tokio runtime: back when every thread of it is up.

use std::io;
use std::sync::{Arc, Condvar, Mutex, PoisonError, mpsc};
use std::time::Duration;

use harness::{Error, Result, threads_up};
use tokio::runtime::{Builder, Runtime};

/// "Resource temporarily unavailable": what the system says to one thread too many.
const EAGAIN: i32 = 11;
/// Longer than any trial: idle threads end after 10 s otherwise.
const FOREVER: Duration = Duration::from_hours(24);

/// A runtime on `threads` threads of its own. Where the system gives fewer, tokio panics, which the harness reports.
pub fn multi_thread(threads: usize) -> Result<Runtime> {
    let (up, ready) = mpsc::channel();
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(threads).thread_name("worker").enable_all().on_thread_start(move || {
        // The receiver is gone once all are up.
        let _ = up.send(());
    });
    let runtime = builder.build().map_err(|cause| failed(threads, &cause))?;
    ready.iter().take(threads).for_each(drop);
    Ok(runtime)
}

/// A runtime on the calling thread alone.
pub fn current_thread() -> Result<Runtime> {
    Builder::new_current_thread().enable_all().build().map_err(|cause| Error::io("building a tokio runtime", &cause))
}

/// A runtime on the calling thread with `threads` threads behind it for `spawn_blocking`, all up; a `limit` error with
/// the number reached if the system gives fewer.
pub fn blocking_threads(threads: usize) -> Result<Runtime> {
    let mut builder = Builder::new_current_thread();
    builder.max_blocking_threads(threads).thread_name("worker").thread_keep_alive(FOREVER).enable_all();
    let runtime = builder.build().map_err(|cause| failed(threads, &cause))?;
    // Each waits for the last, so that none takes the turn of another.
    let gate = Arc::new((Mutex::new((0, false)), Condvar::new()));
    for _ in 0..threads {
        let gate = Arc::clone(&gate);
        runtime.spawn_blocking(move || {
            let (state, changed) = &*gate;
            let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
            state.0 += 1;
            changed.notify_all();
            drop(changed.wait_while(state, |(_, open)| !*open));
        });
    }
    // The library starts its threads in the call above and keeps silent about those that it did not get.
    let reached = threads_up().map(|up| up.min(threads)).map_err(|cause| Error::io("counting threads", &cause));
    let (state, changed) = &*gate;
    let state = state.lock().unwrap_or_else(PoisonError::into_inner);
    let wanted = *reached.as_ref().unwrap_or(&0);
    let mut state = changed.wait_while(state, |(up, _)| *up < wanted).unwrap_or_else(PoisonError::into_inner);
    // Whatever has gone wrong: the runtime waits for its threads when it is dropped.
    state.1 = true;
    changed.notify_all();
    drop(state);
    let reached = reached?;
    if reached < threads {
        return Err(Error::too_few("threads", reached as u64, threads as u64, &io::Error::from_raw_os_error(EAGAIN)));
    }
    Ok(runtime)
}

fn failed(threads: usize, cause: &io::Error) -> Error {
    Error::io(format!("building a tokio runtime (0 of {threads} threads up)"), cause)
}
