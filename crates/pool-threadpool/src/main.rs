//! `pool-threadpool`: the crate threadpool, a boxed closure a dispatch, each acknowledged on a channel of its own.

use std::process::ExitCode;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Barrier};

use harness::{Error, Info, Jobs, Pool, Result};

struct Threadpool {
    jobs: &'static Jobs,
    pool: threadpool::ThreadPool,
    ack: Sender<()>,
    acks: Receiver<()>,
}

impl Pool for Threadpool {
    const INFO: Info = Info {
        name: "threadpool",
        title: "threadpool::ThreadPool, a boxed closure a dispatch",
        library: "threadpool",
        stop_joined: false,
        ..Info::DEFAULT
    };

    /// The library spawns all threads at once and does not say when they run, so each of them has to meet the others.
    fn start(jobs: &'static Jobs) -> Result<Self> {
        let workers = jobs.workers();
        let pool = threadpool::ThreadPool::new(workers);
        let up = Arc::new(Barrier::new(workers + 1));
        for _ in 0..workers {
            let up = Arc::clone(&up);
            pool.execute(move || {
                up.wait();
            });
        }
        up.wait();
        let (ack, acks) = channel();
        Ok(Self { jobs, pool, ack, acks })
    }

    /// Its own `join` only waits for everything, which is no window; a channel is the other way its manual shows.
    fn run(&mut self) -> Result<()> {
        let jobs = self.jobs;
        let submit = |chunk| {
            let ack = self.ack.clone();
            self.pool.execute(move || {
                jobs.run_chunk(chunk);
                // The receiver is gone only when the batch has failed, and then nobody waits.
                let _ = ack.send(());
            });
            Ok(())
        };
        jobs.feed(submit, || self.acks.recv().map_err(|_| Error::internal("the pool has let go of the channel")))
    }

    /// The threads end when they find the queue closed; the library lets go of their handles.
    fn stop(self) -> Result<()> {
        drop(self.pool);
        Ok(())
    }
}

fn main() -> ExitCode {
    harness::main::<Threadpool>()
}
