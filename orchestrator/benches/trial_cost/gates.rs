//! What a trial costs over a bare spawn of the same pool, and which part of it the gates are: paired, interleaved, with control
//! groups and without. The bare spawn runs the same pool straight through, its output thrown away.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use harness::{Workload, checksum};
use orchestrator::guard::{Grouping, Guard};
use orchestrator::process::child::{Child, Heard};
use orchestrator::process::environment;
use orchestrator::process::signals::Interrupt;
use orchestrator::stats::Sample;
use orchestrator::trial::status::Status;
use orchestrator::trial::{self, Ask, Right};

const JOBS: u64 = 1000;
/// No run of a pool comes near it.
const PATIENCE: Duration = Duration::from_secs(10);

/// The ways to run a pool once, each with more around it than the last.
#[derive(Clone, Copy)]
enum Way {
    /// By the standard library, straight through.
    Bare,
    /// As the orchestrator spawns and reaps, still straight through.
    Spawned,
    /// With the four gates, at which nothing is read.
    Gates,
    /// A whole trial.
    Trial,
}

impl Way {
    const ALL: [Self; 4] = [Self::Bare, Self::Spawned, Self::Gates, Self::Trial];
}

/// Prints a line for each pool, with groups and without.
pub(crate) fn measure(rounds: usize, poolbench: &Path) -> Result<()> {
    let interrupt = Interrupt::install()?;
    println!("{rounds} rounds each, noop x {JOBS}, 2 workers; ms, medians of pairs; load {}", load()?);
    println!("pool       groups   bare spawn |  over it: own spawn  + 4 gates   whole trial (quartiles)");
    for pool in ["serial", "crossbeam"] {
        for (word, grouping) in [("without", Grouping::Never), ("with", Grouping::WherePossible)] {
            let guard = Guard::new(poolbench, grouping)?;
            let path = poolbench.with_file_name(format!("pool-{pool}"));
            ensure!(path.is_file(), "{} does not exist; run `make build` first", path.display());
            let bench = Bench { pool, path, guard, interrupt: &interrupt };
            println!("{pool:10} {word:8} {}", bench.measure(rounds)?);
        }
    }
    println!("load {}", load()?);
    Ok(())
}

/// What the machine has to do.
pub(crate) fn load() -> Result<String> {
    Ok(fs::read_to_string("/proc/loadavg")?.trim().to_owned())
}

/// One pool, with groups or without.
struct Bench<'a> {
    pool: &'a str,
    path: PathBuf,
    guard: Guard,
    interrupt: &'a Interrupt,
}

impl Bench<'_> {
    fn measure(&self, rounds: usize) -> Result<String> {
        let mut ms: [Vec<f64>; 4] = Default::default();
        for round in 0..rounds {
            // Each way goes first in every fourth round.
            for turn in 0..Way::ALL.len() {
                let at = (round + turn) % Way::ALL.len();
                ms[at].push(self.once(Way::ALL[at])?.as_secs_f64() * 1e3);
            }
        }
        let [bare, more @ ..] = &ms;
        let over =
            |way: &Vec<f64>| Sample::new(&way.iter().zip(bare).map(|(way, bare)| way - bare).collect::<Vec<_>>());
        let (spawned, gates, trial) = (over(&more[0])?, over(&more[1])?, over(&more[2])?);
        let (low, high) = trial.quartiles();
        let medians = [Sample::new(bare)?.median(), spawned.median(), gates.median(), trial.median()];
        let [bare, spawned, gates, trial] = medians;
        Ok(format!("{bare:10.3} | {spawned:19.3} {gates:10.3} {trial:13.3} ({low:.3} to {high:.3})"))
    }

    fn once(&self, way: Way) -> Result<Duration> {
        match way {
            Way::Bare => self.bare(),
            Way::Spawned => self.spawned(&[]),
            Way::Gates => self.spawned(&["--gate"]),
            Way::Trial => self.trial(),
        }
    }

    fn words(&self, more: &[&str]) -> Vec<OsString> {
        let jobs = JOBS.to_string();
        let words = ["--workload", "noop", "--jobs", &jobs, "--workers", "2"];
        [self.path.as_os_str()]
            .into_iter()
            .chain(words.iter().chain(more).map(OsStr::new))
            .map(OsString::from)
            .collect()
    }

    fn bare(&self) -> Result<Duration> {
        let words = self.words(&[]);
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).env_clear().envs(environment::minimal()).stdin(Stdio::null()).stdout(Stdio::null());
        let clock = Instant::now();
        let status = command.status().context("starting the pool")?;
        let took = clock.elapsed();
        ensure!(status.success(), "the pool ended with {status}");
        Ok(took)
    }

    fn spawned(&self, more: &[&str]) -> Result<Duration> {
        let (words, env) = (self.words(more), environment::minimal());
        let deadline = Instant::now() + PATIENCE;
        let clock = Instant::now();
        let mut child = Child::spawn(&words, env)?;
        while let Heard::Line(_) = child.hear(deadline, None) {
            child.reply();
        }
        let status = child.exit(deadline, None)?;
        let took = clock.elapsed();
        ensure!(status.is_some_and(|status| status.success()), "the pool ended with {status:?}");
        Ok(took)
    }

    fn trial(&self) -> Result<Duration> {
        let ask = Ask {
            command: self.words(&["--gate"]),
            env: environment::minimal(),
            cpus: None,
            timeout: PATIENCE,
            batches_within: None,
            pool: self.pool,
            guard: &self.guard,
            server: None,
            jobs: JOBS,
            batches: 1,
            shortest_ns: 0,
            right: Right::Sum(checksum::text(Workload::Noop.checksum(JOBS))),
        };
        let clock = Instant::now();
        let trial = trial::run(&ask, None, self.interrupt);
        let took = clock.elapsed();
        ensure!(trial.status == Some(Status::Ok), "the trial is not ok: {}", trial.message);
        Ok(took)
    }
}
