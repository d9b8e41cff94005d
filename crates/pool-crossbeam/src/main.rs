//! `pool-crossbeam`: persistent threads that take chunk numbers from one crossbeam channel and acknowledge each.

use std::process::ExitCode;

use crossbeam_channel::{Receiver, Sender, unbounded};
use harness::{Error, Info, Jobs, Pool, Result, Workers};

struct Crossbeam {
    jobs: &'static Jobs,
    chunks: Sender<u64>,
    acks: Receiver<()>,
    workers: Workers,
}

impl Pool for Crossbeam {
    const INFO: Info = Info {
        name: "crossbeam",
        title: "threads behind a crossbeam channel",
        library: "crossbeam-channel",
        mirrors: "multiprocessing.pool.ThreadPool.map",
        ..Info::DEFAULT
    };

    /// Both channels are unbounded: the window bounds what is in them, and neither side ever waits for room.
    fn start(jobs: &'static Jobs) -> Result<Self> {
        let (chunks, queue) = unbounded();
        let (ack, acks) = unbounded();
        let workers = Workers::spawn(jobs.workers(), move |_| {
            for chunk in &queue {
                jobs.run_chunk(chunk);
                if ack.send(()).is_err() {
                    break;
                }
            }
        })?;
        Ok(Self { jobs, chunks, acks, workers })
    }

    fn run(&mut self) -> Result<()> {
        let gone = || Error::internal("every worker thread has died");
        self.jobs.feed(|chunk| self.chunks.send(chunk).map_err(|_| gone()), || self.acks.recv().map_err(|_| gone()))
    }

    fn stop(self) -> Result<()> {
        drop(self.chunks);
        self.workers.join()
    }
}

fn main() -> ExitCode {
    harness::main::<Crossbeam>()
}
