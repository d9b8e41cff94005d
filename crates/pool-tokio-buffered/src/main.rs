//! `pool-tokio-buffered`: tokio's multi-thread runtime, a task a dispatch, held back by a stream's `buffer_unordered`.

use std::process::ExitCode;

use harness::{Info, Jobs, Kind, Pool, Result};
use runtime_tokio::{Tokio, buffered, within};
use tokio::runtime::Runtime;

struct Buffered {
    jobs: &'static Jobs,
    runtime: Runtime,
}

impl Pool for Buffered {
    const INFO: Info = Info {
        name: "tokio-buffered",
        title: "tokio, multi-thread, a task a dispatch in a stream's buffer_unordered",
        kind: Kind::Async,
        library: "tokio",
        // With large chunks the window would be one of them, and nothing would run beside it.
        chunk: &["1", "n"],
        window: &["n", "all"],
        ..Info::DEFAULT
    };

    fn start(jobs: &'static Jobs) -> Result<Self> {
        Ok(Self { jobs, runtime: runtime_tokio::multi_thread(jobs.threads())? })
    }

    /// The buffer is also what bounds jobs that wait to the workers.
    fn run(&mut self) -> Result<()> {
        let (jobs, room) = (self.jobs, self.jobs.open_chunks());
        if jobs.waits() {
            let room = room.min(jobs.workers() as u64);
            let spawn = move |chunk| tokio::spawn(jobs.run_chunk_async(Tokio, chunk));
            return within(&self.runtime, buffered(jobs, room, spawn));
        }
        // A task of its own kind, since the other has a timer in it: half a KiB for each place of the buffer.
        let spawn = move |chunk| tokio::spawn(async move { jobs.run_chunk(chunk) });
        within(&self.runtime, buffered(jobs, room, spawn))
    }

    fn stop(self) -> Result<()> {
        // Dropped outside of its own threads, a runtime joins them.
        drop(self.runtime);
        Ok(())
    }
}

fn main() -> ExitCode {
    harness::main::<Buffered>()
}
