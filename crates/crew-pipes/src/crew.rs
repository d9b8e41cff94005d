//! The parent's side for a pool with one thread: it never blocks on one pipe while the other needs it, so that no number
//! of jobs, workers or open dispatches can lock them together.

use std::io::{self, PipeReader, PipeWriter};
use std::ops::Range;
use std::os::fd::AsFd as _;

use harness::{Error, Jobs, Processes, Result, worker_command};
use rustix::fs::{OFlags, fcntl_setfl};
use rustix::pipe::fcntl_setpipe_size;

use crate::listener::{Listener, PIPE_SIZE};
use crate::requests::Requests;

/// The workers and the pipes to and from them.
pub struct Crew {
    jobs: &'static Jobs,
    requests: Requests,
    listener: Listener,
    back: u64,
}

impl Crew {
    /// Starts `processes` processes and waits until every worker in them has said that it is up.
    pub fn start(jobs: &'static Jobs, processes: u64) -> Result<Self> {
        let failed =
            |cause: io::Error| Error::io(format!("making a pipe for the workers (0 of {processes} up)"), &cause);
        let (requests_end, requests) = io::pipe().map_err(failed)?;
        let (reports, reports_end) = io::pipe().map_err(failed)?;
        for end in [requests.as_fd(), reports.as_fd()] {
            fcntl_setfl(end, OFlags::NONBLOCK).map_err(|cause| failed(cause.into()))?;
        }
        // Refused to users who have much in pipes already; a smaller one is slower and nothing else.
        let _ = fcntl_setpipe_size(&reports, PIPE_SIZE);
        let mut listener = Listener::new(workers(jobs, processes, requests_end, reports_end)?, reports);
        listener.await_ready(jobs.workers() as u64)?;
        Ok(Self { jobs, requests: Requests::new(requests), listener, back: 0 })
    }

    /// Runs one batch: each of `dispatches` once, never more than `room` of them open.
    pub fn run(&mut self, dispatches: impl Iterator<Item = Range<u64>>, room: u64) -> Result<()> {
        let mut open = 0;
        for range in dispatches {
            if open == room {
                self.wait_one()?;
                open -= 1;
            }
            while !self.requests.has_room() {
                self.turn()?;
            }
            self.requests.push(&range);
            open += 1;
        }
        (0..open).try_for_each(|_| self.wait_one())
    }

    /// Ends the workers by ending their requests.
    pub fn stop(self) -> Result<()> {
        drop(self.requests);
        self.listener.stop()
    }

    /// Takes it apart, for a pool that sends on one thread and listens on another.
    pub fn split(self) -> (Requests, Listener) {
        (self.requests, self.listener)
    }

    /// Waits until one more dispatch is back.
    fn wait_one(&mut self) -> Result<()> {
        while self.back == 0 {
            self.turn()?;
        }
        self.back -= 1;
        Ok(())
    }

    /// Moves what can be moved in both directions, or else waits until something can.
    fn turn(&mut self) -> Result<()> {
        let (slots, back) = (self.jobs.slots(), &mut self.back);
        let sink = slots.sink();
        let moved = self.requests.send()?
            | self.listener.receive(|report| {
                report.outcomes().for_each(|(index, outcome)| sink(index, outcome));
                report.count_attempts(slots);
                *back += u64::from(report.is_last());
            })?;
        if moved { self.listener.watch() } else { self.listener.wait(Some(&self.requests)) }
    }
}

/// Starts `count` processes, each with the workers' ends of both pipes.
fn workers(jobs: &Jobs, count: u64, requests: PipeReader, reports: PipeWriter) -> Result<Processes> {
    let mut command = worker_command(jobs)?;
    command.stdin(requests).stdout(reports);
    let mut processes = Processes::default();
    (0..count).try_for_each(|_| processes.spawn(&mut command, count))?;
    // With the command its ends of the pipes go: only then does the end of the last worker show.
    Ok(processes)
}
