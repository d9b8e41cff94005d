//! `pool-tokio-local`: tokio's current-thread runtime, a task a dispatch, all on the main thread.

use std::process::ExitCode;

use harness::{Info, Jobs, Kind, Pool, Result};
use tokio::runtime::Runtime;

struct Local {
    jobs: &'static Jobs,
    runtime: Runtime,
}

impl Pool for Local {
    const INFO: Info = Info {
        name: "tokio-local",
        title: "tokio, current-thread, a task a dispatch",
        kind: Kind::Green,
        library: "tokio",
        mirrors: "gevent.pool.Pool.imap_unordered",
        ..Info::DEFAULT
    };

    fn start(jobs: &'static Jobs) -> Result<Self> {
        Ok(Self { jobs, runtime: runtime_tokio::current_thread()? })
    }

    fn run(&mut self) -> Result<()> {
        runtime_tokio::run(&self.runtime, self.jobs)
    }

    fn stop(self) -> Result<()> {
        // There is no thread to join.
        drop(self.runtime);
        Ok(())
    }
}

fn main() -> ExitCode {
    harness::main::<Local>()
}
