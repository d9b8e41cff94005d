//! The contract of a pool, docs/PROTOCOL.md, driven from outside: every check is a process or a few, started afresh. And whether
//! jobs of the user's own are fit for pools.

mod batches;
mod book;
mod case;
pub mod cli;
mod describing;
mod drive;
mod finding;
mod gate;
mod isolation;
pub mod job;
mod judge;
mod overlap;
mod own;
mod presence;
mod random;
mod refusals;
mod replies;
mod report;
mod silence;
mod subject;
mod traces;
mod web;

use std::ffi::OsString;
use std::time::Duration;

use anyhow::Result;

use book::Book;
pub use book::Report;
pub use finding::{Check, Finding, Outcome, Rule, shell};
use subject::Subject;

use crate::guard::sweep::{adopt_orphans, sweep};
use crate::process::signals::Interrupt;
use crate::process::standstill::Stretch;

/// What to check, and how patiently.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The pool's command, before its arguments.
    pub command: Vec<OsString>,
    /// How long it may stay silent where it should speak.
    pub patience: Duration,
    /// Instead of the contract, so many random batches drawn from a seed.
    pub random: Option<(u64, u64)>,
}

/// Runs the checks of `plan` and shows each one to `say` as it is done; an error if the pool cannot be started at all.
///
/// This process becomes the subreaper of the pool's processes, and kills what a check leaves behind.
pub fn check_pool(plan: &Plan, interrupt: Option<&Interrupt>, say: &mut dyn FnMut(&Check)) -> Result<Report> {
    adopt_orphans();
    let what = "--describe says what the pool is";
    let mut stretch = Stretch::begin();
    let mut said = describing::ask(&plan.command, plan.patience, interrupt)?;
    while said.is_err() && stretch.was_broken() && !interrupt.is_some_and(Interrupt::raised) {
        stretch = Stretch::begin();
        said = describing::ask(&plan.command, plan.patience, interrupt)?;
    }
    let about = match said {
        Ok(about) => about,
        Err(finding) => {
            sweep(&[]);
            return Ok(Report::of_one(
                Check { what: what.to_owned(), outcome: Outcome::Broken(finding) },
                interrupt,
                say,
            ));
        }
    };
    let subject = Subject { command: &plan.command, about, patience: plan.patience, interrupt, spare: None };
    let mut book = Book::new(subject, say);
    book.check(what, describing::check);
    book.begin_batches();
    match plan.random {
        Some((count, seed)) => draw(&mut book, count, seed),
        None => contract(&mut book),
    }
    Ok(book.close())
}

fn contract(book: &mut Book) {
    batches::check(book);
    presence::check(book);
    overlap::check(book);
    replies::check(book);
    refusals::check(book);
    own::check(book);
    web::check(book);
    isolation::check(book);
}

fn draw(book: &mut Book, count: u64, seed: u64) {
    // The first case that is wrong ends them: its command line is what is needed.
    book.check(format!("{count} random batches, seed {seed:x}"), |pool| {
        (0..count).try_for_each(|number| random::run(pool, seed, number))
    });
}
