//! The passes over the jobs: alone twice, in a second process, and four at once.

use std::ffi::OsString;
use std::time::{Duration, Instant};

use crate::pools::runner::{Each, Runner, Silent, State};
use crate::process::environment;
use crate::process::signals::Interrupt;

/// Threads that run all jobs at once.
pub(super) const AT_ONCE: u64 = 4;
/// How many further times all jobs are run to see what stays behind.
pub(super) const FURTHER: u64 = 3;
/// What a pass should take, and the jobs that it has.
const PASS: Duration = Duration::from_secs(1);
const FEWEST: u64 = 8;
const MOST: u64 = 1000;

/// What is to be run, and how patiently.
#[derive(Debug)]
pub struct Passes<'a> {
    /// The command of a process with the user's file.
    pub command: Vec<OsString>,
    /// Environment variables that it keeps.
    pub keep: Vec<String>,
    /// How long a pass may take.
    pub patience: Duration,
    /// Jobs of a pass; as many as a second takes if unsaid.
    pub jobs: Option<u64>,
    /// Whether the user wants to stop.
    pub interrupt: &'a Interrupt,
}

/// What came of the passes; those that were not reached are not there.
#[derive(Debug, Default)]
pub struct Told {
    /// Jobs of a pass.
    pub jobs: u64,
    /// The process when it had opened the file.
    pub open: State,
    /// How long that took.
    pub opened_in: Duration,
    /// All jobs, one after another.
    pub alone: Option<Each>,
    /// The same again.
    pub again: Option<Each>,
    /// The same in a second process.
    pub elsewhere: Option<Each>,
    /// All jobs on four threads at once.
    pub together: Option<Each>,
    /// Resident memory after the second pass and after the last further one, bytes.
    pub stays: Option<(u64, u64)>,
    /// What was printed.
    pub printed: String,
    /// What was being done when it went wrong, and what went wrong.
    pub ended: Option<(&'static str, String)>,
}

impl Told {
    /// The median time of a job, ns; 0 where none was run.
    pub fn median_ns(&self) -> u64 {
        self.quantile(1, 2)
    }

    /// The time below which so many of all jobs stay, ns: the second pass, in which nothing is done for the first time.
    pub(super) fn quantile(&self, part: usize, of: usize) -> u64 {
        let mut ns = self.again.as_ref().or(self.alone.as_ref()).map(|each| each.ns.clone()).unwrap_or_default();
        ns.sort_unstable();
        ns.get(ns.len().saturating_sub(1) * part / of).copied().unwrap_or(0)
    }

    /// How many jobs take 20 ms and more, below which a batch is short; to one digit.
    pub(super) fn jobs_of_20_ms(&self) -> u64 {
        let jobs = (40_000_000 / self.median_ns().max(1)).clamp(10, 1_000_000);
        let digit = 10_u64.pow(jobs.ilog10());
        jobs.div_ceil(digit) * digit
    }
}

impl Passes<'_> {
    /// Runs them; nothing if the user wants to stop.
    pub fn run(&self) -> Option<Told> {
        let mut told = Told::default();
        let mut doing = "opening it";
        match self.all(&mut told, &mut doing) {
            Ok(()) => {}
            Err(Silent::Interrupted) => return None,
            Err(Silent::TooLong) => told.ended = Some((doing, format!("more than {:?}", self.patience))),
            Err(Silent::Gone(why)) => told.ended = Some((doing, why)),
        }
        Some(told)
    }

    fn all(&self, told: &mut Told, doing: &mut &'static str) -> Result<(), Silent> {
        let begun = Instant::now();
        let (mut one, open) = self.start()?;
        (told.open, told.opened_in) = (open, begun.elapsed());
        *doing = "running its jobs one after another";
        let first = one.each(0, 1, 1, self.deadline())?;
        let first_ns = first.ns.first().copied().unwrap_or(0).max(1);
        let fits = u64::try_from(PASS.as_nanos()).unwrap_or(u64::MAX) / first_ns;
        told.jobs = self.jobs.unwrap_or(fits.clamp(FEWEST, MOST));
        let jobs = told.jobs;
        told.alone = Some(one.each(0, jobs, 1, self.deadline())?);
        *doing = "running them again";
        let again = one.each(0, jobs, 1, self.deadline())?;
        let before = again.state.rss_bytes;
        told.again = Some(again);
        *doing = "running them in a second process";
        let (mut other, _) = self.start()?;
        told.elsewhere = Some(other.each(0, jobs, 1, self.deadline())?);
        *doing = "closing it in a second process";
        told.printed += &other.end(self.deadline())?;
        *doing = "running them several more times";
        let mut after = before;
        for _ in 0..FURTHER {
            after = one.sum(0, jobs, 1, self.deadline())?.state.rss_bytes;
        }
        told.stays = Some((before, after));
        *doing = "running four at once";
        told.together = Some(one.each(0, jobs, AT_ONCE, self.deadline())?);
        *doing = "closing it";
        told.printed += &one.end(self.deadline())?;
        Ok(())
    }

    fn start(&self) -> Result<(Runner<'_>, State), Silent> {
        let env = environment::of_block(&self.keep, 0);
        Runner::start(&self.command, env, None, self.deadline(), Some(self.interrupt))
    }

    fn deadline(&self) -> Instant {
        Instant::now() + self.patience
    }
}
