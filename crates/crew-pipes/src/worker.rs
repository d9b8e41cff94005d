//! The worker process: requests from stdin, reports to stdout, until the requests end.

use std::ops::Range;
use std::process;

use harness::{Error, Jobs, Result, Workers, wire_in, wire_out};
use rustix::io::{Errno, read, retry_on_intr, write};

use crate::wire::{Draft, Kind, MOST, REQUEST, requested};

/// How many full reports a worker sends at once. Each as soon as it is full would wake the parent so often that a
/// `compute` job costs a fifth more; a quarter of the pipe leaves room for the next one while the parent reads.
const PAGES: u64 = 16;

/// Runs the jobs of one request after another, in each of `threads` threads; all of them read from the same pipe.
pub fn work(jobs: &'static Jobs, threads: u64) -> Result<()> {
    // The main thread is one of them.
    let others = usize::try_from(threads - 1).unwrap_or(usize::MAX);
    let others = Workers::spawn(others, move |_| serve(jobs).unwrap_or_else(|error| fail(error)));
    others.and_then(|others| serve(jobs).and_then(|()| others.join())).or_else(|error| fail(error))
}

/// Tells the parent, and nobody else, why this process ends; where even that fails, the parent sees that it has ended.
fn fail(Error { kind, message }: Error) -> ! {
    // A number of threads is of one process alone, which must be said with it.
    let error = Error { kind, message: format!("worker process {}: {message}", process::id()) };
    let mut draft = Draft::new(1);
    draft.add_failure(&error);
    let _ = send(&mut draft);
    process::exit(1)
}

fn serve(jobs: &Jobs) -> Result<()> {
    let mut draft = Draft::new(pages(jobs));
    draft.add(Kind::Ready, 0, |_| (0, 0));
    send(&mut draft)?;
    while let Some(range) = next()? {
        run(jobs, range, &mut draft)?;
    }
    Ok(())
}

/// The reports that a draft has room for: no more than a dispatch fills, since each is 4 KiB in every worker.
fn pages(jobs: &Jobs) -> usize {
    let longest = jobs.chunk().unwrap_or_else(|| jobs.len().div_ceil(jobs.shape().workers.total()));
    // At most 16, so there is nothing to lose.
    longest.min(jobs.len()).div_ceil(MOST).clamp(1, PAGES) as usize
}

/// Runs the jobs of a dispatch, a report's worth at a time, so that a result takes no look at how full anything is.
fn run(jobs: &Jobs, range: Range<u64>, draft: &mut Draft) -> Result<()> {
    let mut first = range.start;
    loop {
        let end = first.saturating_add(MOST).min(range.end);
        let is_last = end == range.end;
        draft.add(if is_last { Kind::Last } else { Kind::More }, first, |places| {
            jobs.outcomes(first..end, |_, outcome| places.put(outcome));
            if is_last { jobs.slots().take_attempts() } else { (0, 0) }
        });
        if is_last || draft.is_full() {
            send(draft)?;
        }
        if is_last {
            return Ok(());
        }
        first = end;
    }
}

/// Writes the reports, past the standard library's buffer: a call for all that are full, one for the last.
fn send(draft: &mut Draft) -> Result<()> {
    for mut part in draft.take() {
        while !part.is_empty() {
            match retry_on_intr(|| write(wire_out(), part)) {
                Ok(count) => part = &part[count..],
                // The parent has died, and with it everybody who could want to know.
                Err(Errno::PIPE) => process::exit(1),
                Err(cause) => return Err(Error::io("reporting results to the parent process", &cause.into())),
            }
        }
    }
    Ok(())
}

/// The next request; none when the parent has closed the pipe.
fn next() -> Result<Option<Range<u64>>> {
    let mut bytes = [0; REQUEST];
    match retry_on_intr(|| read(wire_in(), &mut bytes)) {
        Ok(REQUEST) => Ok(Some(requested(&bytes))),
        Ok(0) => Ok(None),
        Ok(count) => Err(Error::internal(format!("a request of {count} bytes"))),
        Err(cause) => Err(Error::io("reading a request", &cause.into())),
    }
}
