//! The run: block after block, trial after trial, a row each; begun anew or gone on with.

mod beginning;
mod finish;
mod learnt;
mod own_jobs;
mod patience;
pub mod progress;
mod ready;
pub mod right;
mod same;
mod until;
mod warming;

pub use beginning::{resume, start, start_with};
pub use finish::Finish;

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use anyhow::Result;
use harness::human;

use crate::guard::Guard;
use crate::observe::Cores;
use crate::plan::cell::Cell;
use crate::plan::spec::Spec;
use crate::plan::{Plan, budget};
use crate::pools::Found;
use crate::process::affinity::Cpus;
use crate::process::environment;
use crate::process::signals::Interrupt;
use crate::process::tell;
use crate::record::notes::Notes;
use crate::record::places::Places;
use crate::record::trials::{Mark, Progress, Trials};
use crate::record::{self, Place};
use crate::trial::status::Status;
use crate::trial::webserver::WebServer;
use crate::trial::{self, Ask, Right, Trial};
use patience::Patience;
use progress::Display;
use ready::checksums;
use same::Same;
use warming::Tried;

/// Attempts beyond the first at a cell that others disturb, or in which poolbench itself stands still.
const MOST_RETRIES: u64 = 3;
/// Windows below this are never tried again, ns: foreign CPU in them is too coarse to tell.
const SHORTEST_RETRIED_NS: u64 = 20_000_000;

struct Run<'a> {
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
            if !self.block(block, &mut display)? {
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
            block += 1;
        }
        self.trials.sync()?;
        let (took, not_ok) = display.finish();
        tell(format_args!("done in {}", human::seconds(took)));
        Ok(Finish::of(not_ok, self.patience.untried()))
    }

    /// Trials to be done for each cell.
    fn left(&self) -> Vec<u64> {
        let is_open = |cell, block| !self.progress.is_done(cell, block) && !self.patience.is_over(cell);
        let open = |cell| (0..=self.plan.blocks).filter(|block| is_open(cell, *block)).count() as u64;
        (0..self.plan.cells.len()).map(open).collect()
    }

    /// Runs what is missing of a block; false if the user wants to stop.
    fn block(&mut self, block: u64, display: &mut Display) -> Result<bool> {
        let padding = self.plan.padding(block);
        for (position, index) in (1..).zip(self.plan.order(block)) {
            if self.progress.is_done(index, block) || self.patience.refuses(index) {
                continue;
            }
            if self.interrupt.raised() {
                return Ok(false);
            }
            let before = self.worked;
            let first = Place { block, position, attempt: self.progress.next_attempt(index, block) };
            let mut tried = self.attempts(index, first, padding)?;
            if block == 0 && !self.plan.cells[index].is_twin() {
                tried = self.warmed(index, first, padding, tried)?;
            }
            match tried.status {
                Status::Interrupted if self.interrupt.raised() => return Ok(false),
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
        Ok(true)
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

    /// Tries a cell until an attempt is undisturbed, 1 + 3 times at most; the quietest is the one to be accepted. Whether to try again is
    /// decided by what others did to the machine, never by the pool. Attempts in which poolbench itself stood still are none;
    /// if all are such, the cell is left to `resume`.
    fn attempts(&mut self, index: usize, first: Place, padding: u64) -> Result<Tried> {
        let cell = self.plan.cells[index].clone();
        let mut quietest: Option<(u64, Tried)> = None;
        let (worked, tried_again, mut attempts) = (self.worked, self.retry_time, 0);
        for attempt in first.attempt..=first.attempt + MOST_RETRIES {
            attempts = attempt;
            let began = Instant::now();
            let started_at = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
            self.guard.keep_watched()?;
            self.same.check(&cell)?;
            // Read before the trial and decides nothing: waiting for fast cores did not narrow the spread.
            let before = self.cores.as_mut().and_then(Cores::read);
            let trial = Trial { cores: before, ..self.trial(&cell, padding) };
            let status = trial.status.unwrap_or(Status::Interrupted);
            let mark = self.record(&cell, Place { attempt, ..first }, &trial, started_at)?;
            if trial.stood_still && !self.interrupt.raised() {
                continue;
            }
            self.worked += began.elapsed();
            if status == Status::Interrupted {
                return Ok(Tried::stopped());
            }
            let foreign_ns = trial.disturbance.and_then(|load| load.foreign_ns).unwrap_or(u64::MAX);
            if quietest.as_ref().is_none_or(|(least, _)| foreign_ns < *least) {
                let batch_ns = trial.done.as_ref().map(|done| done.batch_ns.clone()).unwrap_or_default();
                quietest = Some((foreign_ns, Tried { status, mark: Some(mark), batch_ns, ..Tried::stopped() }));
            }
            let is_retry = attempt > first.attempt;
            self.retry_time += if is_retry { began.elapsed() } else { Duration::ZERO };
            if !self.deserves_retry(&trial) {
                break;
            }
        }
        let Some((_, quietest)) = quietest else {
            tell(format_args!(
                "poolbench: stopped and continued in each of {} attempts at {}: no row for it in block {}, `poolbench resume` tries \
                 it again",
                MOST_RETRIES + 1,
                cell.pool,
                first.block
            ));
            return Ok(Tried::stopped());
        };
        let tried_again = self.retry_time.saturating_sub(tried_again);
        Ok(Tried { attempts, took: self.worked.saturating_sub(worked).saturating_sub(tried_again), ..quietest })
    }

    /// Whether a trial was disturbed, is long enough for that to be known, and the time set aside is not used up.
    fn deserves_retry(&self, trial: &Trial) -> bool {
        let long = trial.watched_ns.is_some_and(|ns| ns >= SHORTEST_RETRIED_NS);
        let noisy = record::is_noisy(&self.plan, trial) == Some(true);
        long && noisy
            && trial.status == Some(Status::Ok)
            && self.retry_time < budget::for_retries(&self.plan, self.worked)
    }

    fn trial(&mut self, cell: &Cell, padding: u64) -> Trial {
        match self.prepare_server(cell) {
            Ok(()) => {}
            Err(why) => {
                self.server = None;
                return Trial { status: Some(Status::Failed), message: format!("{why:#}"), ..Trial::default() };
            }
        }
        let mut server = self.server.take();
        let uses_it = cell.workload.workload().needs_server();
        let ask = self.ask(cell, server.as_ref(), padding);
        let mut trial = trial::run(&ask, server.as_mut().filter(|_| uses_it), &self.interrupt);
        own_jobs::explain(&mut trial, cell, &self.pools.pools[cell.real_pool()].description);
        // A server that was lost in the trial, or hangs, is replaced before the next one that needs it.
        self.server = server.take_if(|server| trial.status == Some(Status::Ok) || server.seen().is_ok());
        trial
    }

    fn prepare_server(&mut self, cell: &Cell) -> Result<()> {
        let Some(delay) = cell.workload.delay() else { return Ok(()) };
        if self.server.is_none() {
            self.server = Some(WebServer::start(self.plan.server_cpus.parse().ok().as_ref())?);
        }
        self.server.as_mut().map_or(Ok(()), |server| server.set_delay(delay))
    }

    fn ask(&self, cell: &Cell, server: Option<&WebServer>, padding: u64) -> Ask<'_> {
        let pool = &self.pools.pools[cell.real_pool()];
        let arguments = cell.arguments(server.map(WebServer::url), self.plan.spin_rate);
        let command = pool.build.command.iter().cloned().chain(arguments.into_iter().map(Into::into)).collect();
        Ask {
            command,
            env: environment::of_block(&self.plan.keep_env, padding),
            cpus: self.cpus.as_ref(),
            timeout: self.plan.timeout(),
            pool: &pool.description.name,
            guard: self.guard,
            server: server.map(WebServer::pid),
            jobs: cell.jobs,
            batches: cell.batches,
            shortest_ns: cell.shortest_batch_ns(),
            right: self.checksums[&(cell.workload.clone(), cell.jobs)].clone(),
        }
    }

    fn record(&mut self, cell: &Cell, place: Place, trial: &Trial, started_at: String) -> Result<Mark> {
        let about = &self.pools.pools[cell.real_pool()].description;
        let mark = self.trials.append(&record::row(&self.plan, cell, about, place, trial, started_at))?;
        self.notes.append(&self.plan.run, &cell.pool, place, trial)?;
        own_jobs::tell_of_words(&mut self.spoken, cell, trial);
        Ok(mark)
    }
}
