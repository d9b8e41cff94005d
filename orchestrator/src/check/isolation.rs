//! `isolation`, for pools that say they have it: the caller lives on when a job takes its worker with it, and names the job.

use super::batches::parse;
use super::book::Book;
use super::drive::Drive;
use super::finding::Verdict;
use super::gate::{Gate, Pace};
use super::overlap::one_by_one;
use super::subject::Subject;

/// The word in `abilities`.
const ABILITY: &str = "isolation";
/// The class under which a pool that goes on counts such a job.
const CLASS: &str = "abort";
/// Jobs, of which the last one aborts: the others are back by then, or come back while the pool looks after its workers.
const JOBS: u64 = 12;

/// Runs this check. A pool without it loses the caller too, which is no fault.
pub(super) fn check(book: &mut Book) {
    if book.subject.about.abilities.iter().any(|ability| ability == ABILITY) {
        book.check(format!("{ABILITY}: job {} aborts, the caller lives on and names it", JOBS - 1), outlives);
    }
}

fn outlives(pool: &Subject) -> Verdict {
    let case = one_by_one(pool, parse(&format!("abort:{JOBS}"))?, JOBS);
    let mut drive = Drive::start(pool, &case, Pace::default())?;
    drive.pass_to(Gate::Started)?;
    drive.go()?;
    drive.outlive(&format!("job {}", JOBS - 1), CLASS)
}
