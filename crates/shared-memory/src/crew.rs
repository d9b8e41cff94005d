//! The worker processes as their pool has them: it starts, watches and reaps them.

use std::io::{self, PipeWriter};
use std::process::Stdio;
use std::time::Duration;

use harness::{Error, Jobs, Processes, Result, worker_command};

use crate::mapping::Shared;
use crate::region::Region;
use crate::roll::Roll;

/// How often the pool looks whether a worker has died.
pub const WATCH: Duration = Duration::from_millis(250);

/// The worker processes of a pool.
#[derive(Debug)]
pub struct Crew {
    processes: Processes,
    /// Nothing is written: its end tells workers that the pool is gone.
    _line: PipeWriter,
}

impl Crew {
    /// Starts a process for each worker, lets it share `region`, and waits until all have called on `roll`.
    pub fn start<H: Shared, T: Shared>(jobs: &'static Jobs, region: &Region<H, T>, roll: &Roll) -> Result<Self> {
        let (end, line) = io::pipe().map_err(|cause| Error::io("making a pipe for the workers", &cause))?;
        let mut command = worker_command(jobs)?;
        region.pass_to(&mut command)?;
        command.stdin(end).stdout(Stdio::null());
        let wanted = jobs.workers() as u64;
        let mut crew = Self { processes: Processes::default(), _line: line };
        (0..wanted).try_for_each(|_| crew.processes.spawn(&mut command, wanted))?;
        loop {
            let up = roll.up.rings();
            if u64::from(up) == wanted {
                return Ok(crew);
            }
            if roll.up.wait(up, false, WATCH) == up {
                crew.watch()?;
            }
        }
    }

    /// An error if a worker has died.
    pub fn watch(&mut self) -> Result<()> {
        self.processes.watch()
    }

    /// Waits until all have ended; the pool must have told them to.
    pub fn stop(self) -> Result<()> {
        self.processes.stop()
    }
}
