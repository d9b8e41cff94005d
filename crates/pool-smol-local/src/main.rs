//! `pool-smol-local`: smol's local executor, a task a dispatch, all on the main thread. For jobs that wait, timers and
//! sockets need async-io's reactor, which has a thread that sleeps.

use std::process::ExitCode;

use harness::{Info, Jobs, Kind, Pool, Result, drive};
use runtime_smol::{Local, Smol};

struct SmolLocal {
    jobs: &'static Jobs,
    smol: Smol<Local>,
}

impl Pool for SmolLocal {
    const INFO: Info = Info {
        name: "smol-local",
        title: "smol::LocalExecutor on one thread, a task a dispatch",
        kind: Kind::Green,
        library: "smol",
        mirrors: "gevent.pool.Pool.imap_unordered",
        ..Info::DEFAULT
    };

    fn start(jobs: &'static Jobs) -> Result<Self> {
        Ok(Self { jobs, smol: Smol::local(jobs) })
    }

    fn run(&mut self) -> Result<()> {
        self.smol.run(drive(self.smol, self.jobs));
        Ok(())
    }

    /// Nothing to stop: there is no worker thread.
    fn stop(self) -> Result<()> {
        Ok(())
    }
}

fn main() -> ExitCode {
    harness::main::<SmolLocal>()
}
