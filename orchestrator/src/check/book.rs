//! The report while it grows: runs each check, writes its line, and loses patience with a pool that keeps hanging.

use super::finding::{Check, Finding, Outcome, Stop, Verdict};
use super::subject::Subject;
use crate::guard::sweep::sweep;
use crate::process::signals::Interrupt;
use crate::process::standstill::Stretch;

/// After so many waits that ran into the deadline the remaining checks would only repeat it.
const ENOUGH_HANGS: usize = 3;

/// After so many checks that found the same once more, and none that was kept, neither.
const ENOUGH_REPEATS: usize = 2;

/// Attempts at a check.
const MOST_RUNS: usize = 4;

/// The checks of one pool.
pub(super) struct Book<'a> {
    /// The pool.
    pub(super) subject: Subject<'a>,
    checks: Vec<Check>,
    hangs: usize,
    repeats: usize,
    /// Whether a batch has been run as it should.
    works: bool,
    /// Why nothing more is tried.
    over: Option<String>,
    untried: usize,
    interrupted: bool,
    say: &'a mut dyn FnMut(&Check),
}

impl<'a> Book<'a> {
    /// An empty book that shows each check to `say`.
    pub(super) fn new(subject: Subject<'a>, say: &'a mut dyn FnMut(&Check)) -> Self {
        Self {
            subject,
            checks: Vec::new(),
            hangs: 0,
            repeats: 0,
            works: false,
            over: None,
            untried: 0,
            interrupted: false,
            say,
        }
    }

    /// Runs one check; whatever comes of it, the next one runs too, unless there is nothing to be learnt from it: the pool
    /// hangs again and again, or no batch ever comes to its first event.
    pub(super) fn check(&mut self, what: impl Into<String>, mut run: impl FnMut(&Subject) -> Verdict) {
        if self.interrupted {
            return;
        }
        if self.over.is_some() {
            self.untried += 1;
            return;
        }
        let verdict = unbroken(|| run(&self.subject));
        sweep(self.subject.spare.as_slice());
        match verdict {
            Ok(()) => {
                self.works = true;
                self.note(what, Outcome::Kept);
            }
            Err(Stop::Broken(finding)) => {
                self.hangs += usize::from(finding.hung);
                let known = self.known(&finding);
                self.repeats += usize::from(known.is_some());
                if !self.works && (finding.at_once || self.repeats >= ENOUGH_REPEATS) {
                    self.over = Some("not tried: nothing can be learnt from them before that is mended".to_owned());
                } else if self.hangs >= ENOUGH_HANGS {
                    self.over = Some(format!("not tried, since it has hung {ENOUGH_HANGS} times"));
                }
                self.note(what, known.unwrap_or(Outcome::Broken(*finding)));
            }
            Err(Stop::Skipped(why)) => self.note(what, Outcome::Skipped(why)),
            Err(Stop::Interrupted) => self.interrupted = true,
        }
    }

    /// Whether nothing more is tried.
    pub(super) fn is_over(&self) -> bool {
        self.over.is_some()
    }

    /// Begins with the checks that run batches: whatever was kept before says nothing of them.
    pub(super) fn begin_batches(&mut self) {
        self.works = false;
    }

    /// Writes a line.
    pub(super) fn note(&mut self, what: impl Into<String>, outcome: Outcome) {
        let check = Check { what: what.into(), outcome };
        (self.say)(&check);
        self.checks.push(check);
    }

    /// The earlier check that has found the same, so that it is not told at length again.
    fn known(&self, finding: &Finding) -> Option<Outcome> {
        let same = |check: &&Check| matches!(&check.outcome, Outcome::Broken(known) if known.says(finding));
        self.checks.iter().find(same).map(|check| Outcome::Again(check.what.clone()))
    }

    /// The finished report.
    pub(super) fn close(mut self) -> Report {
        if let Some(why) = self.over.take().filter(|_| self.untried > 0) {
            self.note(format!("all {} other checks", self.untried), Outcome::Skipped(why));
        }
        // The line that says so is one of them.
        let untried = self.untried.saturating_sub(1);
        Report { pool: self.subject.about.name, checks: self.checks, untried, interrupted: self.interrupted }
    }
}

/// Runs a check again where poolbench itself was stopped or suspended meanwhile: then the times say nothing of the pool.
fn unbroken(mut run: impl FnMut() -> Verdict) -> Verdict {
    for _ in 0..MOST_RUNS {
        let stretch = Stretch::begin();
        let verdict = run();
        if !(stretch.was_broken() && matches!(verdict, Err(Stop::Broken(_)))) {
            return verdict;
        }
    }
    Err(Stop::Skipped(format!("poolbench itself was stopped or suspended in each of {MOST_RUNS} attempts")))
}

/// What the contract came to for one pool.
#[derive(Debug)]
pub struct Report {
    /// The pool's name; empty if it could not say it.
    pub pool: String,
    /// Every check in order.
    pub checks: Vec<Check>,
    /// Checks beyond these that were not tried.
    pub untried: usize,
    /// Whether the user stopped it early.
    pub interrupted: bool,
}

impl Report {
    /// The report on a pool that does not describe itself, so that nothing else can be tried.
    pub(super) fn of_one(check: Check, interrupt: Option<&Interrupt>, say: &mut dyn FnMut(&Check)) -> Self {
        let interrupted = interrupt.is_some_and(Interrupt::raised);
        if interrupted {
            return Self { pool: String::new(), checks: Vec::new(), untried: 0, interrupted };
        }
        say(&check);
        Self { pool: String::new(), checks: vec![check], untried: 0, interrupted }
    }

    /// Checks that found something.
    pub fn broken(&self) -> usize {
        self.checks.iter().filter(|check| matches!(check.outcome, Outcome::Broken(_) | Outcome::Again(_))).count()
    }

    /// Checks that were not tried.
    pub fn skipped(&self) -> usize {
        self.untried + self.checks.iter().filter(|check| matches!(check.outcome, Outcome::Skipped(_))).count()
    }

    /// One line at the end.
    pub fn verdict(&self) -> String {
        let name = if self.pool.is_empty() { "the pool" } else { &self.pool };
        let skipped = match self.skipped() {
            0 => String::new(),
            count => format!(", {count} not tried"),
        };
        match (self.interrupted, self.broken()) {
            (true, broken) => format!("{name}: stopped by the user after {} checks, {broken} wrong", self.checks.len()),
            (false, 0) => format!("{name} keeps the contract: {} checks{skipped}", self.checks.len()),
            (false, broken) => {
                format!("{name}: {broken} of {} checks wrong{skipped}", self.checks.len() + self.untried)
            }
        }
    }
}
