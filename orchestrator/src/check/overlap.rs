//! What `workers` means: never more jobs at once, and with several workers more than one.

use std::time::Duration;

use harness::protocol::Done;
use harness::{Chunk, Workload};

use super::batches::parse;
use super::book::Book;
use super::case::Case;
use super::drive::Drive;
use super::finding::{Rule, Stop, Verdict};
use super::gate::{Gate, Pace};
use super::judge::Breach;
use super::subject::Subject;

/// Attempts at a batch whose jobs are to overlap.
const ATTEMPTS: usize = 3;

/// Runs these checks.
pub(super) fn check(book: &mut Book) {
    if !book.subject.about.workloads.iter().any(|name| name == "sleep") {
        return;
    }
    // The shortest time that such a batch can take is part of every check of a batch of sleeps.
    book.check("6 sleeps on 2 workers: never more than 2 at once", |pool| {
        let case = one_by_one(pool, parse("sleep:20ms")?, 6);
        super::drive::through(pool, &case, Pace::default())
    });
    if !book.subject.about.is_serial() {
        book.check("8 sleeps on 8 workers overlap", overlapping);
    }
}

/// A case whose dispatches are as small as the pool allows.
pub(super) fn one_by_one(pool: &Subject, workload: Workload, jobs: u64) -> Case {
    let case = Case::new(&pool.about, workload, jobs);
    if Chunk::Jobs(1).accepted_by(&pool.about.chunk) { case.chunked(Chunk::Jobs(1)) } else { case }
}

/// Tried again where they followed each other: once may be the fault of a busy machine.
fn overlapping(pool: &Subject) -> Verdict {
    for _ in 1..ATTEMPTS {
        match overlaps(pool) {
            Err(Stop::Broken(finding)) if !finding.hung => {}
            verdict => return verdict,
        }
    }
    overlaps(pool)
}

fn overlaps(pool: &Subject) -> Verdict {
    let case = one_by_one(pool, parse("sleep:100ms")?, 8).on(8);
    let mut drive = Drive::start(pool, &case, Pace::default())?;
    drive.pass_to(Gate::Done)?;
    let batch_ns = drive.done.as_ref().and_then(Done::cold_ns).unwrap_or(0);
    // One after another they take 800 ms, less what inexact timers cut off; at once 100 ms.
    if batch_ns >= 640_000_000 {
        let got = format!("a batch of {:?}: they followed each other", Duration::from_nanos(batch_ns));
        return Err(drive.broken(Breach::new(Rule::Workers, "8 sleeps of 100ms that overlap on 8 workers", got)));
    }
    drive.go()?;
    drive.pass(Gate::Stopped)?;
    drive.go()?;
    drive.leave()
}
