//! The rounds: every pool once in each, in an order drawn anew, with `serial` before every few of them; then memory.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::{Result, ensure};
use harness::{Chunk, Window};
use orchestrator::pools::Pool;
use rand::seq::SliceRandom as _;
use rand_pcg::Pcg64;

use crate::measure::{BASE, Batch, Bench, Figures, SIZES, real};

/// Pools between two trials of `serial`: a second apart at the most.
const BESIDE: usize = 4;
/// The longest batch, ns: a pool that would take longer gets fewer jobs.
const LONGEST_BATCH_NS: f64 = 2e8;
/// The same where memory is measured, with one batch a trial.
const LONGEST_MEMORY_NS: f64 = 2e9;
/// The longest trial: a pool that would take longer gets fewer batches.
const LONGEST_TRIAL: Duration = Duration::from_millis(600);
/// Jobs by which a pool's time is guessed beforehand: enough that the start of threads in a batch does not hide it.
const FEW: u64 = 10_000;
/// Trials of which the median peak counts: how much of the libraries' files is mapped varies by 200 KiB from one process to
/// the next.
pub(crate) const PEAKS: u64 = 5;
/// The window that is small against all jobs and large against all workers.
pub(crate) const WINDOW: u64 = 1024;

/// What is asked of every pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Question {
    /// What a dispatch costs: a job a dispatch.
    Single,
    /// How a large batch goes with the pool's own policies.
    Large,
    /// How a small one goes.
    Small,
}

impl Question {
    const ALL: [Self; 3] = [Self::Single, Self::Large, Self::Small];

    /// The batch without regard to how long this pool takes for it; none where the pool takes no such chunk.
    fn batch(self, pool: &Pool) -> Option<Batch> {
        let (jobs, batches, chunk) = match self {
            Self::Single => (100_000, 5, Some(Chunk::Jobs(1))),
            Self::Large => (1_000_000, 4, None),
            // A batch of 1000 is over in 60 us.
            Self::Small => (1_000, 80, None),
        };
        let takes =
            pool.description.is_serial() || chunk.is_none_or(|chunk| chunk.accepted_by(&pool.description.chunk));
        let chunk = chunk.filter(|_| !pool.description.is_serial());
        takes.then_some(Batch { workload: "compute", jobs, chunk, window: None, batches })
    }
}

/// One pool's answers to one question.
#[derive(Clone, Debug, Default)]
pub(crate) struct Series {
    /// Jobs in a batch.
    pub(crate) jobs: u64,
    /// The pool's and the nearest `serial`'s time a job, ns, a pair a round.
    pub(crate) pairs: Vec<(f64, f64)>,
}

/// Peaks of one pool and of `serial`, in the same measure, bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peak {
    /// Jobs in the batch.
    pub(crate) jobs: u64,
    /// The pool's.
    pub(crate) own: u64,
    /// The loop's.
    pub(crate) serial: u64,
}

/// All answers of one pool.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cost {
    /// By question; what the pool does not take is not there.
    pub(crate) series: BTreeMap<Question, Series>,
    /// Everything submitted at once, a job a dispatch.
    pub(crate) all: Option<Peak>,
    /// No more than [`WINDOW`] jobs under way.
    pub(crate) window: Option<Peak>,
}

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Costs {
    /// By pool.
    pub(crate) pools: BTreeMap<String, Cost>,
    /// Why a pool could not be measured.
    pub(crate) failures: BTreeSet<String>,
}

/// One trial that is to be repeated in every round.
struct Turn<'a> {
    pool: &'a Pool,
    question: Question,
    batch: Batch,
}

/// Measures all pools.
pub(crate) fn measure(bench: &Bench, rounds: u64, draw: &mut Pcg64) -> Result<Costs> {
    let mut costs = Costs::default();
    let mut turns = turns(bench, &mut costs)?;
    for _ in 0..rounds {
        for question in Question::ALL {
            round(bench, question, &mut turns, draw, &mut costs)?;
        }
    }
    memory(bench, &mut costs)?;
    Ok(costs)
}

fn others(bench: &Bench) -> impl Iterator<Item = &Pool> {
    bench.pools.values().filter(|pool| pool.description.name != BASE)
}

/// Tries every pool with few jobs, and gives those that are dear fewer than the others.
fn turns<'a>(bench: &'a Bench, costs: &mut Costs) -> Result<Vec<Turn<'a>>> {
    let mut turns = Vec::new();
    for pool in others(bench) {
        for question in Question::ALL {
            let Some(batch) = question.batch(pool) else { continue };
            let few = Batch { jobs: batch.jobs.min(FEW), batches: 2, ..batch.clone() };
            let Some(figures) = costs.keep(bench, bench.trial(pool, &few))? else { continue };
            let jobs = fitting(batch.jobs, figures.job_ns, LONGEST_BATCH_NS);
            let whole = Duration::from_secs_f64(real(jobs) * figures.job_ns / 1e9);
            let batches = (1..=batch.batches).rev().find(|batches| whole.mul_f64(real(*batches)) <= LONGEST_TRIAL);
            costs.series(pool, question).jobs = jobs;
            // One warm batch at the least.
            turns.push(Turn { pool, question, batch: Batch { jobs, batches: batches.unwrap_or(1).max(2), ..batch } });
        }
    }
    Ok(turns)
}

/// The largest of the sizes up to `jobs` that is over in time; the smallest if none is.
fn fitting(jobs: u64, job_ns: f64, longest_ns: f64) -> u64 {
    let fits = |size: &u64| *size <= jobs && real(*size) * job_ns <= longest_ns;
    SIZES.into_iter().rev().find(fits).unwrap_or(SIZES[0])
}

fn round(bench: &Bench, question: Question, turns: &mut [Turn], draw: &mut Pcg64, costs: &mut Costs) -> Result<()> {
    let base = &bench.pools[BASE];
    turns.shuffle(draw);
    let asked: Vec<&Turn> = turns.iter().filter(|turn| turn.question == question).collect();
    for group in asked.chunks(BESIDE) {
        let Some(batch) = question.batch(base) else { continue };
        let Some(serial) = costs.keep(bench, bench.trial(base, &batch))? else { continue };
        for turn in group {
            let Some(own) = costs.keep(bench, bench.trial(turn.pool, &turn.batch))? else { continue };
            costs.series(turn.pool, question).pairs.push((own.job_ns, serial.job_ns));
        }
    }
    Ok(())
}

/// Peaks with empty jobs, a job a dispatch, everything at once and with a window.
fn memory(bench: &Bench, costs: &mut Costs) -> Result<()> {
    let batch = |jobs| Batch { workload: "noop", jobs, chunk: None, window: None, batches: 1 };
    let mut serial = BTreeMap::new();
    for jobs in SIZES {
        serial.insert(jobs, peaks(bench, &bench.pools[BASE], &batch(jobs))?);
    }
    for pool in others(bench) {
        let about = &pool.description;
        if !Chunk::Jobs(1).accepted_by(&about.chunk) {
            continue;
        }
        let single = |jobs, window| Batch { chunk: Some(Chunk::Jobs(1)), window: Some(window), ..batch(jobs) };
        for window in [Window::All, Window::Jobs(WINDOW)].into_iter().filter(|window| window.accepted_by(&about.window))
        {
            let Some(few) = costs.keep(bench, bench.trial(pool, &single(FEW, window)))? else { continue };
            let jobs = fitting(SIZES[3], few.job_ns, LONGEST_MEMORY_NS);
            let Some(own) = costs.keep(bench, peaks(bench, pool, &single(jobs, window)))? else { continue };
            let peak = peak(jobs, &own, &serial[&jobs]);
            let cost = costs.pools.entry(about.name.clone()).or_default();
            if window == Window::All { cost.all = peak } else { cost.window = peak }
        }
    }
    Ok(())
}

fn peaks(bench: &Bench, pool: &Pool, batch: &Batch) -> Result<Vec<Figures>> {
    (0..PEAKS).map(|_| bench.trial(pool, batch)).collect()
}

/// Resident memory of one process held against resident, charged memory of a tree against charged; medians.
fn peak(jobs: u64, own: &[Figures], serial: &[Figures]) -> Option<Peak> {
    let bytes = |figures: &Figures| if own[0].is_tree { figures.charged } else { figures.resident };
    let median = |trials: &[Figures]| -> Option<u64> {
        let mut sorted: Vec<u64> = trials.iter().map(bytes).collect::<Option<_>>()?;
        sorted.sort_unstable();
        sorted.get(sorted.len() / 2).copied()
    };
    Some(Peak { jobs, own: median(own)?, serial: median(serial)? })
}

impl Costs {
    fn series(&mut self, pool: &Pool, question: Question) -> &mut Series {
        self.pools.entry(pool.description.name.clone()).or_default().series.entry(question).or_default()
    }

    /// The figures, or nothing and a failure kept; an error only if the user wants to stop.
    fn keep<T>(&mut self, bench: &Bench, trial: Result<T>) -> Result<Option<T>> {
        ensure!(!bench.is_interrupted(), "stopped by the user");
        Ok(trial.map_err(|why| self.failures.insert(format!("{why:#}"))).ok())
    }
}
