//! The right results of jobs of the user's own: before the first trial processes of poolbench's own run them all, twice. A
//! checksum is a sum over jobs, so that those of smaller sizes fall out on the way.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use harness::human;
use harness::own::Own;

use crate::guard::Guard;
use crate::guard::sweep::sweep;
use crate::plan::Plan;
use crate::plan::own::Job;
use crate::pools::Found;
use crate::pools::runner::{self, Runner, Silent, Sum};
use crate::process::affinity::Cpus;
use crate::process::environment;
use crate::process::signals::Interrupt;
use crate::process::tell;

/// How many pieces each process gets: enough that all end at about the same time.
const PIECES: u64 = 16;
/// How long a process may take to close what its jobs share.
const CLOSING: Duration = Duration::from_secs(5);
/// How many jobs that wait are run at once.
const WAITING: u64 = 64;

/// Finds those that the plan does not have yet. Jobs whose results differ are an error, unless the user goes on without a
/// check; jobs that cannot be run at all are left to the trials, of which one block then is enough. False if the user wants to
/// stop.
pub fn find(plan: &mut Plan, found: &Found, guard: &Guard) -> Result<bool> {
    let open = |job: &Job| !job.unchecked && job.right.is_empty() && job.without.is_empty();
    let names: Vec<String> = plan.jobs.iter().filter(|(_, job)| open(job)).map(|(name, _)| name.clone()).collect();
    if names.is_empty() {
        return Ok(true);
    }
    let interrupt = Interrupt::install()?;
    for name in names {
        let begun = Instant::now();
        let twice = {
            let own = plan.own()[&name];
            let pass = Pass::of(plan, &name, own, found, &interrupt)?;
            let twice = pass.run().and_then(|first| Ok((first, pass.run()?)));
            sweep(&[guard.watcher()]);
            twice
        };
        let took = begun.elapsed();
        let mut found = match twice {
            Ok((first, second)) => same_twice(&name, &first, &second)?,
            Err(Silent::Interrupted) => return Ok(false),
            Err(Silent::TooLong) => without(&name, plan, &format!("its jobs took more than {:?}", plan.timeout())),
            Err(Silent::Gone(why)) => without(&name, plan, &why),
        };
        found.took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        if let Some(largest) = plan.sizes(&name).last().filter(|_| !found.right.is_empty()) {
            let took = human::time(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX));
            tell(format_args!(
                "{name}: {largest} jobs were run twice before the first trial, in {took}: their results are the same; a job takes about \
                 {}",
                human::time(found.job_ns)
            ));
        }
        if let Some(job) = plan.jobs.get_mut(&name) {
            let Job { right, without, took_ms, job_ns, .. } = found;
            (job.right, job.without, job.took_ms, job.job_ns) = (right, without, took_ms, job_ns);
        }
    }
    if plan.jobs.values().any(|job| !job.without.is_empty()) {
        plan.blocks = 1;
    }
    Ok(true)
}

/// What came of all jobs once.
struct Sums {
    /// The checksum of each size, and how many jobs failed.
    by_size: BTreeMap<u64, (u64, u64)>,
    /// The mean time of one, ns.
    job_ns: u64,
    /// The most threads that they have started in a process.
    threads: u64,
}

fn same_twice(name: &str, first: &Sums, second: &Sums) -> Result<Job> {
    let text = harness::checksum::text;
    let (first, second, job_ns, threads) = (&first.by_size, &second.by_size, first.job_ns, first.threads);
    if let Some((jobs, (one, other))) =
        first.iter().find_map(|(jobs, one)| Some((jobs, (one, second.get(jobs)?))).filter(|(_, (a, b))| a != b))
    {
        bail!(
            "{name} gives other results each time: {jobs} jobs came to the checksum {}, and then to {}; so nobody knows which results \
             of a pool are right. `poolbench check-job` with its path says which jobs differ; --unchecked goes on without that check",
            text(one.0),
            text(other.0)
        );
    }
    let failed = first.values().last().map_or(0, |(_, failed)| *failed);
    if failed > 0 {
        tell(format_args!("{name}: {failed} of its jobs fail; `poolbench check-job` with its path says which"));
    }
    if threads > 0 {
        tell(format_args!(
            "{name}: its jobs have started {threads} threads of their own in a process; they run beside the pool's, and are counted in \
             its memory and CPU time"
        ));
    }
    let right = first.iter().map(|(jobs, (checksum, _))| (jobs.to_string(), text(*checksum))).collect();
    Ok(Job { job_ns, right, ..Job::default() })
}

fn without(name: &str, plan: &Plan, why: &str) -> Job {
    let blocks = if plan.blocks > 1 { "; so one block is run, to show what each pool makes of it" } else { "" };
    tell(format_args!("{name}: there is no right result to hold pools against: {why}{blocks}"));
    Job { without: why.to_owned(), ..Job::default() }
}

/// One run of all jobs of a file.
struct Pass<'a> {
    plan: &'a Plan,
    command: Vec<std::ffi::OsString>,
    cpus: Option<Cpus>,
    interrupt: &'a Interrupt,
    /// Where one size ends and the next piece begins: jobs, ascending, the largest size last.
    ends: Vec<u64>,
    sizes: Vec<u64>,
    processes: u64,
    threads: u64,
}

impl<'a> Pass<'a> {
    fn of(plan: &'a Plan, name: &str, own: &Own, found: &Found, interrupt: &'a Interrupt) -> Result<Self> {
        let command = runner::command(own, found.pools.values())?;
        let cpus: Option<Cpus> = plan.cpus.parse().ok();
        let cores = cpus.as_ref().map_or_else(harness::cores, Cpus::count).max(1);
        let sizes = plan.sizes(name);
        let largest = sizes.last().copied().unwrap_or(0);
        let processes = cores.min(largest).max(1);
        let threads = if own.waits { WAITING.div_ceil(processes) } else { 1 };
        let piece = largest.div_ceil(processes * if own.waits { 1 } else { PIECES }).max(1);
        let mut ends: Vec<u64> = (1..=largest.div_ceil(piece)).map(|number| (number * piece).min(largest)).collect();
        ends.extend(&sizes);
        ends.sort_unstable();
        ends.dedup();
        Ok(Self { plan, command, cpus, interrupt, ends, sizes, processes, threads })
    }

    fn run(&self) -> Result<Sums, Silent> {
        let deadline = Instant::now() + self.plan.timeout();
        let (next, sums) = (AtomicU64::new(0), Mutex::new(vec![None; self.ends.len()]));
        let threads = AtomicU64::new(0);
        thread::scope(|scope| {
            let process = || {
                self.process(deadline, &next, |at, sum, started| {
                    threads.fetch_max(started, Relaxed);
                    sums.lock().expect("no thread panics")[at] = Some(sum);
                })
            };
            let processes: Vec<_> = (0..self.processes).map(|_| scope.spawn(process)).collect();
            processes.into_iter().try_for_each(|process| process.join().expect("no thread panics"))
        })?;
        let sums: Vec<Sum> = sums.into_inner().expect("no thread panics").into_iter().flatten().collect();
        Ok(Sums { threads: threads.into_inner(), ..self.added_up(&sums) })
    }

    /// One process: takes the next piece until there is none.
    fn process(&self, deadline: Instant, next: &AtomicU64, put: impl Fn(usize, Sum, u64)) -> Result<(), Silent> {
        let env = environment::of_block(&self.plan.keep_env, 0);
        let (mut runner, open) = Runner::start(&self.command, env, self.cpus.as_ref(), deadline, Some(self.interrupt))?;
        loop {
            let at = usize::try_from(next.fetch_add(1, Relaxed)).unwrap_or(usize::MAX);
            let Some(end) = self.ends.get(at).copied() else { break };
            let first = at.checked_sub(1).map_or(0, |before| self.ends[before]);
            let sum = runner.sum(first, end, self.threads, deadline).map_err(|why| located(why, first, end))?;
            let started = sum.state.threads.saturating_sub(open.threads);
            put(at, sum, started);
        }
        match runner.end(Instant::now() + CLOSING) {
            Err(Silent::Interrupted) => Err(Silent::Interrupted),
            // What goes wrong from here on is no result's fault, and each pool's trial will meet it too.
            _ => Ok(()),
        }
    }

    /// The checksum of each size is that of all pieces up to it.
    fn added_up(&self, sums: &[Sum]) -> Sums {
        let (mut checksum, mut failed, mut ns) = (0u64, 0, 0u64);
        let mut by_size: BTreeMap<u64, (u64, u64)> = self.sizes.iter().map(|jobs| (*jobs, (0, 0))).collect();
        for (end, sum) in self.ends.iter().zip(sums) {
            checksum = checksum.wrapping_add(u64::from_str_radix(&sum.checksum, 16).unwrap_or(0));
            failed += sum.failed;
            ns = ns.saturating_add(sum.ns.saturating_mul(self.threads));
            if let Some(size) = by_size.get_mut(end) {
                *size = (checksum, failed);
            }
        }
        Sums { by_size, job_ns: ns / self.sizes.last().copied().unwrap_or(0).max(1), threads: 0 }
    }
}

fn located(why: Silent, first: u64, end: u64) -> Silent {
    match why {
        Silent::Gone(why) => Silent::Gone(format!("{why}, in jobs {first} to {}", end - 1)),
        other => other,
    }
}
