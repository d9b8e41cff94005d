//! The start of a tokio runtime: back when every thread of it is up.

use std::io;
use std::sync::mpsc;

use harness::{Error, Result};
use tokio::runtime::{Builder, Runtime};

/// A runtime on `threads` threads of its own. Where the system gives fewer, tokio panics, which the harness reports.
pub fn multi_thread(threads: usize) -> Result<Runtime> {
    let (up, ready) = mpsc::channel();
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(threads).thread_name("worker").enable_all().on_thread_start(move || {
        // The receiver is gone once all are up.
        let _ = up.send(());
    });
    let runtime = builder.build().map_err(|cause| failed(&cause))?;
    ready.iter().take(threads).for_each(drop);
    Ok(runtime)
}

/// A runtime on the calling thread alone.
pub fn current_thread() -> Result<Runtime> {
    Builder::new_current_thread().enable_all().build().map_err(|cause| failed(&cause))
}

fn failed(cause: &io::Error) -> Error {
    Error::io("building a tokio runtime", cause)
}
