//! One trial from command line to exit: start, batches, stop, each timed. The only place with a clock.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::Instant;

use rustix::time::{ClockId, clock_gettime};

use crate::checksum;
use crate::cli::{self, Request};
use crate::error::{Error, ErrorKind, Result};
use crate::gate::{Gate, Hand, Wire};
use crate::jobs::{Jobs, Shape};
use crate::output;
use crate::panics;
use crate::pool::Pool;
use crate::process::die_with_parent;
use crate::protocol::{Done, Event, Ready, VERSION};
use crate::signals::forget_inherited_signals;
use crate::slots::Slots;
use crate::stdio;

/// What a pool binary's `main` returns: it parses, runs and prints, and decides the exit code.
pub fn main<P: Pool>() -> ExitCode {
    forget_inherited_signals();
    let outcome = match cli::parse(&P::INFO) {
        Request::Describe => stdio::line(&P::INFO.json()).map(|_| true),
        Request::Worker(shape) => work::<P>(shape),
        Request::Gated(shape, batches) => gated::<P>(shape, batches),
        Request::Straight(shape, batches, format) => straight::<P>(&shape, batches, format),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            complain::<P>(&error);
            ExitCode::FAILURE
        }
    }
}

fn complain<P: Pool>(error: &Error) {
    stdio::complaint(&format!("pool-{}: {error}", P::INFO.name));
}

fn work<P: Pool>(shape: Shape) -> Result<bool> {
    die_with_parent();
    panics::report(&shape.workload, |error| complain::<P>(&error));
    let jobs: &'static Jobs = Box::leak(Box::new(Jobs::new(shape, &[])?));
    P::worker(jobs).map(|()| {
        jobs.close();
        true
    })
}

fn gated<P: Pool>(shape: Shape, batches: u64) -> Result<bool> {
    die_with_parent();
    let say = |Error { kind, message }| Wire::say(&Event::Error { kind, message });
    // Where stdout is closed too there is nowhere left to say it.
    panics::report(&shape.workload, move |error| drop(say(error)));
    match trial::<P>(shape, batches, &mut Wire) {
        Ok(()) => Ok(true),
        Err(error) => say(error).map(|_| false),
    }
}

fn straight<P: Pool>(shape: &Shape, batches: u64, format: cli::Format) -> Result<bool> {
    panics::report(&shape.workload, |error| complain::<P>(&error));
    let mut hand = Hand::default();
    trial::<P>(shape.clone(), batches, &mut hand)?;
    output::print(&P::INFO, shape, batches, &hand, format)
}

/// The pipeline of every trial; where the gate ends instead of saying go, the workers are stopped and that is all.
fn trial<P: Pool>(shape: Shape, batches: u64, gate: &mut impl Gate) -> Result<()> {
    let jobs: &'static Jobs = {
        let cells = P::cells(shape.jobs)?;
        Box::leak(Box::new(Jobs::new(shape, cells)?))
    };
    if !gate.pass(ready::<P>(jobs))? {
        jobs.close();
        return Ok(());
    }
    let (mut pool, start_ns) = timed("start", || P::start(jobs))?;
    if gate.pass(Event::Started { start_ns })? && gate.pass(Event::Done(run_batches(&mut pool, jobs, batches)?))? {
        let ((), stop_ns) = timed("stop", || pool.stop())?;
        gate.workers_gone(jobs);
        jobs.close();
        return gate.pass(Event::Stopped { stop_ns }).map(|_| ());
    }
    pool.stop().map(|()| jobs.close())
}

fn ready<P: Pool>(jobs: &Jobs) -> Event {
    Event::Ready(Ready {
        protocol: VERSION,
        pool: P::INFO.name.to_owned(),
        workers: jobs.shape().workers.total(),
        chunk: jobs.chunk().unwrap_or(0),
        window: jobs.window().unwrap_or(0),
    })
}

fn run_batches<P: Pool>(pool: &mut P, jobs: &Jobs, batches: u64) -> Result<Done> {
    let mut done = Done::default();
    for batch in 0..batches {
        let ((), ns) = timed("run", || pool.run()).map_err(|error| with_missing(error, jobs))?;
        done.batch_ns.push(ns);
        // CPU time, since it is taken off CPU time: on a busy machine the clock runs on while others have the core.
        let begun = thread_cpu_ns();
        account(&mut done, jobs, batch)?;
        done.check_ns += thread_cpu_ns().saturating_sub(begun);
    }
    Ok(done)
}

/// The error of a batch that was broken off, with the jobs that are not back: the one that has taken its worker with it is
/// the first of them.
fn with_missing(error: Error, jobs: &Jobs) -> Error {
    let of_crash = Some(jobs.slots()).filter(|_| error.kind == ErrorKind::Internal);
    let missing = match of_crash.and_then(Slots::missing) {
        Some((1, job, _)) => format!("job {job} is not back"),
        Some((count, first, last)) if last - first + 1 == count => format!("jobs {first} to {last} are not back"),
        Some((count, first, _)) => format!("{count} jobs are not back, the first of them job {first}"),
        None => return error,
    };
    Error { message: format!("{}; {missing}", error.message), ..error }
}

/// Books a batch after its clock has stopped, and holds it against the first one.
fn account(done: &mut Done, jobs: &Jobs, batch: u64) -> Result<()> {
    let tally = jobs.slots().take();
    let checksum = checksum::text(tally.checksum);
    for (class, count) in tally.errors {
        match done.errors.iter_mut().find(|(known, _)| known == class) {
            Some((_, sum)) => *sum += count,
            None => done.errors.push((class.to_owned(), count)),
        }
    }
    done.retries += tally.retries;
    done.unsent += tally.unsent;
    if batch == 0 {
        (done.jobs, done.checksum) = (tally.delivered, checksum);
    } else if (done.jobs, &done.checksum) != (tally.delivered, &checksum) && done.errors.is_empty() {
        if jobs.shape().workload.own().is_some() && done.jobs == tally.delivered {
            // Whether results may differ the driver knows; where they may not, it must not take one batch for all.
            done.checksum = checksum::text(checksum::mix(tally.checksum));
            return Ok(());
        }
        let (jobs, first) = (done.jobs, &done.checksum);
        let message = format!(
            "batch {} gave {} jobs, checksum {checksum}; the first {jobs}, {first}",
            batch + 1,
            tally.delivered
        );
        return Err(Error::internal(message));
    }
    Ok(())
}

/// Runs one step of the pool and takes its time in ns; a panic in it is an error like any other.
fn timed<T>(step: &str, run: impl FnOnce() -> Result<T>) -> Result<(T, u64)> {
    let clock = Instant::now();
    let result = catch_unwind(AssertUnwindSafe(run));
    let ns = nanos(clock);
    match result {
        Ok(result) => result.map(|value| (value, ns)),
        Err(payload) => Err(panics::error(step, &*payload)),
    }
}

/// CPU time of this thread so far.
fn thread_cpu_ns() -> u64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    u64::try_from(now.tv_sec * 1_000_000_000 + now.tv_nsec).unwrap_or_default()
}

fn nanos(clock: Instant) -> u64 {
    u64::try_from(clock.elapsed().as_nanos()).unwrap_or(u64::MAX)
}
