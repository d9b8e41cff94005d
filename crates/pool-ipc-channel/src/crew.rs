//! Both sides of the channels: the parent gives each dispatch to the worker with the fewest open, and all workers answer on
//! one channel.

use std::ops::Range;
use std::time::{Duration, Instant};

use harness::{Error, Fault, Jobs, Processes, Result};
use ipc_channel::TryRecvError;
use ipc_channel::ipc::{IpcReceiver, IpcSender};

use crate::meeting::{Setup, introduce, meet};
use crate::wire::{Report, Request, died, failed};

/// The most requests open at one worker: so many small messages fit the smallest socket buffer that systems have by
/// default (208 KiB, of which each takes 0.75), so that the parent never waits for room while a worker waits for it.
const DEPTH: u64 = 64;
/// How often the parent looks whether a worker has died.
const WATCH: Duration = Duration::from_millis(250);

/// The workers and the channels to and from them.
pub(crate) struct Crew {
    jobs: &'static Jobs,
    processes: Processes,
    requests: Vec<Line>,
    reports: IpcReceiver<Report>,
    back: u64,
    watched: Instant,
}

/// The open requests of a worker that takes no more.
const CLOSED: u64 = u64::MAX;

struct Line {
    requests: IpcSender<Request>,
    open: u64,
}

impl Crew {
    /// Starts all workers and waits until each has said that it is up.
    pub(crate) fn start(jobs: &'static Jobs) -> Result<Self> {
        let (processes, requests, reports) = meet(jobs)?;
        let requests = requests.into_iter().map(|requests| Line { requests, open: 1 }).collect();
        let mut crew = Self { jobs, processes, requests, reports, back: 0, watched: Instant::now() };
        (0..jobs.workers()).try_for_each(|_| crew.wait_one())?;
        Ok(crew)
    }

    /// Sends a dispatch to the worker with the fewest open.
    pub(crate) fn submit(&mut self, range: Range<u64>) -> Result<()> {
        loop {
            let line = self.requests.iter_mut().min_by_key(|line| line.open);
            let line = line.ok_or_else(|| Error::internal("there is no worker"))?;
            if line.open < DEPTH {
                line.open += 1;
                match line.requests.send((range.start, range.end)).map_err(|cause| failed("sending a request", cause)) {
                    Ok(()) => return Ok(()),
                    Err(Some(error)) => return Err(error),
                    // Its worker is dead, which shows when the others have delivered what they have.
                    Err(None) => line.open = CLOSED,
                }
                continue;
            }
            self.receive()?;
        }
    }

    /// Waits until one more dispatch is back.
    pub(crate) fn wait_one(&mut self) -> Result<()> {
        while self.back == 0 {
            self.receive()?;
        }
        self.back -= 1;
        Ok(())
    }

    /// Ends the workers by ending their requests.
    pub(crate) fn stop(self) -> Result<()> {
        drop(self.requests);
        self.processes.stop()
    }

    /// Waits for a report and delivers it, or looks after the workers when none comes.
    fn receive(&mut self) -> Result<()> {
        if self.watched.elapsed() >= WATCH {
            self.watched = Instant::now();
            self.processes.watch()?;
        }
        let (number, first, outcomes, retries, unsent) = match self.reports.try_recv_timeout(WATCH) {
            Ok(report) => report,
            Err(TryRecvError::Empty) => return Ok(()),
            Err(TryRecvError::IpcError(cause)) => {
                return Err(failed("receiving a report", cause).unwrap_or_else(|| died(&mut self.processes)));
            }
        };
        let slots = self.jobs.slots();
        let sink = slots.sink();
        for (index, outcome) in (first..).zip(outcomes) {
            sink(index, outcome.map_err(|code| Fault::from_code(code).unwrap_or(Fault::Io)));
        }
        if retries + unsent > 0 {
            slots.count_attempts(retries, unsent);
        }
        let line = usize::try_from(number).ok().and_then(|at| self.requests.get_mut(at));
        line.ok_or_else(|| Error::internal(format!("a report of worker {number}, which there is not")))?.open -= 1;
        self.back += 1;
        Ok(())
    }
}

/// What a worker process does: answers requests until there are no more.
pub(crate) fn work(jobs: &Jobs) -> Result<()> {
    // Where the parent has died there is nobody left who could want to know.
    let Some((number, requests, reports)): Option<Setup> = introduce()? else { return Ok(()) };
    let send = |report| match reports.send(report) {
        Ok(()) => Ok(true),
        Err(cause) => failed("reporting results to the parent process", cause).map_or(Ok(false), Err),
    };
    if !send((number, 0, Vec::new(), 0, 0))? {
        return Ok(());
    }
    loop {
        let (first, end) = match requests.recv() {
            Ok(request) => request,
            Err(cause) => return failed("receiving a request", cause).map_or(Ok(()), Err),
        };
        let mut outcomes = Vec::with_capacity(usize::try_from(end - first).unwrap_or(0));
        jobs.outcomes(first..end, |_, outcome| outcomes.push(outcome.map_err(Fault::code)));
        let (retries, unsent) = jobs.slots().take_attempts();
        if !send((number, first, outcomes, retries, unsent))? {
            return Ok(());
        }
    }
}
