//! Worker threads that live as long as a pool: all up before the first job, all joined at the end.

use std::fmt::Display;
use std::os::linux::fs::MetadataExt as _;
use std::sync::mpsc;
use std::thread::{Builder, JoinHandle};
use std::{fs, io};

use crate::error::{Error, Result};

/// A fixed set of threads.
#[derive(Debug)]
pub struct Workers(Vec<JoinHandle<()>>);

impl Workers {
    /// Starts `count` threads that each run `body` with a number from 0; returns when all of them run. If the system
    /// gives fewer, a `limit` error with the number reached.
    pub fn spawn<F>(count: usize, body: F) -> Result<Self>
    where
        F: Fn(usize) + Clone + Send + 'static,
    {
        let (up, ready) = mpsc::channel();
        let mut handles = Vec::with_capacity(count);
        for number in 0..count {
            let (up, body) = (up.clone(), body.clone());
            let thread = move || {
                // The receiver is gone only when the start has failed, and then nobody waits.
                let _ = up.send(());
                drop(up);
                body(number);
            };
            let spawned = named_thread(number).spawn(thread);
            handles.push(spawned.map_err(|cause| Error::too_few("threads", number as u64, count as u64, &cause))?);
        }
        drop(up);
        let up = ready.iter().take(count).count();
        if up < count {
            return Err(Error::internal(format!("{} of {count} worker threads died at their start", count - up)));
        }
        Ok(Self(handles))
    }

    /// Takes threads that a library has started through its own hook.
    pub fn adopt(handles: Vec<JoinHandle<()>>) -> Self {
        Self(handles)
    }

    /// Waits until every thread has ended; the pool must have told them to.
    pub fn join(self) -> Result<()> {
        let died = self.0.into_iter().map(JoinHandle::join).filter(std::result::Result::is_err).count();
        if died > 0 { Err(Error::internal(format!("{died} worker threads panicked"))) } else { Ok(()) }
    }
}

/// The builder of worker thread `number`, with the name that debuggers and `perf` show.
pub fn named_thread(number: impl Display) -> Builder {
    Builder::new().name(format!("worker-{number}"))
}

/// Threads of this process beside the main one. It opens nothing, since descriptors may be what has run out.
pub fn threads_up() -> io::Result<usize> {
    // The links of a directory are 2 and one for each directory in it, here a thread.
    let links = fs::metadata("/proc/self/task")?.st_nlink();
    Ok(usize::try_from(links.saturating_sub(3)).unwrap_or(usize::MAX))
}
