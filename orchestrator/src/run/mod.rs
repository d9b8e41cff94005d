//! The run: block after block, trial after trial, a row each; begun anew or gone on with.

mod attempts;
mod beginning;
mod finish;
mod learnt;
mod own_jobs;
mod pace;
mod patience;
pub mod progress;
mod ready;
pub mod right;
mod rounds;
mod same;
mod until;
mod warming;

pub use beginning::{begin, reopen, resume, start, start_with};
pub use finish::Finish;
pub use pace::Pace;
pub use rounds::Went;

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use harness::human;

use crate::guard::Guard;
use crate::observe::{CoreState, Cores};
use crate::plan::Plan;
use crate::plan::spec::Spec;
use crate::pools::Found;
use crate::process::affinity::Cpus;
use crate::process::signals::Interrupt;
use crate::process::tell;
use crate::record::Place;
use crate::record::notes::Notes;
use crate::record::places::Places;
use crate::record::trials::{Progress, Trials};
use crate::trial::Right;
use crate::trial::status::Status;
use crate::trial::webserver::WebServer;
use patience::Patience;
use progress::Display;
use ready::checksums;
use same::Same;
use warming::Tried;

/// A run that is under way.
pub struct Run<'a> {
    plan: Plan,
    path: &'a Path,
    pools: &'a Found,
    same: Same,
    guard: &'a Guard,
    trials: Trials,
    notes: Notes,
    progress: Progress,
    patience: Patience,
    interrupt: Interrupt,
    /// Time of all trials, without those in which poolbench stood still.
    worked: Duration,
    retry_time: Duration,
    /// How long each cell took in the last block, without what was tried again.
    took: Vec<Duration>,
    server: Option<WebServer>,
    cpus: Option<Cpus>,
    /// Nothing where the state of the cores cannot be read.
    cores: Option<Cores>,
    checksums: HashMap<(Spec, u64), Right>,
    /// Those of the user's own jobs that have said something on stderr, which is told once.
    spoken: HashSet<String>,
    /// In a race: how long the batches of a trial may take.
    pace: Option<Pace>,
    /// In a race: the state of the cores as its round began.
    round_cores: Option<CoreState>,
}

/// Which cells of a block are run, and until when.
#[derive(Clone, Copy, Debug)]
struct Part<'a> {
    /// Those that are; nothing for all.
    members: Option<&'a [usize]>,
    /// After this no trial begins.
    until: Option<Instant>,
}

impl<'a> Run<'a> {
    fn new(
        plan: Plan,
        path: &'a Path,
        pools: &'a Found,
        guard: &'a Guard,
        trials: Trials,
        progress: Progress,
        again: bool,
    ) -> Result<Self> {
        let cpus: Option<Cpus> = plan.cpus.parse().ok();
        cpus.as_ref().map_or(Ok(()), Cpus::check)?;
        Ok(Self {
            interrupt: Interrupt::install()?,
            notes: Notes::open(path, Places::known(Some(path), &pools.pools, plan.own().into_values()))?,
            checksums: checksums(&plan),
            spoken: HashSet::new(),
            patience: Patience::new(plan.cells.len(), &progress, again),
            same: Same::as_now(&plan, path, pools)?,
            cores: None,
            cpus,
            worked: Duration::ZERO,
            retry_time: Duration::ZERO,
            took: vec![Duration::ZERO; plan.cells.len()],
            server: None,
            pace: None,
            round_cores: None,
            plan,
            path,
            pools,
            guard,
            trials,
            progress,
        })
    }

    fn go(mut self) -> Result<Finish> {
        self.guard.sweep_after_describing();
        let mut display = Display::new(&self.plan, self.left());
        let is_new = self.progress.done() == 0;
        let mut block = 0;
        while block <= self.plan.blocks {
            if self.block(block, Part { members: None, until: None }, &mut display)? != Went::Whole {
                self.trials.sync()?;
                let (_, _) = display.finish();
                return Ok(Finish::Interrupted);
            }
            self.trials.sync_if_due()?;
            if block == 0 && is_new {
                learnt::learn(&mut self.plan, self.path, &self.took, &mut display)?;
            }
            display.block(block, self.plan.blocks);
            until::look(&mut self.plan, self.path, block, self.progress.last_block())?;
            block = self.plan.block_after(block);
        }
        self.trials.sync()?;
        let (took, not_ok) = display.finish();
        tell(format_args!("done in {}", human::seconds(took)));
        Ok(Finish::of(not_ok, self.patience.untried()))
    }

    /// Trials to be done for each cell.
    fn left(&self) -> Vec<u64> {
        let is_open = |cell, block| !self.progress.is_done(cell, block) && !self.patience.is_over(cell);
        let open = |cell| {
            (0..=self.plan.blocks).filter(|block| self.plan.has_block(*block) && is_open(cell, *block)).count() as u64
        };
        (0..self.plan.cells.len()).map(open).collect()
    }

    /// Runs what is missing of a part of a block.
    fn block(&mut self, block: u64, part: Part, display: &mut Display) -> Result<Went> {
        let padding = self.plan.padding(block);
        let is_member = |index: &usize| part.members.is_none_or(|members| members.contains(index));
        for (position, index) in (1..).zip(self.plan.order(block).into_iter().filter(is_member)) {
            if self.progress.is_done(index, block) || self.patience.refuses(index) {
                continue;
            }
            if self.interrupt.raised() {
                return Ok(Went::Stopped);
            }
            if part.until.is_some_and(|until| Instant::now() >= until) {
                return Ok(Went::OutOfTime);
            }
            let before = self.worked;
            let first = Place { block, position, attempt: self.progress.next_attempt(index, block) };
            let mut tried = self.attempts(index, first, padding)?;
            if block == 0 && !self.plan.cells[index].is_twin() {
                tried = self.warmed(index, first, padding, tried)?;
            }
            match tried.status {
                Status::Interrupted if self.interrupt.raised() => return Ok(Went::Stopped),
                status => {
                    tried.mark.map_or(Ok(()), |mark| self.trials.accept(mark))?;
                    let took = self.worked.saturating_sub(before);
                    self.took[index] = tried.took;
                    display.trial(index, took, status == Status::Ok);
                    if status == Status::Timeout && self.patience.timed_out(index, &self.plan) {
                        display.give_up(index);
                    }
                }
            }
        }
        Ok(Went::Whole)
    }

    /// Goes on from a cell's trial in block 0 where its batches still get faster; the plan keeps how many are enough.
    fn warmed(&mut self, index: usize, first: Place, padding: u64, tried: Tried) -> Result<Tried> {
        let (asked, longest) = (self.plan.cells[index].batches, warming::longest(&self.plan));
        let grown = warming::grow(asked, longest, tried, |batches, attempt| {
            self.plan.cells[index].batches = batches;
            self.attempts(index, Place { attempt, ..first }, padding)
        })?;
        warming::keep(&mut self.plan, self.path, index, asked, &grown)?;
        Ok(grown.tried)
    }
}
