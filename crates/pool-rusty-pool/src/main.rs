//! `pool-rusty-pool`: the crate `rusty_pool`, a handle a dispatch, waited for in the order of the jobs.

use std::process::ExitCode;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Barrier};

use harness::{Error, Info, Jobs, Kind, Pool, Result};
use rusty_pool::{Builder, JoinHandle, MAX_SIZE, ThreadPool};

struct RustyPool {
    jobs: &'static Jobs,
    pool: ThreadPool,
    /// Closes when the last thread has let go of the pool.
    ended: Receiver<()>,
}

impl Pool for RustyPool {
    const INFO: Info = Info {
        name: "rusty-pool",
        title: "rusty_pool, a handle a dispatch, waited for in order",
        kind: Kind::Futures,
        library: "rusty_pool",
        mirrors: "concurrent.futures.ThreadPoolExecutor.map",
        ordered: true,
        stop_joined: false,
        chunk: &["1", "n"],
        ..Info::DEFAULT
    };

    /// All threads are core threads, which never end for want of work. By itself the pool starts one for each of the
    /// first dispatches.
    fn start(jobs: &'static Jobs) -> Result<Self> {
        let workers = jobs.workers();
        if workers > MAX_SIZE {
            return Err(Error::unsupported(format!("rusty_pool takes {MAX_SIZE} workers at most, not {workers}")));
        }
        let up = Arc::new(Barrier::new(workers + 1));
        let started = {
            let up = Arc::clone(&up);
            move || {
                up.wait();
            }
        };
        let (end, ended) = channel();
        let stopped = move || {
            // The receiver is gone only when the start has failed, and then nobody waits.
            let _ = end.send(());
        };
        let builder = Builder::new().core_size(workers).max_size(workers);
        let pool = builder.on_worker_start(started).on_worker_stop(stopped).build();
        pool.start_core_threads();
        up.wait();
        Ok(Self { jobs, pool, ended })
    }

    fn run(&mut self) -> Result<()> {
        let jobs = self.jobs;
        let wait = |handle: JoinHandle<()>| {
            handle.try_await_complete().map_err(|_| Error::internal("a worker thread has died in a dispatch"))
        };
        jobs.feed_handles(|chunk| Ok(self.pool.evaluate(move || jobs.run_chunk(chunk))), wait)
    }

    /// Returns when every thread has done its last work; the library lets go of their handles.
    fn stop(self) -> Result<()> {
        drop(self.pool);
        self.ended.iter().for_each(drop);
        Ok(())
    }
}

fn main() -> ExitCode {
    harness::main::<RustyPool>()
}
