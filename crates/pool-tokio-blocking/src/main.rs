//! `pool-tokio-blocking`: the threads behind tokio's `spawn_blocking`, a closure a dispatch.

use std::panic::resume_unwind;
use std::process::ExitCode;

use harness::{Info, Jobs, Pool, Result};
use runtime_tokio::{buffered, within};
use tokio::runtime::Runtime;
use tokio::task::{JoinHandle, spawn_blocking};

struct Blocking {
    jobs: &'static Jobs,
    runtime: Runtime,
}

impl Pool for Blocking {
    const INFO: Info = Info {
        name: "tokio-blocking",
        title: "tokio::task::spawn_blocking, a closure a dispatch",
        library: "tokio",
        ..Info::DEFAULT
    };

    fn start(jobs: &'static Jobs) -> Result<Self> {
        Ok(Self { jobs, runtime: runtime_tokio::blocking_threads(jobs.workers())? })
    }

    fn run(&mut self) -> Result<()> {
        let jobs = self.jobs;
        let spawn = move |chunk| spawn_blocking(move || jobs.run_chunk(chunk));
        within(&self.runtime, async move {
            if jobs.window().is_some() {
                return buffered(jobs, jobs.open_chunks(), spawn).await;
            }
            let open: Vec<JoinHandle<()>> = jobs.chunks().map(spawn).collect();
            for handle in open {
                handle.await.unwrap_or_else(|cause| resume_unwind(cause.into_panic()));
            }
        })
    }

    fn stop(self) -> Result<()> {
        // Joins the threads.
        drop(self.runtime);
        Ok(())
    }
}

fn main() -> ExitCode {
    harness::main::<Blocking>()
}
