//! One trial of one pool, as runs make them: through the gates, observed at each of them.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use harness::{Chunk, Staff, Window, Workload, checksum};
use orchestrator::guard::{Grouping, Guard};
use orchestrator::plan::cell::Cell;
use orchestrator::pools::{self, Found, Pool, Pools};
use orchestrator::process::environment;
use orchestrator::process::signals::Interrupt;
use orchestrator::trial::status::Status;
use orchestrator::trial::{self, Ask, Right};

/// The pool that all others are held against.
pub(crate) const BASE: &str = "serial";
/// The longest trial.
const TIMEOUT: Duration = Duration::from_mins(1);
/// The sizes at which pools are measured; the right checksums are computed before anything runs.
pub(crate) const SIZES: [u64; 4] = [1_000, 10_000, 100_000, 1_000_000];

/// What a batch is, apart from the pool.
#[derive(Clone, Debug)]
pub(crate) struct Batch {
    /// `compute` or `noop`.
    pub(crate) workload: &'static str,
    /// Jobs, one of [`SIZES`].
    pub(crate) jobs: u64,
    /// Jobs per dispatch; the pool's default if nothing is said.
    pub(crate) chunk: Option<Chunk>,
    /// The most jobs under way; the pool's default if nothing is said.
    pub(crate) window: Option<Window>,
    /// Batches in the trial.
    pub(crate) batches: u64,
}

/// What a trial came to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Figures {
    /// The lower median of the warm batches, or the only batch, ns a job.
    pub(crate) job_ns: f64,
    /// Peak resident memory of the process that was called, bytes.
    pub(crate) resident: Option<u64>,
    /// Peak charged to the whole tree, bytes; where a control group could be made.
    pub(crate) charged: Option<u64>,
    /// Whether there were worker processes.
    pub(crate) is_tree: bool,
}

/// The pools, and what every trial needs.
pub(crate) struct Bench {
    /// The pools by name.
    pub(crate) pools: Pools,
    guard: Guard,
    interrupt: Interrupt,
    checksums: HashMap<(&'static str, u64), String>,
}

impl Bench {
    /// Finds the pools beside `poolbench`: those of these names, or all.
    pub(crate) fn new(names: &[String]) -> Result<Self> {
        let poolbench = Path::new(env!("CARGO_BIN_EXE_poolbench"));
        let folder = poolbench.parent().context("poolbench is in no folder")?;
        let found = pools::find_in(folder, None).and_then(Found::any).context("run `make build` first")?;
        names.iter().try_for_each(|name| found.pick(name).map(drop))?;
        let mut pools = found.pools;
        pools.retain(|name, _| names.is_empty() || names.contains(name) || name == BASE);
        ensure!(pools.contains_key(BASE), "pool-{BASE} is not beside poolbench; run `make build` first");
        let right = |(name, workload): (&'static str, Workload)| {
            SIZES.map(|jobs| ((name, jobs), checksum::text(workload.checksum(jobs))))
        };
        let checksums = [("compute", Workload::Compute), ("noop", Workload::Noop)].map(right).into_iter().flatten();
        let (guard, interrupt) = (Guard::new(poolbench, Grouping::WherePossible)?, Interrupt::install()?);
        Ok(Self { pools, guard, interrupt, checksums: checksums.collect() })
    }

    /// Runs one trial of `pool`.
    pub(crate) fn trial(&self, pool: &Pool, batch: &Batch) -> Result<Figures> {
        let about = &pool.description;
        let cell = Cell {
            pool: about.name.clone(),
            workload: batch.workload.parse().map_err(anyhow::Error::msg)?,
            jobs: batch.jobs,
            workers: Staff::Workers(if about.is_serial() { 1 } else { harness::cores() }),
            chunk: batch.chunk.unwrap_or(Chunk::default_of(&about.chunk)),
            window: batch.window.unwrap_or(Window::default_of(&about.window)),
            batches: batch.batches,
            arrive: String::new(),
            load: String::new(),
        };
        let arguments = cell.arguments(None, 0).into_iter().map(Into::into);
        let ask = Ask {
            command: pool.build.command.iter().cloned().chain(arguments).collect(),
            env: environment::minimal(),
            cpus: None,
            timeout: TIMEOUT,
            batches_within: None,
            pool: &about.name,
            guard: &self.guard,
            server: None,
            jobs: batch.jobs,
            batches: batch.batches,
            shortest_ns: 0,
            right: Right::Sum(
                self.checksums.get(&(batch.workload, batch.jobs)).context("a size without a checksum")?.clone(),
            ),
        };
        let trial = trial::run(&ask, None, &self.interrupt);
        match trial.status {
            Some(Status::Ok) => {}
            Some(Status::Interrupted) => bail!("stopped by the user"),
            _ => bail!("{cell}: {}", trial.message),
        }
        let done = trial.done.context("a trial without batches")?;
        let batch_ns = done.warm_ns().or(done.cold_ns()).context("a trial without a time")?;
        let reading = trial.reading.context("a trial that was not read")?;
        Ok(Figures {
            job_ns: real(batch_ns) / real(batch.jobs.max(1)),
            resident: reading.memory.root_peak,
            charged: trial.charged_peak,
            is_tree: reading.processes > 1 || reading.dead != Some(false),
        })
    }

    /// Whether the user wants to stop.
    pub(crate) fn is_interrupted(&self) -> bool {
        self.interrupt.raised()
    }
}

/// A count or a time as a real number.
pub(crate) fn real(number: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
    let real = number as f64;
    real
}
