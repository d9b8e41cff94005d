//! `pool-rayon-spawn`: rayon's `spawn`, a task a dispatch.

use std::process::ExitCode;
use std::sync::mpsc::channel;

use harness::{Error, Info, Jobs, Pool, Result};
use runtime_rayon::Threads;

struct RayonSpawn {
    jobs: &'static Jobs,
    threads: Threads,
}

impl Pool for RayonSpawn {
    const INFO: Info = Info {
        name: "rayon-spawn",
        title: "rayon scope, a spawned task a dispatch",
        library: "rayon",
        ..Info::DEFAULT
    };

    fn start(jobs: &'static Jobs) -> Result<Self> {
        Ok(Self { jobs, threads: Threads::start(jobs)? })
    }

    /// Without a bound the loop that spawns runs on one of rayon's threads, as in a program that calls `scope`. With
    /// one it stays outside, since rayon's `spawn` never waits and a worker that waited for room would be one less.
    fn run(&mut self) -> Result<()> {
        let (jobs, pool) = (self.jobs, self.threads.pool());
        if jobs.window().is_none() {
            pool.scope(|scope| jobs.chunks().for_each(|chunk| scope.spawn(move |_| jobs.run_chunk(chunk))));
            return Ok(());
        }
        let (ack, acks) = channel();
        let ack = &ack;
        pool.in_place_scope(|scope| {
            let submit = |chunk| {
                scope.spawn(move |_| {
                    jobs.run_chunk(chunk);
                    // The receiver is gone only when the batch has failed, and then nobody waits.
                    let _ = ack.send(());
                });
                Ok(())
            };
            jobs.feed(submit, || acks.recv().map_err(|_| Error::internal("every worker thread has died")))
        })
    }

    fn stop(self) -> Result<()> {
        self.threads.stop()
    }
}

fn main() -> ExitCode {
    harness::main::<RayonSpawn>()
}
