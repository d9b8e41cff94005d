//! The gates of a trial: on the wire the pool waits at each of them, by hand it only takes notes.

use crate::checksum;
use crate::error::{Error, Result};
use crate::jobs::Jobs;
use crate::memory::peak_rss_bytes;
use crate::protocol::{Done, Event, REPLY};
use crate::stdio;

/// What happens between the phases of a trial.
pub(crate) trait Gate {
    /// Passes `event` on; true to go on, false to end the trial with the workers gone.
    fn pass(&mut self, event: Event) -> Result<bool>;

    /// The workers are gone, and jobs can still be run.
    fn workers_gone(&mut self, _jobs: &Jobs) {}
}

/// The gates of the protocol, on stdin and stdout.
pub(crate) struct Wire;

impl Wire {
    /// Writes an event and flushes it; false if nobody is there to read it.
    pub(crate) fn say(event: &Event) -> Result<bool> {
        stdio::line(&event.json())
    }
}

impl Gate for Wire {
    fn pass(&mut self, event: Event) -> Result<bool> {
        if !Self::say(&event)? {
            return Ok(false);
        }
        // One byte more than a reply is enough to see that it is none.
        let reply = stdio::read_line(REPLY.len() as u64 + 1);
        let reply = reply.map_err(|cause| Error::io("reading the reply at a gate", &cause))?;
        match reply.as_slice() {
            b"" => Ok(false),
            go if go == REPLY.as_bytes() => Ok(true),
            other => Err(Error::unsupported(format!("expected 'go' at a gate, got '{}'", other.escape_ascii()))),
        }
    }
}

/// A run by hand: no waiting, only notes for the line at the end.
#[derive(Default)]
pub(crate) struct Hand {
    /// Time of `start`, ns.
    pub(crate) start_ns: u64,
    /// What the batches came to.
    pub(crate) done: Done,
    /// `VmHWM` of this process while the pool was still up, bytes.
    pub(crate) peak_rss_bytes: Option<u64>,
    /// Time of `stop`, ns.
    pub(crate) stop_ns: u64,
    /// The right checksum.
    pub(crate) right: String,
}

impl Gate for Hand {
    fn pass(&mut self, event: Event) -> Result<bool> {
        match event {
            Event::Started { start_ns } => self.start_ns = start_ns,
            Event::Stopped { stop_ns } => self.stop_ns = stop_ns,
            Event::Done(done) => {
                self.peak_rss_bytes = peak_rss_bytes();
                self.done = done;
            }
            Event::Ready(_) | Event::Error { .. } => {}
        }
        Ok(true)
    }

    fn workers_gone(&mut self, jobs: &Jobs) {
        self.right = checksum::text(jobs.right_checksum());
    }
}
