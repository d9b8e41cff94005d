//! What the pools on rayon share: a start that returns when all threads are up, and a stop that joins them.

use std::error::Error as _;
use std::io;

use harness::{Error, Jobs, Result, Workers, named_thread};
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

/// A rayon pool and the handles of its threads, which rayon itself lets go of without joining them.
#[derive(Debug)]
pub struct Threads {
    pool: ThreadPool,
    workers: Workers,
}

impl Threads {
    /// Starts a thread a worker; returns when all of them are up. A `limit` error if the system gives fewer.
    pub fn start(jobs: &Jobs) -> Result<Self> {
        let mut handles = Vec::with_capacity(jobs.workers());
        let hooked = ThreadPoolBuilder::new().num_threads(jobs.workers()).spawn_handler(|thread| {
            handles.push(named_thread(thread.index()).spawn(|| thread.run())?);
            Ok(())
        });
        let built = hooked.build();
        let pool = built.map_err(|cause| refused(handles.len() as u64, jobs.workers() as u64, &cause))?;
        // Comes back when it has run on every thread, so all of them are up.
        pool.broadcast(|_| ());
        Ok(Self { pool, workers: Workers::adopt(handles) })
    }

    /// rayon's own pool.
    pub fn pool(&self) -> &ThreadPool {
        &self.pool
    }

    /// Ends the threads and waits until they have ended.
    pub fn stop(self) -> Result<()> {
        drop(self.pool);
        self.workers.join()
    }
}

fn refused(reached: u64, wanted: u64, cause: &ThreadPoolBuildError) -> Error {
    match cause.source().and_then(|source| source.downcast_ref::<io::Error>()) {
        Some(cause) => Error::too_few("threads", reached, wanted, cause),
        None => Error::internal(format!("building the pool: {cause}")),
    }
}
