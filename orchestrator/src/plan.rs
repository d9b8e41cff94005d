//! The plan of a run: which cells, how often, in which order. Pure, and all that is needed to repeat the run.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use anyhow::{Result, bail, ensure};
use harness::{Chunk, MAX_WORKERS, Staff, Window};
use rand::RngExt as _;
use rand::seq::SliceRandom as _;
use rand_pcg::Pcg64;
use serde::{Deserialize, Serialize};

use crate::cell::Cell;
use crate::estimate;
use crate::families;
use crate::pools::{self, Pool, Pools};
use crate::preset::{CellSet, Workers};
use crate::spec::Spec;
use crate::stats::{Alpha, Band, Look};
use crate::trials;

/// Blocks to analyse where nothing else is said.
pub const DEFAULT_BLOCKS: u64 = 20;
/// A budget never lowers the blocks below this: drift is judged on halves of 6, and 95 % intervals get wide fast from here.
const FEWEST_BLOCKS: u64 = 12;
/// Below this many blocks no 95 % interval exists.
pub const SMOKE_BLOCKS: u64 = 6;

/// A run, planned. Its file is `plan.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Version of this file's form.
    pub schema: u64,
    /// The run's name.
    pub run: String,
    /// The preset that it comes from.
    pub preset: String,
    /// What all orders are drawn from, hexadecimal.
    pub seed: String,
    /// Blocks to analyse; block 0 comes on top.
    pub blocks: u64,
    /// The longest trial, ms.
    pub timeout_ms: u64,
    /// The time that the whole run may take, ms; 0 for any.
    pub budget_ms: u64,
    /// How narrow the intervals are to be before the run ends, as given (`2%`); empty for a fixed number of blocks.
    pub until: String,
    /// Short hash of the machine.
    pub host: String,
    /// Iterations of `spin` a second on this machine.
    pub spin_rate: u64,
    /// Processors of the pools; empty for all.
    pub cpus: String,
    /// Processors of the web server; empty for all.
    pub server_cpus: String,
    /// Environment variables that pools keep.
    pub keep_env: Vec<String>,
    /// What was asked for and cannot be run, with the reason.
    pub left_out: Vec<String>,
    /// The pools' executables.
    pub pools: BTreeMap<String, Binary>,
    /// The cells.
    pub cells: Vec<Cell>,
}

/// Which build of a pool was measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Binary {
    /// The library that schedules.
    pub library: String,
    /// That library's version.
    pub version: String,
    /// SHA-256 of the executable.
    pub sha256: String,
}

impl Plan {
    /// The order of block `block`: indices into `cells`. Groups of one workload and size are drawn, then the cells in
    /// each, so that what is compared stays close in time.
    pub fn order(&self, block: u64) -> Vec<usize> {
        let mut groups: Vec<(_, Vec<usize>)> = Vec::new();
        for (index, cell) in self.cells.iter().enumerate() {
            let key = cell.group();
            match groups.iter_mut().find(|(group, _)| *group == key) {
                Some((_, members)) => members.push(index),
                None => groups.push((key, vec![index])),
            }
        }
        let mut draw = self.draw(block);
        groups.shuffle(&mut draw);
        for (_, members) in &mut groups {
            members.shuffle(&mut draw);
        }
        groups.into_iter().flat_map(|(_, members)| members).collect()
    }

    /// The bytes by which block `block` pads the environment.
    pub fn padding(&self, block: u64) -> u64 {
        // A stream of its own, so that neither draw depends on the other.
        Pcg64::new(self.seed_number(), u128::from(block) << 64).random_range(0..crate::env::MOST_PADDING)
    }

    fn draw(&self, block: u64) -> Pcg64 {
        Pcg64::new(self.seed_number(), u128::from(block))
    }

    fn seed_number(&self) -> u128 {
        u128::from_str_radix(&self.seed, 16).unwrap_or(0)
    }

    /// How narrow the intervals are to be, if the run looks at its own data.
    pub fn target(&self) -> Option<Band> {
        percentage(&self.until).and_then(Band::new)
    }

    /// The error at which this run may claim once it has finished so many blocks, which are fewer than planned if it was
    /// cut short: that of the look that it has reached, or 5 % if it never looks.
    pub fn alpha(&self, finished: usize) -> Alpha {
        self.target().map_or(Alpha::FIVE_PERCENT, |_| Look::reached(finished).alpha)
    }

    /// The longest that a trial may take.
    pub fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }

    /// Lowers the blocks so far that the budget holds if a block takes `block`, but not below what a claim takes; retries
    /// may take a quarter on top. True if it changed anything.
    pub fn keep_budget(&mut self, block: Duration) -> bool {
        let budget = Duration::from_millis(self.budget_ms).mul_f64(0.75);
        let fewest = families::fewest_blocks(self).max(FEWEST_BLOCKS);
        if self.budget_ms == 0 || self.blocks <= fewest || block.is_zero() {
            return false;
        }
        // Block 0 takes its share as well.
        let fits = u64::try_from(budget.as_nanos() / block.as_nanos()).unwrap_or(u64::MAX).saturating_sub(1);
        let before = self.blocks;
        self.blocks = self.blocks.min(fits.max(fewest));
        self.blocks < before
    }

    /// A guess at the time of one block.
    pub fn block_estimate(&self) -> Duration {
        self.cells.iter().map(estimate::trial).sum()
    }
}

/// A share written as a percentage, such as `2%` or `2`.
pub fn percentage(text: &str) -> Option<f64> {
    let number: f64 = text.strip_suffix('%').unwrap_or(text).parse().ok()?;
    number.is_finite().then_some(number / 100.0)
}

/// The cells of some sets, and what cannot be run with the reason.
pub struct Cells {
    /// The cells, each once.
    pub cells: Vec<Cell>,
    /// What was asked for and cannot be run.
    pub left_out: Vec<String>,
}

/// Makes the cells of all sets. A name that does not exist is an error; a combination that cannot be is left out.
pub fn cells(sets: &[CellSet], pools: &Pools, cores: u64) -> Result<Cells> {
    let mut made = Cells { cells: Vec::new(), left_out: Vec::new() };
    let mut seen = HashSet::new();
    for set in sets {
        for pool in selected(set, pools)? {
            for (workload, jobs) in set.workloads.iter().flat_map(|w| set.jobs.iter().map(move |n| (w, *n))) {
                for (chunk, window) in policies(set, pool) {
                    match cell(set, pool, workload, jobs, chunk, window, cores) {
                        Ok(cell) if seen.insert(cell.clone()) => made.cells.push(cell),
                        Ok(_) => {}
                        Err(reason) if made.left_out.contains(&reason) => {}
                        Err(reason) => made.left_out.push(reason),
                    }
                }
            }
        }
    }
    ensure!(!made.cells.is_empty(), "nothing is left to run: {}", made.left_out.join("; "));
    told_apart(&made.cells)?;
    Ok(made)
}

/// An error if two cells would have the same rows: 2x4 and 4x2 workers are both 8 there.
fn told_apart(cells: &[Cell]) -> Result<()> {
    let mut keys = HashMap::new();
    for cell in cells {
        if let Some(other) = keys.insert(trials::key_of(cell), cell) {
            bail!("rows could not tell these cells apart, run them one at a time: '{other}' and '{cell}'");
        }
    }
    Ok(())
}

fn selected<'a>(set: &CellSet, pools: &'a Pools) -> Result<Vec<&'a Pool>> {
    for name in set.pools.iter().chain(&set.except) {
        pools::pick(pools, name)?;
    }
    let wanted = |pool: &&Pool| {
        let (name, kind) = (&pool.description.name, &pool.description.kind);
        (set.pools.is_empty() || set.pools.contains(name))
            && !set.except.contains(name)
            && (set.kinds.is_empty() || set.kinds.contains(kind))
    };
    Ok(pools.values().filter(wanted).collect())
}

fn policies(set: &CellSet, pool: &Pool) -> Vec<(Chunk, Window)> {
    let or = |none: bool| none.then_some(());
    let chunks =
        or(set.chunks.is_empty()).map_or(set.chunks.clone(), |()| vec![Chunk::default_of(&pool.description.chunk)]);
    let windows =
        or(set.windows.is_empty()).map_or(set.windows.clone(), |()| vec![Window::default_of(&pool.description.window)]);
    chunks.iter().flat_map(|chunk| windows.iter().map(|window| (*chunk, *window))).collect()
}

fn cell(
    set: &CellSet,
    pool: &Pool,
    workload: &Spec,
    jobs: u64,
    chunk: Chunk,
    window: Window,
    cores: u64,
) -> Result<Cell, String> {
    let about = &pool.description;
    let name = &about.name;
    let hidden = !harness::NAMES.contains(&workload.name());
    if !hidden && !about.workloads.iter().any(|known| known == workload.name()) {
        return Err(format!("{name}: does not run {}", workload.name()));
    }
    if !chunk.accepted_by(&about.chunk) {
        return Err(format!("{name}: takes no chunk {chunk}, only {}", about.chunk.join(", ")));
    }
    if !window.accepted_by(&about.window) {
        return Err(format!("{name}: takes no window {window}, only {}", about.window.join(", ")));
    }
    let workers = workers(set, pool, workload, jobs, cores)?;
    Ok(Cell { pool: name.clone(), workload: workload.clone(), jobs, workers, chunk, window, batches: set.batches })
}

fn workers(set: &CellSet, pool: &Pool, workload: &Spec, jobs: u64, cores: u64) -> Result<Staff, String> {
    let about = &pool.description;
    let waits = workload.workload().waits();
    let default = || if waits { workload.workload().default_workers(about.worker_is_process()) } else { cores };
    if about.is_serial() {
        let fits = set.workers != Workers::Jobs || jobs <= 1;
        let one = fits.then_some(Staff::Workers(1));
        return one.ok_or_else(|| format!("{}: has one worker, not as many as jobs", about.name));
    }
    let staff = match &set.workers {
        Workers::Default => Staff::Workers(default()),
        Workers::Staff(staff) => *staff,
        Workers::Cores => Staff::Workers(cores),
        Workers::Jobs => Staff::Workers(jobs.clamp(1, MAX_WORKERS)),
        Workers::ByKind(table) => {
            table.get(&about.kind).or(table.get("default")).copied().unwrap_or(Staff::Workers(default()))
        }
    };
    match staff {
        Staff::Grid { .. } if !about.is_hybrid() => {
            Err(format!("{}: takes no workers {staff}, only a number", about.name))
        }
        _ => Ok(staff),
    }
}

/// Adds the A/A twin: every cell of one pool once more under another name. Without a wish it is `crossbeam`'s, or that of
/// the first pool with workers. The name of the pool, or nothing where there is none to double.
pub fn add_twin(cells: &mut Vec<Cell>, wish: Option<&str>) -> Result<Option<String>> {
    let has = |name: &str| cells.iter().any(|cell| cell.pool == name);
    let pool = match wish {
        Some("none") => return Ok(None),
        Some(name) => {
            ensure!(has(name), "--twin {name}: the run has no cell of that pool");
            name.to_owned()
        }
        None if has("crossbeam") => "crossbeam".to_owned(),
        None => cells.iter().find(|cell| cell.workers.total() > 1).unwrap_or(&cells[0]).pool.clone(),
    };
    let twins: Vec<Cell> = cells.iter().filter(|cell| cell.pool == pool).map(Cell::twin).collect();
    cells.extend(twins);
    Ok(Some(pool))
}
