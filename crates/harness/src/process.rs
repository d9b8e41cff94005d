//! Worker processes: the command that re-executes this pool as a worker of the same batch, its life line, and the set of
//! them that a pool starts, looks after and reaps.

use std::process::{Child, Command};
use std::time::{Duration, Instant};

use rustix::process::{Signal, set_parent_process_death_signal};

use crate::error::{Error, Result};
use crate::jobs::Jobs;

/// This pool's own executable, told to be a worker of the same jobs. The caller sets its stdin and stdout; the ends of
/// the gate must not be inherited.
pub fn worker_command(jobs: &Jobs) -> Result<Command> {
    let shape = jobs.shape();
    let own = std::env::current_exe().map_err(|cause| Error::io("finding the pool's executable", &cause))?;
    let mut command = Command::new(own);
    command.arg("--worker");
    let options = [
        ("--workload", shape.workload.to_string()),
        ("--jobs", shape.jobs.to_string()),
        ("--workers", shape.workers.to_string()),
        ("--chunk", shape.chunk.to_string()),
        ("--window", shape.window.to_string()),
    ];
    for (option, value) in options {
        command.args([option, &value]);
    }
    if shape.spin_rate > 0 {
        command.args(["--spin-rate", &shape.spin_rate.to_string()]);
    }
    Ok(command)
}

/// Asks the kernel to kill this process when the thread that started it ends. Should the parent have died before this
/// call, or the system refuse it, as some containers do, the end of file on stdin ends the process instead.
pub(crate) fn die_with_parent() {
    let _ = set_parent_process_death_signal(Some(Signal::KILL));
}

/// How long the others may go on after one has died, so that what they deliver meanwhile is not taken for lost.
const GRACE: Duration = Duration::from_millis(500);

/// The worker processes of a pool. Dropping them kills them.
#[derive(Debug, Default)]
pub struct Processes {
    workers: Vec<Child>,
    /// The first that has died, and when that was seen.
    died: Option<(Error, Instant)>,
}

impl Processes {
    /// Starts one more with `command`; a `limit` error with the number reached of `wanted` if the system gives no more.
    pub fn spawn(&mut self, command: &mut Command, wanted: u64) -> Result<()> {
        let worker =
            command.spawn().map_err(|cause| Error::too_few("processes", self.workers.len() as u64, wanted, &cause))?;
        self.workers.push(worker);
        Ok(())
    }

    /// An error if one of them has died: what it was working on is lost. It comes half a second late, in which the pool takes
    /// what the others still deliver: what is missing then was the dead one's.
    pub fn watch(&mut self) -> Result<()> {
        if self.died.is_none() {
            self.died = self.first_dead().err().map(|error| (error, Instant::now()));
        }
        match &self.died {
            Some((error, seen)) if seen.elapsed() >= GRACE => Err(error.clone()),
            _ => Ok(()),
        }
    }

    fn first_dead(&mut self) -> Result<()> {
        let count = self.workers.len();
        for (number, worker) in (1..).zip(&mut self.workers) {
            let status =
                worker.try_wait().map_err(|cause| Error::io(format!("looking after worker {number}"), &cause))?;
            if let Some(status) = status {
                let id = worker.id();
                return Err(Error::internal(format!("worker {number} of {count} (process {id}) died: {status}")));
            }
        }
        Ok(())
    }

    /// For pools that see all workers close their pipes or sockets: waits for their end, and says how the first ended.
    pub fn all_gone(&mut self) -> Error {
        for worker in &mut self.workers {
            // Only its end closes what a worker holds, so this returns at once; how it ended is read below.
            let _ = worker.wait();
        }
        let died = self.died.take().map(|(error, _)| error);
        died.or_else(|| self.first_dead().err()).unwrap_or_else(|| Error::internal("there is no worker"))
    }

    /// Waits until all have ended; the pool must have told them to. An error if one did not end well.
    pub fn stop(mut self) -> Result<()> {
        let mut result = Ok(());
        for (number, mut worker) in (1..).zip(std::mem::take(&mut self.workers)) {
            match worker.wait() {
                Ok(status) if status.success() => {}
                Ok(status) => result = Err(Error::internal(format!("worker {number} ended with {status}"))),
                Err(cause) => result = Err(Error::io(format!("waiting for worker {number}"), &cause)),
            }
        }
        result
    }
}

impl Drop for Processes {
    /// Leaves no process behind when the pool fails: there is nothing to wait for in its workers any more.
    fn drop(&mut self) {
        for worker in &mut self.workers {
            // Both fail for a worker that has been waited for already, and then there is nothing to do.
            let _ = worker.kill();
            let _ = worker.wait();
        }
    }
}
