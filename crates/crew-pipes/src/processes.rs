//! The worker processes: started together, looked after, reaped.

use std::io::{PipeReader, PipeWriter};
use std::process::Child;

use harness::{Error, Jobs, Result, worker_command};

/// All worker processes of a pool.
pub(crate) struct Processes(Vec<Child>);

impl Processes {
    /// Starts `count` of them; each gets the workers' ends of both pipes.
    pub(crate) fn start(jobs: &Jobs, count: u64, requests: PipeReader, reports: PipeWriter) -> Result<Self> {
        let mut command = worker_command(jobs).map_err(|cause| Error::io("finding the pool's executable", &cause))?;
        command.stdin(requests).stdout(reports);
        let mut processes = Self(Vec::new());
        for number in 0..count {
            let worker = command.spawn();
            processes.0.push(worker.map_err(|cause| Error::too_few("processes", number, count, &cause))?);
        }
        // With the command its ends of the pipes go: only then does the end of the last worker show.
        Ok(processes)
    }

    /// An error if one of them has died: what it was working on is lost.
    pub(crate) fn watch(&mut self) -> Result<()> {
        let count = self.0.len();
        for (number, worker) in (1..).zip(&mut self.0) {
            let status =
                worker.try_wait().map_err(|cause| Error::io(format!("looking after worker {number}"), &cause))?;
            if let Some(status) = status {
                let id = worker.id();
                return Err(Error::internal(format!("worker {number} of {count} (process {id}) died: {status}")));
            }
        }
        Ok(())
    }

    /// No worker holds the other end of a pipe any more; says how the first of them ended.
    pub(crate) fn all_gone(&mut self) -> Error {
        for worker in &mut self.0 {
            // Only its end closes a worker's pipes, so this returns at once; how it ended is read below.
            let _ = worker.wait();
        }
        self.watch().err().unwrap_or_else(|| Error::internal("there is no worker"))
    }

    /// Waits until all have ended, which they do when there are no more requests; an error if one did not end well.
    pub(crate) fn stop(mut self) -> Result<()> {
        let mut result = Ok(());
        for (number, mut worker) in (1..).zip(std::mem::take(&mut self.0)) {
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
        for worker in &mut self.0 {
            // Both fail for a worker that has been waited for already, and then there is nothing to do.
            let _ = worker.kill();
            let _ = worker.wait();
        }
    }
}
