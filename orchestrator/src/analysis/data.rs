//! The accepted trials of a run, by what they share and by what is compared.

use std::collections::BTreeMap;
use std::fmt;

use super::bases::Bases;
use super::late_changes::LateChanges;
use super::measure::Measure;
use super::nodes::Nodes;
use super::points::Points;
use crate::plan::cell::TWIN;
use crate::stats::{Alpha, Late};

/// What cells must share to be compared.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Group {
    /// The workload.
    pub workload: String,
    /// Its parameter.
    pub param: String,
    /// Jobs in a batch.
    pub jobs: u64,
    /// Whether the user says that the jobs wait, which are the user's own.
    pub said_to_wait: bool,
}

impl Group {
    /// Whether its jobs wait for something other than the CPU.
    pub fn waits(&self) -> bool {
        self.said_to_wait || matches!(self.workload.as_str(), "sleep" | "http" | "http-native")
    }

    /// The workload and its parameter, `sleep:20ms`.
    pub fn workload_and_param(&self) -> String {
        let words = [self.workload.as_str(), self.param.as_str()];
        words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(":")
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {} jobs", self.workload_and_param(), self.jobs)
    }
}

/// What is compared: a pool and how it was asked to work.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Setup {
    /// The pool.
    pub pool: String,
    /// The most jobs running at once.
    pub workers: u64,
    /// Jobs per dispatch, as asked.
    pub chunk: String,
    /// Most jobs under way, as asked.
    pub window: String,
}

impl Setup {
    /// Whether this is the A/A twin's.
    pub fn is_twin(&self) -> bool {
        self.pool.ends_with(TWIN)
    }

    /// The pool that runs, be it under its own name or as the twin.
    pub fn real_pool(&self) -> &str {
        self.pool.strip_suffix(TWIN).unwrap_or(&self.pool)
    }

    /// The same under the name of the pool that the twin doubles.
    pub fn doubled(&self) -> Option<Self> {
        self.is_twin().then(|| Self { pool: self.real_pool().to_owned(), ..self.clone() })
    }
}

impl fmt::Display for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (w {}, chunk {}, window {})", self.pool, self.workers, self.chunk, self.window)
    }
}

/// All accepted trials of one setup in one group.
#[derive(Clone, Debug, Default)]
pub struct Series {
    /// Those that were ok, in the order of the file.
    pub points: Points,
    /// How the others ended.
    pub not_ok: BTreeMap<String, u64>,
    /// The family of the pool.
    pub kind: String,
    /// Cores that it could use.
    pub cores: u64,
    /// Accepted although others disturbed them.
    pub noisy: u64,
    /// Begun on slow cores.
    pub slow: u64,
    /// Before which the cores were read.
    pub cores_read: u64,
    /// The most requests that the web server had open at once.
    pub most_open: u64,
    /// How the last batches of its trials compare with what stands for them.
    pub late_changes: LateChanges,
}

impl Series {
    /// How the last batches compare over all trials; nothing where too few tell.
    pub fn late(&self) -> Option<Late> {
        self.late_changes.over_all()
    }

    /// The same where it is still warming.
    pub fn warming(&self) -> Option<Late> {
        self.late().filter(|late| late.is_warming)
    }

    /// All values of a measure.
    pub fn values(&self, measure: Measure) -> Vec<f64> {
        self.points.values(measure).filter_map(|(_, value)| value).map(float).collect()
    }

    /// Whether at least half of the trials have this figure: the median of fewer would not be theirs.
    pub fn has(&self, measure: Measure) -> bool {
        2 * self.points.values(measure).filter(|(_, value)| value.is_some()).count() >= self.points.len()
    }

    /// The times by block, up to `blocks`, of trials that no quota held back: only these say what a core could do.
    pub fn free_times(&self, blocks: u64) -> Vec<Option<f64>> {
        let free = self.points.iter().filter(|point| !point.is_throttled);
        by_block(free.map(|point| (point.block, point.value(Measure::Time))), blocks)
    }

    /// The values of a measure by block, up to `blocks`.
    pub fn by_block(&self, measure: Measure, blocks: u64) -> Vec<Option<f64>> {
        by_block(self.points.values(measure), blocks)
    }
}

fn by_block(each: impl Iterator<Item = (u64, Option<u64>)>, blocks: u64) -> Vec<Option<f64>> {
    let mut values = vec![None; usize::try_from(blocks).unwrap_or(0) + 1];
    for (block, value) in each {
        if let Some(slot) = usize::try_from(block).ok().and_then(|block| values.get_mut(block)) {
            *slot = value.map(float);
        }
    }
    values
}

/// A run's accepted trials, block 0 aside.
#[derive(Clone, Debug)]
pub struct Data {
    /// By group and setup.
    pub groups: BTreeMap<Group, BTreeMap<Setup, Series>>,
    /// The last block that has a row.
    pub blocks: u64,
    /// The error at which the run may claim.
    pub alpha: Alpha,
    /// What whatever is drawn for this run is drawn from: one run has one answer.
    pub seed: u64,
    /// Rows that were left aside where that is safe, by reason.
    pub skipped: BTreeMap<&'static str, u64>,
    /// The user's own jobs whose results were held against nothing.
    pub unchecked: Vec<String>,
    /// What efficiency and overhead are held against.
    pub(crate) bases: Bases,
    /// Which machines it was measured on.
    pub(crate) nodes: Nodes,
}

impl Data {
    /// What stands for memory in ranks and claims: charged if every pool has that figure, else resident, which only single
    /// processes have.
    pub fn memory(&self) -> Measure {
        let all_charged = self.groups.values().flat_map(BTreeMap::values).all(|series| series.has(Measure::Charged));
        if all_charged { Measure::Charged } else { Measure::Resident }
    }

    /// Whether a pool has several numbers of workers with one policy in one group, so that they must be told apart.
    pub fn varies_workers(&self, pool: &str) -> bool {
        let of_pool = |setups: &BTreeMap<Setup, Series>| -> Vec<Setup> {
            setups.keys().filter(|setup| setup.pool == pool).cloned().collect()
        };
        self.groups.values().map(of_pool).any(|setups| {
            let alike = |one: &Setup, other: &Setup| (&one.chunk, &one.window) == (&other.chunk, &other.window);
            setups.iter().any(|one| setups.iter().any(|other| one.workers != other.workers && alike(one, other)))
        })
    }

    /// How many draws its tests rest on: its blocks, or its machines where these stand for others.
    pub fn draws(&self) -> u64 {
        self.nodes.drawn().count(self.blocks)
    }

    /// What its draws are called, and what would make `fewest` of them.
    pub(crate) fn would_do(&self, fewest: u64) -> (&'static str, String) {
        if self.nodes.are_drawn() {
            ("machines", format!("{fewest} machines would do"))
        } else {
            ("blocks", format!("--blocks {fewest} would do"))
        }
    }

    /// Why pools have no figure of memory that could be ranked in trials that were ok: a sentence a pool, with the number
    /// of trials.
    pub fn without_memory(&self) -> Vec<String> {
        let measure = self.memory();
        let mut lacking: BTreeMap<&str, usize> = BTreeMap::new();
        for (setup, series) in self.groups.values().flatten() {
            let count = series.points.values(measure).filter(|(_, value)| value.is_none()).count();
            *lacking.entry(setup.real_pool()).or_default() += count;
        }
        let sentence = |(pool, count)| {
            format!(
                "no memory figure of {pool} in {count} trials, so it is not ranked there: no control group counted its \
                 processes together, so that their peak is known only within an interval, or not at all where one had \
                 ended before it could be read; or it had given back memory that may not have \
                 been part of the peak (mem_complete 0). `poolbench doctor` says what groups need."
            )
        };
        lacking.into_iter().filter(|(_, count)| *count > 0).map(sentence).collect()
    }

    /// No trial yet, of a run that may claim at this error.
    pub fn new(alpha: Alpha, seed: u64) -> Self {
        Self {
            groups: BTreeMap::new(),
            blocks: 0,
            alpha,
            seed,
            skipped: BTreeMap::new(),
            unchecked: Vec::new(),
            bases: Bases::default(),
            nodes: Nodes::default(),
        }
    }
}

/// Counts and times as the statistics take them; exact below 2^53.
pub(crate) fn float(value: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "exact below 2^53: 104 days in ns, 8 PiB")]
    let float = value as f64;
    float
}

/// Back to a whole number for display.
pub(crate) fn whole(value: f64) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast from float saturates")]
    let whole = value.round() as u64;
    whole
}
