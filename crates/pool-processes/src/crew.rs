//! The parent's side: the worker processes and both pipes. It never blocks on one pipe while the other needs it, so
//! that no number of jobs, workers or open chunks can lock them together.

use std::io::{self, PipeReader, PipeWriter};
use std::ops::Range;
use std::os::fd::AsFd as _;
use std::process::Child;
use std::time::{Duration, Instant};

use harness::{Error, Jobs, Result, worker_command};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{OFlags, fcntl_setfl};
use rustix::io::{Errno, read, retry_on_intr, write};

use crate::wire::{Kind, PIPE_BUF, report, request};

/// How often the parent looks whether a worker has died, and how long it waits at most for anything to happen.
const WATCH: Duration = Duration::from_millis(250);
/// What is read at once, in bytes: a pipe holds 64 KiB. The rest is room for a report that was cut.
const INBOX: usize = 64 * 1024 + PIPE_BUF;

/// The workers and the pipes to and from them.
pub(crate) struct Crew {
    jobs: &'static Jobs,
    workers: Vec<Child>,
    requests: Option<PipeWriter>,
    reports: PipeReader,
    outbox: Vec<u8>,
    inbox: Box<[u8]>,
    filled: usize,
    ready: usize,
    back: u64,
    watched: Instant,
}

impl Crew {
    /// Starts all workers and waits until each has said that it is up.
    pub(crate) fn start(jobs: &'static Jobs) -> Result<Self> {
        let failed = |cause: io::Error| Error::io("making a pipe for the workers", &cause);
        let (requests_end, requests) = io::pipe().map_err(failed)?;
        let (reports, reports_end) = io::pipe().map_err(failed)?;
        for end in [requests.as_fd(), reports.as_fd()] {
            fcntl_setfl(end, OFlags::NONBLOCK).map_err(|cause| failed(cause.into()))?;
        }
        let mut command = worker_command(jobs).map_err(|cause| Error::io("finding the pool's executable", &cause))?;
        command.stdin(requests_end).stdout(reports_end);
        let mut crew = Self {
            jobs,
            workers: Vec::with_capacity(jobs.workers()),
            requests: Some(requests),
            reports,
            outbox: Vec::with_capacity(PIPE_BUF),
            inbox: vec![0; INBOX].into_boxed_slice(),
            filled: 0,
            ready: 0,
            back: 0,
            watched: Instant::now(),
        };
        for number in 0..jobs.shape().workers {
            let worker = command.spawn();
            crew.workers
                .push(worker.map_err(|cause| Error::too_few("processes", number, jobs.shape().workers, &cause))?);
        }
        // The command holds the workers' ends of the pipes: only when it is gone does the last worker's end show.
        drop(command);
        while crew.ready < crew.workers.len() {
            crew.turn()?;
        }
        Ok(crew)
    }

    /// Puts a dispatch in line.
    pub(crate) fn submit(&mut self, range: Range<u64>) -> Result<()> {
        while self.outbox.len() == PIPE_BUF {
            self.turn()?;
        }
        self.outbox.extend_from_slice(&request(&range));
        Ok(())
    }

    /// Waits until one more dispatch is back.
    pub(crate) fn wait_one(&mut self) -> Result<()> {
        while self.back == 0 {
            self.turn()?;
        }
        self.back -= 1;
        Ok(())
    }

    /// Ends the workers by ending their requests; an error if one of them did not end well.
    pub(crate) fn stop(mut self) -> Result<()> {
        self.requests = None;
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

    /// Moves what can be moved in both directions, or else waits until something can.
    fn turn(&mut self) -> Result<()> {
        let moved = self.send()? | self.receive()?;
        if !moved {
            self.wait()?;
        }
        if self.watched.elapsed() >= WATCH {
            self.watched = Instant::now();
            self.watch()?;
        }
        Ok(())
    }

    /// Writes the requests in line; true if they went.
    fn send(&mut self) -> Result<bool> {
        let Some(requests) = self.requests.as_ref().filter(|_| !self.outbox.is_empty()) else { return Ok(false) };
        // Up to `PIPE_BUF` bytes go as a whole or not at all.
        match retry_on_intr(|| write(requests, &self.outbox)) {
            Ok(_) => self.outbox.clear(),
            Err(Errno::AGAIN) => return Ok(false),
            Err(Errno::PIPE) => return Err(self.all_gone()),
            Err(cause) => return Err(Error::io("writing requests to the workers", &cause.into())),
        }
        Ok(true)
    }

    /// Reads what has been reported and delivers it; true if there was something.
    fn receive(&mut self) -> Result<bool> {
        match retry_on_intr(|| read(&self.reports, &mut self.inbox[self.filled..])) {
            Ok(0) => return Err(self.all_gone()),
            Ok(count) => self.filled += count,
            Err(Errno::AGAIN) => return Ok(false),
            Err(cause) => return Err(Error::io("reading results from the workers", &cause.into())),
        }
        let (slots, mut rest) = (self.jobs.slots(), &self.inbox[..self.filled]);
        let sink = slots.sink();
        while let Some(report) = report(&mut rest)? {
            report.outcomes().for_each(|(index, outcome)| sink(index, outcome));
            if report.retries + report.unsent > 0 {
                slots.count_attempts(report.retries, report.unsent);
            }
            self.ready += usize::from(report.kind == Kind::Ready);
            self.back += u64::from(report.kind == Kind::Last);
        }
        let cut = rest.len();
        self.inbox.copy_within(self.filled - cut..self.filled, 0);
        self.filled = cut;
        Ok(true)
    }

    /// Waits until a pipe is ready or it is time to look after the workers.
    fn wait(&self) -> Result<()> {
        let Some(requests) = &self.requests else { return Ok(()) };
        let room = if self.outbox.is_empty() { PollFlags::empty() } else { PollFlags::OUT };
        let mut pipes = [PollFd::new(&self.reports, PollFlags::IN), PollFd::new(requests, room)];
        let patience = Timespec { tv_sec: 0, tv_nsec: WATCH.subsec_nanos().into() };
        match poll(&mut pipes, Some(&patience)) {
            Ok(_) | Err(Errno::INTR) => Ok(()),
            Err(cause) => Err(Error::io("waiting for the workers", &cause.into())),
        }
    }

    /// An error if a worker has died: what it was working on is lost.
    fn watch(&mut self) -> Result<()> {
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

    /// No worker holds the other end of a pipe any more; says how the first of them ended.
    fn all_gone(&mut self) -> Error {
        for worker in &mut self.workers {
            // Only its end closes a worker's pipes, so this returns at once; how it ended is read below.
            let _ = worker.wait();
        }
        self.watch().err().unwrap_or_else(|| Error::internal("there is no worker"))
    }
}

impl Drop for Crew {
    /// Leaves no process behind when the pool fails: there is nothing to wait for in its workers any more.
    fn drop(&mut self) {
        for worker in &mut self.workers {
            // Both fail for a worker that has been waited for already, and then there is nothing to do.
            let _ = worker.kill();
            let _ = worker.wait();
        }
    }
}
