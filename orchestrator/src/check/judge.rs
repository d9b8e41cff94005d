//! Holds each event against what was asked for: effective values, counts, checksum, and times that fit between the gates.

use std::fmt::Display;
use std::time::Duration;

use harness::protocol::{Done, Ready, VERSION};
use harness::{Span, Workload};

use super::case::Case;
use super::finding::Rule;
use crate::pools::wire::Description;

/// What the contract asks for and what came instead.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Breach {
    /// Where the contract says so.
    pub(super) rule: Rule,
    /// What it asks for.
    pub(super) expected: String,
    /// What came.
    pub(super) got: String,
}

impl Breach {
    /// A breach of `rule`.
    pub(super) fn new(rule: Rule, expected: impl Into<String>, got: impl Into<String>) -> Self {
        Self { rule, expected: expected.into(), got: got.into() }
    }
}

fn equal<T: PartialEq + Display + ?Sized>(rule: Rule, what: &str, expected: &T, got: &T) -> Result<(), Breach> {
    if expected == got {
        return Ok(());
    }
    Err(Breach::new(rule, format!("{what} {expected}"), format!("{what} {got}")))
}

/// Holds `ready` against the arguments.
pub(super) fn ready(about: &Description, case: &Case, got: &Ready) -> Result<(), Breach> {
    let right = case.ready(about);
    equal(Rule::Events, "protocol", &VERSION, &got.protocol)?;
    equal(Rule::Events, "the pool name", right.pool.as_str(), got.pool.as_str())?;
    equal(Rule::Workers, "effective workers", &right.workers, &got.workers)?;
    equal(Rule::Workers, "an effective chunk of", &right.chunk, &got.chunk)?;
    equal(Rule::Workers, "an effective window of", &right.window, &got.window)
}

/// Holds a time that the pool took by its own clock against the time from the reply to the event, by ours: it can only
/// be shorter. One that contains a pause at a gate is longer.
pub(super) fn time(what: &str, ns: u64, elapsed: Duration) -> Result<(), Breach> {
    if u128::from(ns) <= elapsed.as_nanos() {
        return Ok(());
    }
    let expected = format!("{what} of at most {elapsed:?}, the time between the reply and the event");
    Err(Breach::new(Rule::Gates, expected, format!("{what} of {:?}", Duration::from_nanos(ns))))
}

/// Holds `done` against the case; `elapsed` is the time from the reply to the event.
pub(super) fn done(about: &Description, case: &Case, got: &Done, elapsed: Duration) -> Result<(), Breach> {
    equal(Rule::Events, "the number of batch times:", &case.batches, &(got.batch_ns.len() as u64))?;
    time("a sum of batch times", got.batch_ns.iter().fold(0, |sum, ns| sum.saturating_add(*ns)), elapsed)?;
    let mishaps = &case.mishaps;
    let classes = if mishaps.failed > 0 { vec![(mishaps.class.clone(), mishaps.failed)] } else { Vec::new() };
    equal(Rule::Jobs, "failed jobs by class:", &listed(&classes), &listed(&got.errors))?;
    equal(Rule::Jobs, "jobs back in each batch:", &case.jobs, &got.jobs)?;
    equal(Rule::Jobs, "the checksum", case.checksum().as_str(), got.checksum.as_str())?;
    equal(Rule::Jobs, "retries", &mishaps.retries, &got.retries)?;
    equal(Rule::Jobs, "unsent", &mishaps.unsent, &got.unsent)?;
    match (case.workload.clone(), got.batch_ns.iter().min()) {
        (Workload::Sleep(length), Some(shortest)) => asleep(about, case, length, *shortest),
        _ => Ok(()),
    }
}

/// `workers` is the most jobs that run at once, so that a batch of sleeps has a shortest time.
fn asleep(about: &Description, case: &Case, length: Span, batch_ns: u64) -> Result<(), Breach> {
    let rounds = case.jobs.div_ceil(case.ready(about).workers);
    // Event loops with a coarse clock may end short sleeps at once.
    if length.ns < 10_000_000 {
        return Ok(());
    }
    // Some event loops count a timer from the loop's last turn and end it a little early.
    let least = length.ns.saturating_mul(rounds) / 5 * 4;
    if batch_ns >= least {
        return Ok(());
    }
    let expected =
        format!("a batch of at least {:?}, since {rounds} sleeps follow each other", Duration::from_nanos(least));
    Err(Breach::new(Rule::Workers, expected, format!("a batch of {:?}", Duration::from_nanos(batch_ns))))
}

fn listed(classes: &[(String, u64)]) -> String {
    let parts: Vec<String> = classes.iter().filter(|(_, n)| *n > 0).map(|(class, n)| format!("{n} {class}")).collect();
    if parts.is_empty() { "none".to_owned() } else { parts.join(", ") }
}
