//! `pool-threads`: threads of the standard library, spawned for every batch, each with one even share of it.

use std::process::ExitCode;
use std::thread;

use harness::{Error, Info, Jobs, Pool, Result, named_thread};

struct Threads(&'static Jobs);

impl Pool for Threads {
    const INFO: Info = Info {
        name: "threads",
        title: "std::thread::scope, one even share a thread",
        chunk: &["own"],
        window: &["all"],
        ..Info::DEFAULT
    };

    /// Nothing to start: spawning belongs to every batch.
    fn start(jobs: &'static Jobs) -> Result<Self> {
        Ok(Self(jobs))
    }

    fn run(&mut self) -> Result<()> {
        let (jobs, parts) = (self.0, self.0.shape().workers.total());
        thread::scope(|scope| {
            (0..parts).try_for_each(|part| {
                let share = move || jobs.run_range(jobs.share(part, parts));
                let spawned = named_thread(part).spawn_scoped(scope, share);
                spawned.map(drop).map_err(|cause| Error::too_few("threads", part, parts, &cause))
            })
        })
    }

    fn stop(self) -> Result<()> {
        Ok(())
    }
}

fn main() -> ExitCode {
    harness::main::<Threads>()
}
