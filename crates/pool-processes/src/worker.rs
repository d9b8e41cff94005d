//! The worker process: requests from stdin, reports to stdout, until the requests end.

use std::io;
use std::ops::Range;
use std::process;

use harness::{Error, Jobs, Result};
use rustix::io::{Errno, read, retry_on_intr, write};

use crate::wire::{Draft, Kind, PIPE_BUF, REQUEST, requested};

/// How much a worker keeps to itself before it reports, in bytes: a dispatch of 130,000 results goes back in one go.
/// Reporting each 4 KiB as soon as it is full wakes the parent 250 times as often and costs a fifth of a `compute` job.
const KEPT: usize = 256 * PIPE_BUF;

/// Runs the jobs of one request after another.
pub(crate) fn work(jobs: &'static Jobs) -> Result<()> {
    let mut draft = Draft::new(0);
    send(&mut draft, Kind::Ready, (0, 0))?;
    while let Some(range) = next()? {
        draft.clear(range.start);
        let mut sent = Ok(());
        jobs.outcomes(range, |index, outcome| {
            if draft.len() == KEPT {
                // After a failure the rest is of no use to anybody, but the loop over the jobs has no early end.
                sent = sent.clone().and(send(&mut draft, Kind::More, (0, 0)));
                draft.clear(index);
            }
            draft.push(index, outcome);
        });
        sent?;
        send(&mut draft, Kind::Last, jobs.slots().take_attempts())?;
    }
    Ok(())
}

/// Writes the reports, past the standard library's buffer: one call, one report.
#[cold]
fn send(draft: &mut Draft, kind: Kind, attempts: (u64, u64)) -> Result<()> {
    for report in draft.finish(kind, attempts) {
        match retry_on_intr(|| write(io::stdout(), report)) {
            Ok(_) => {}
            // The parent has died, and with it everybody who could want to know.
            Err(Errno::PIPE) => process::exit(1),
            Err(cause) => return Err(Error::io("reporting results to the parent process", &cause.into())),
        }
    }
    Ok(())
}

/// The next request; none when the parent has closed the pipe.
fn next() -> Result<Option<Range<u64>>> {
    let mut bytes = [0; REQUEST];
    match retry_on_intr(|| read(io::stdin(), &mut bytes)) {
        Ok(REQUEST) => Ok(Some(requested(&bytes))),
        Ok(0) => Ok(None),
        Ok(count) => Err(Error::internal(format!("a request of {count} bytes"))),
        Err(cause) => Err(Error::io("reading a request", &cause.into())),
    }
}
