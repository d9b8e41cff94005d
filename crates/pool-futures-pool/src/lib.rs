//! `pool-futures-pool`: the futures crate's thread pool, a spawned future with a remote handle a dispatch. The caller
//! waits for one handle after the other.

use std::io;
use std::sync::mpsc;

use futures_executor::{ThreadPool, block_on};
use futures_util::task::SpawnExt as _;
use harness::{Error, Info, Jobs, Kind, Pool, Result};

/// The pool, and word from its threads when they end.
#[derive(Debug)]
pub struct FuturesPool {
    jobs: &'static Jobs,
    pool: ThreadPool,
    ended: mpsc::Receiver<()>,
}

impl Pool for FuturesPool {
    const INFO: Info = Info {
        name: "futures-pool",
        title: "futures::executor::ThreadPool, a remote handle a dispatch",
        kind: Kind::Futures,
        library: "futures-executor",
        ordered: true,
        stop_joined: false,
        ..Info::DEFAULT
    };

    fn start(jobs: &'static Jobs) -> Result<Self> {
        let (up, ready) = mpsc::channel();
        let (end, ended) = mpsc::channel();
        let say = |to: mpsc::Sender<()>| {
            move |_| {
                // The receiver is gone only when the start has failed, and then nobody waits.
                let _ = to.send(());
            }
        };
        let mut builder = ThreadPool::builder();
        builder.pool_size(jobs.workers()).name_prefix("worker-").after_start(say(up)).before_stop(say(end));
        let pool = builder.create();
        // The hooks' channels close when the builder is gone and every thread has called them.
        drop(builder);
        let reached = ready.iter().count() as u64;
        let pool =
            pool.map_err(|cause: io::Error| Error::too_few("threads", reached, jobs.workers() as u64, &cause))?;
        Ok(Self { jobs, pool, ended })
    }

    fn run(&mut self) -> Result<()> {
        let jobs = self.jobs;
        let submit = |chunk| {
            let handle = self.pool.spawn_with_handle(async move { jobs.run_chunk(chunk) });
            handle.map_err(|cause| Error::internal(format!("spawning a future: {cause}")))
        };
        jobs.feed_handles(submit, |handle| {
            block_on(handle);
            Ok(())
        })
    }

    /// Returns when every thread has done its last work; the library does not say when they have ended.
    fn stop(self) -> Result<()> {
        drop(self.pool);
        self.ended.iter().for_each(drop);
        Ok(())
    }
}
