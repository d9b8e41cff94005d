//! The attempts at one cell in one block: a trial each, a row each, until one is undisturbed.

use std::time::{Duration, Instant, SystemTime};

use anyhow::Result;

use super::warming::Tried;
use super::{Run, own_jobs};
use crate::observe::Cores;
use crate::plan::budget;
use crate::plan::cell::Cell;
use crate::process::{environment, tell};
use crate::record::trials::Mark;
use crate::record::{self, Place};
use crate::trial::status::Status;
use crate::trial::webserver::WebServer;
use crate::trial::{self, Ask, Trial};

/// Attempts beyond the first at a cell that others disturb, or in which poolbench itself stands still.
const MOST_RETRIES: u64 = 3;
/// Windows below this are never tried again, ns: foreign CPU in them is too coarse to tell.
const SHORTEST_RETRIED_NS: u64 = 20_000_000;

impl Run<'_> {
    /// Tries a cell until an attempt is undisturbed, 1 + 3 times at most; the quietest is the one to be accepted. Whether to try again is
    /// decided by what others did to the machine, never by the pool. Attempts in which poolbench itself stood still are none;
    /// if all are such, the cell is left to `resume`.
    pub(super) fn attempts(&mut self, index: usize, first: Place, padding: u64) -> Result<Tried> {
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
            let before = match self.pace {
                Some(_) => self.round_cores,
                None => self.cores.as_mut().and_then(Cores::read),
            };
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
            if let (Some(pace), Some(done), Some(Status::Ok)) = (&mut self.pace, &trial.done, trial.status) {
                pace.see(&done.batch_ns);
            }
            if quietest.as_ref().is_none_or(|(least, _)| foreign_ns < *least) {
                let batch_ns = trial.done.as_ref().map(|done| done.batch_ns.clone()).unwrap_or_default();
                quietest = Some((foreign_ns, Tried { status, mark: Some(mark), batch_ns, ..Tried::stopped() }));
            }
            let is_retry = attempt > first.attempt;
            self.retry_time += if is_retry { began.elapsed() } else { Duration::ZERO };
            if !self.deserves_retry(first.block, &trial) {
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
    fn deserves_retry(&self, block: u64, trial: &Trial) -> bool {
        if self.pace.is_some() && block == 0 {
            // A race never looks at it, and has no time to lose.
            return false;
        }
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
        let is_sound = self.plan.job(cell).is_some_and(|job| !job.right.is_empty());
        own_jobs::explain(&mut trial, cell, &self.pools.pools[cell.real_pool()].description, is_sound);
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
            batches_within: self.pace.as_ref().and_then(|pace| pace.limit(cell.batches)),
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
        self.notes.append(&self.plan, &cell.pool, place, trial)?;
        own_jobs::tell_of_words(&mut self.spoken, cell, trial);
        Ok(mark)
    }
}
