//! `pool-rusty-pool`: the crate `rusty_pool`, a handle a dispatch, waited for in the order of the jobs.

use std::process::ExitCode;
use std::sync::{Arc, Barrier};

use harness::{Error, Info, Jobs, Kind, Pool, Result};
use rusty_pool::{Builder, JoinHandle, MAX_SIZE, ThreadPool};

struct RustyPool {
    jobs: &'static Jobs,
    pool: ThreadPool,
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
        let hook = Arc::clone(&up);
        let started = move || {
            hook.wait();
        };
        let pool = Builder::new().core_size(workers).max_size(workers).on_worker_start(started).build();
        pool.start_core_threads();
        up.wait();
        Ok(Self { jobs, pool })
    }

    fn run(&mut self) -> Result<()> {
        let jobs = self.jobs;
        let wait = |handle: JoinHandle<()>| {
            handle.try_await_complete().map_err(|_| Error::internal("a worker thread has died in a dispatch"))
        };
        jobs.feed_handles(|chunk| Ok(self.pool.evaluate(move || jobs.run_chunk(chunk))), wait)
    }

    /// The library lets go of its threads' handles; what it waits for here is that none of them has work left.
    fn stop(self) -> Result<()> {
        self.pool.shutdown_join();
        Ok(())
    }
}

fn main() -> ExitCode {
    harness::main::<RustyPool>()
}
