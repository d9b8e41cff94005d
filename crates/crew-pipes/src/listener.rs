//! The pipe of reports, from all workers to the parent, with an eye on the workers: one that dies is an error soon.

use std::io::PipeReader;
use std::time::{Duration, Instant};

use harness::{Error, Processes, Result};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, read, retry_on_intr};

use crate::requests::Requests;
use crate::wire::{Kind, PIPE_BUF, Report, report};

/// How often the parent looks whether a worker has died, and how long it waits at most for anything to happen.
const WATCH: Duration = Duration::from_millis(250);
/// What is read at once, in bytes: all that the pipe holds. The rest is room for a report that was cut.
const INBOX: usize = PIPE_SIZE + PIPE_BUF;
/// What the pipe of reports should hold, in bytes: four times what a worker sends at once.
pub(crate) const PIPE_SIZE: usize = 256 * 1024;

/// The parent's end of the pipe of reports, and the workers that it is read from.
pub struct Listener {
    processes: Processes,
    pipe: PipeReader,
    inbox: Box<[u8]>,
    filled: usize,
    watched: Instant,
}

impl Listener {
    /// Over a pipe that does not block.
    pub(crate) fn new(processes: Processes, pipe: PipeReader) -> Self {
        let inbox = vec![0; INBOX].into_boxed_slice();
        Self { processes, pipe, inbox, filled: 0, watched: Instant::now() }
    }

    /// Reads what has been reported and hands on each report; true if there was any. An error if a worker reports one or
    /// all are gone.
    pub fn receive(&mut self, mut each: impl FnMut(Report)) -> Result<bool> {
        match retry_on_intr(|| read(&self.pipe, &mut self.inbox[self.filled..])) {
            Ok(0) => return Err(self.processes.all_gone()),
            Ok(count) => self.filled += count,
            Err(Errno::AGAIN) => return Ok(false),
            Err(cause) => return Err(Error::io("reading results from the workers", &cause.into())),
        }
        let mut rest = &self.inbox[..self.filled];
        while let Some(report) = report(&mut rest)? {
            if report.kind() == Kind::Failed {
                return Err(report.error());
            }
            each(report);
        }
        let cut = rest.len();
        self.inbox.copy_within(self.filled - cut..self.filled, 0);
        self.filled = cut;
        Ok(true)
    }

    /// Waits until there are reports, or room for the `requests` in line, or it is time to look after the workers.
    pub fn wait(&mut self, requests: Option<&Requests>) -> Result<()> {
        let patience = Timespec { tv_sec: 0, tv_nsec: WATCH.subsec_nanos().into() };
        let news = PollFd::new(&self.pipe, PollFlags::IN);
        let ready = match requests.filter(|requests| requests.is_waiting()) {
            Some(requests) => poll(&mut [news, PollFd::new(requests, PollFlags::OUT)], Some(&patience)),
            None => poll(&mut [news], Some(&patience)),
        };
        match ready {
            Ok(_) | Err(Errno::INTR) => {}
            Err(cause) => return Err(Error::io("waiting for the workers", &cause.into())),
        }
        self.watch()
    }

    /// An error if a worker has died; looks once in a while only.
    pub(crate) fn watch(&mut self) -> Result<()> {
        if self.watched.elapsed() < WATCH {
            return Ok(());
        }
        self.watched = Instant::now();
        let Err(died) = self.processes.watch() else { return Ok(()) };
        // A worker that could say why it ends has done so before, and one call reads all that the pipe holds.
        self.receive(|_| ())?;
        Err(died)
    }

    /// Reads until `wanted` workers have said that they are up.
    pub(crate) fn await_ready(&mut self, wanted: u64) -> Result<()> {
        let mut up = 0;
        while up < wanted {
            let moved = self.receive(|report| up += u64::from(report.kind() == Kind::Ready))?;
            if !moved {
                self.wait(None)?;
            }
        }
        Ok(())
    }

    /// Waits until all workers have ended; their requests must have.
    pub fn stop(self) -> Result<()> {
        self.processes.stop()
    }
}
