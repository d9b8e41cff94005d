//! The gates under hostile timing: slow replies, replies in bytes or all at once, wrong ones, and none at all.

use std::time::Duration;

use harness::protocol::REPLY;

use super::book::Book;
use super::case::Case;
use super::drive::{Drive, through};
use super::finding::{Stop, Verdict};
use super::gate::{Gate, Pace};
use super::subject::Subject;

/// How long slow replies are held back: longer than any step of a pool that does nothing.
const SLOW: Duration = Duration::from_millis(300);
/// Between the bytes of a reply.
const BETWEEN_BYTES: Duration = Duration::from_millis(10);
/// What is not `go` and a line feed; tried at the first gate.
const NOT_GO: [&str; 6] = ["stop\n", "\n", "GO\n", " go\n", "go \n", "go\r\n"];

/// Runs these checks.
pub(super) fn check(book: &mut Book) {
    book.check("slow replies: it waits, and no time contains the wait", |pool| {
        through(pool, &case(pool)?, Pace { pause: SLOW, split: false })
    });
    book.check("replies that come byte by byte", |pool| {
        through(pool, &case(pool)?, Pace { pause: BETWEEN_BYTES, split: true })
    });
    book.check("all replies at once, before they are asked for", early);
    for wrong in NOT_GO {
        book.check(format!("'{}' is not taken for go", wrong.escape_debug()), |pool| {
            wrong_reply(pool, Gate::Ready, wrong)
        });
    }
    for (gate, word) in Gate::ALL {
        if gate != Gate::Ready {
            book.check(format!("'stop' at '{word}' is not taken for go"), |pool| wrong_reply(pool, gate, "stop\n"));
        }
        book.check(format!("end of file at '{word}'"), |pool| end_of_file(pool, gate));
    }
    book.check("end of file in the middle of a reply", |pool| {
        let case = case(pool)?;
        let mut drive = Drive::start(pool, &case, Pace::default())?;
        drive.pass(Gate::Ready)?;
        drive.send(REPLY.trim_end().as_bytes());
        drive.close();
        drive.leave_with_error()
    });
    book.check("end of file while the batch runs: it ends at the next gate", |pool| {
        let case = case(pool)?;
        let mut drive = Drive::start(pool, &case, Pace::default())?;
        drive.pass_to(Gate::Started)?;
        drive.go()?;
        drive.close();
        drive.pass(Gate::Done)?;
        drive.leave_at_end_of_file()
    });
}

fn case(pool: &Subject) -> Result<Case, Stop> {
    Ok(Case::new(&pool.about, pool.plain()?, 100))
}

fn early(pool: &Subject) -> Verdict {
    let case = case(pool)?;
    let mut drive = Drive::start(pool, &case, Pace::default())?;
    drive.go_ahead();
    for (gate, _) in Gate::ALL {
        drive.pass(gate)?;
    }
    drive.leave()
}

fn wrong_reply(pool: &Subject, gate: Gate, wrong: &str) -> Verdict {
    let case = case(pool)?;
    let mut drive = Drive::start(pool, &case, Pace::default())?;
    drive.pass_to(gate)?;
    drive.send(wrong.as_bytes());
    drive.leave_with_error()
}

fn end_of_file(pool: &Subject, gate: Gate) -> Verdict {
    let case = case(pool)?;
    let mut drive = Drive::start(pool, &case, Pace::default())?;
    drive.pass_to(gate)?;
    drive.close();
    drive.leave_at_end_of_file()
}
