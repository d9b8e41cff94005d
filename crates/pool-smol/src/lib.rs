//! `pool-smol`: smol's executor on own threads, a task a dispatch. For jobs that wait, timers and sockets need async-io's
//! reactor: one thread more than the workers, which sleeps most of the time and stays until the process ends.

use harness::{Info, Jobs, Kind, Pool, Result, Tasks as _, Workers, drive};
use runtime_smol::{Shared, Smol};
use smol::channel::{Sender, bounded};

/// The pool.
#[derive(Debug)]
pub struct Executor {
    jobs: &'static Jobs,
    smol: Smol<Shared>,
    stop: Sender<()>,
    workers: Workers,
}

impl Pool for Executor {
    const INFO: Info = Info {
        name: "smol",
        title: "smol::Executor on own threads, a task a dispatch",
        kind: Kind::Async,
        library: "smol",
        ..Info::DEFAULT
    };

    fn start(jobs: &'static Jobs) -> Result<Self> {
        let smol = Smol::shared(jobs);
        let (stop, stopped) = bounded::<()>(1);
        let workers = Workers::spawn(jobs.threads(), move |_| {
            // Nothing is ever sent: the channel closes when the pool stops, and that ends the threads.
            let _ = smol.block_on(smol.executor().run(stopped.recv()));
        })?;
        Ok(Self { jobs, smol, stop, workers })
    }

    fn run(&mut self) -> Result<()> {
        let driver = self.smol.spawn(drive(self.smol, self.jobs));
        // The main thread only waits; it runs no tasks.
        smol::future::block_on(driver);
        Ok(())
    }

    fn stop(self) -> Result<()> {
        drop(self.stop);
        self.workers.join()
    }
}
