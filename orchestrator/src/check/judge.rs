//! Holds each event against what was asked for: effective values, counts, checksum, and times that fit between the gates.

use std::fmt::Display;
use std::time::Duration;

use harness::Workload;
use harness::protocol::{Done, Ready, VERSION};

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
    /// What to do about it.
    pub(super) advice: &'static str,
}

impl Breach {
    /// A breach of `rule`.
    pub(super) fn new(rule: Rule, expected: impl Into<String>, got: impl Into<String>) -> Self {
        Self { rule, expected: expected.into(), got: got.into(), advice: "" }
    }

    /// The same with what to do about it, which tells its cause from others.
    pub(super) fn advise(self, advice: &'static str) -> Self {
        Self { advice, ..self }
    }
}

fn equal<T: PartialEq + Display + ?Sized>(
    rule: Rule,
    what: &str,
    expected: &T,
    got: &T,
    advice: &'static str,
) -> Result<(), Breach> {
    if expected == got {
        return Ok(());
    }
    Err(Breach::new(rule, format!("{what} {expected}"), format!("{what} {got}")).advise(advice))
}

/// Holds `ready` against the arguments.
pub(super) fn ready(about: &Description, case: &Case, got: &Ready) -> Result<(), Breach> {
    let right = case.ready(about);
    equal(Rule::Events, "protocol", &VERSION, &got.protocol, "speak this version, in ready as in --describe")?;
    let advice = "say the same name in ready as in --describe";
    equal(Rule::Events, "the pool name", right.pool.as_str(), got.pool.as_str(), advice)?;
    let advice = "say 1 for the kind serial, else what --workers asks for";
    equal(Rule::Workers, "effective workers", &right.workers, &got.workers, advice)?;
    let advice =
        "say the number as asked, also where the batch is smaller; auto as ceil(jobs / (4 x workers)), own as 0";
    equal(Rule::Workers, "an effective chunk of", &right.chunk, &got.chunk, advice)?;
    let advice = "say the number as asked, raised to one chunk where it is smaller; all as 0";
    equal(Rule::Workers, "an effective window of", &right.window, &got.window, advice)
}

/// Holds a time that the pool took by its own clock against the time from the reply to the event, by ours: it can only
/// be shorter. One that contains a pause at a gate is longer.
pub(super) fn time(what: &str, ns: u64, elapsed: Duration) -> Result<(), Breach> {
    if u128::from(ns) <= elapsed.as_nanos() {
        return Ok(());
    }
    let expected = format!("{what} of at most {elapsed:?}, the time between the reply and the event");
    let got = format!("{what} of {:?}", Duration::from_nanos(ns));
    Err(Breach::new(Rule::Gates, expected, got).advise(
        "take times with a monotonic clock, in ns, from when the reply has come; a batch that was not run has none",
    ))
}

/// Holds `done` against the case; `elapsed` is the time from the reply to the event.
pub(super) fn done(about: &Description, case: &Case, got: &Done, elapsed: Duration) -> Result<(), Breach> {
    let advice = "run as many batches as --batches says, and list the time of each";
    equal(Rule::Events, "the number of batch times:", &case.batches, &(got.batch_ns.len() as u64), advice)?;
    let batches_ns = got.batch_ns.iter().fold(0, |sum: u64, ns| sum.saturating_add(*ns));
    time("a sum of batch times", batches_ns, elapsed)?;
    time("a sum of batch times and check_ns", batches_ns.saturating_add(got.check_ns), elapsed)?;
    let mishaps = &case.mishaps;
    let classes = if mishaps.failed > 0 { vec![(mishaps.class.clone(), mishaps.failed)] } else { Vec::new() };
    let advice = "count each job that fails once, under its class, in every batch";
    equal(Rule::Jobs, "failed jobs by class:", &listed(&classes), &listed(&got.errors), advice)?;
    let advice = "count every job that comes back, failed ones too, of one batch";
    equal(Rule::Jobs, "jobs back in each batch:", &case.jobs, &got.jobs, advice)?;
    let advice = "hold m(0) and a few r(i) against the page, then the sum against data/checksums.csv";
    equal(Rule::Jobs, "the checksum", case.checksum().as_str(), got.checksum.as_str(), advice)?;
    let advice = "see \"The exchange of http\" for what is tried again, and what counts as sent";
    equal(Rule::Jobs, "retries", &mishaps.retries, &got.retries, advice)?;
    equal(Rule::Jobs, "unsent", &mishaps.unsent, &got.unsent, advice)?;
    got.batch_ns.iter().try_for_each(|ns| long_enough(about, case, *ns))
}

/// So many jobs take more than 0 ns by any clock.
const NOT_NOTHING: u64 = 1000;

/// `workers` is the most jobs that run at once, so that a batch of sleeps has a shortest time; and a batch that was not run
/// has none.
fn long_enough(about: &Description, case: &Case, batch_ns: u64) -> Result<(), Breach> {
    let workers = case.ready(about).workers;
    let least = case.workload.shortest_batch_ns(case.jobs, workers).max(u64::from(case.jobs >= NOT_NOTHING));
    if batch_ns >= least {
        return Ok(());
    }
    let rounds = case.jobs.div_ceil(workers);
    let why = match case.workload {
        Workload::Sleep(_) => format!("{rounds} sleeps follow each other"),
        _ => format!("it has {} jobs", case.jobs),
    };
    let expected = format!("a batch of at least {:?}, since {why}", Duration::from_nanos(least));
    let got = format!("a batch of {:?}", Duration::from_nanos(batch_ns));
    Err(Breach::new(Rule::Workers, expected, got)
        .advise("run every batch, sleep in every job, and let no more of them run at once than --workers"))
}

fn listed(classes: &[(String, u64)]) -> String {
    let parts: Vec<String> = classes.iter().filter(|(_, n)| *n > 0).map(|(class, n)| format!("{n} {class}")).collect();
    if parts.is_empty() { "none".to_owned() } else { parts.join(", ") }
}
