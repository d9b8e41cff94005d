//! `pool-tokio`: tokio's multi-thread runtime, a task a dispatch.

use harness::{Info, Jobs, Kind, Pool, Result};
use tokio::runtime::Runtime;

/// The pool.
#[derive(Debug)]
pub struct Tokio {
    jobs: &'static Jobs,
    runtime: Runtime,
}

impl Pool for Tokio {
    const INFO: Info = Info {
        name: "tokio",
        title: "tokio, multi-thread, a task a dispatch",
        kind: Kind::Async,
        library: "tokio",
        ..Info::DEFAULT
    };

    fn start(jobs: &'static Jobs) -> Result<Self> {
        Ok(Self { jobs, runtime: runtime_tokio::multi_thread(jobs.threads())? })
    }

    fn run(&mut self) -> Result<()> {
        runtime_tokio::run(&self.runtime, self.jobs)
    }

    fn stop(self) -> Result<()> {
        // Dropped outside of its own threads, a runtime joins them.
        drop(self.runtime);
        Ok(())
    }
}
