//! The entrants of a race: each pool on each step of a ladder of workers, with each chunk that it may take.

use std::str::FromStr;

use anyhow::{Context as _, Result};
use harness::{Chunk, Kind, Staff, Window};

use super::preset::{CellSet, Workers};
use super::spec::Spec;
use crate::pools::{Found, Pool};

/// The word for whatever there is.
const ANY: &str = "any";
/// The fewest workers that jobs which wait are tried with.
const FEWEST_WAITING: u64 = 8;
/// The most workers of `any` where each costs as much as a process.
const MOST_HEAVY: u64 = 64;
/// And where each is a thread of the system.
const MOST_THREADS: u64 = 1024;
/// Kinds of pools whose workers are such threads.
const OF_THREADS: [Kind; 3] = [Kind::Threads, Kind::Futures, Kind::Hybrid];

/// What is raced.
#[derive(Clone, Debug)]
pub struct Entrants {
    /// Pools by name; all if empty.
    pub pools: Vec<String>,
    /// What the jobs do.
    pub workload: Spec,
    /// Jobs in a batch.
    pub jobs: u64,
    /// Numbers of workers; nothing for a ladder.
    pub workers: Option<Vec<Staff>>,
    /// Chunk policies; nothing for each pool's own among 1, auto and own.
    pub chunks: Option<Vec<Chunk>>,
    /// Window policies; each pool's default if empty.
    pub windows: Vec<Window>,
    /// Batches in a trial.
    pub batches: u64,
}

impl Entrants {
    /// The sets of cells that are these entrants, where `any` is asked for a set for each pool and step.
    pub fn sets(&self, found: &Found, cores: u64) -> Vec<CellSet> {
        let is_meant = |pool: &&Pool| self.pools.is_empty() || self.pools.contains(&pool.description.name);
        let known = found.pools.values().filter(is_meant);
        let of_known = known.flat_map(|pool| {
            let staffs = self.workers.clone().unwrap_or_else(|| self.ladder(pool, cores));
            staffs.into_iter().map(|staff| self.set(&pool.description.name, staff, self.chunks(pool, staff)))
        });
        // Names that are no pool are refused where cells are made of the sets, and those left out are told there.
        let unknown = self.pools.iter().filter(|name| !found.pools.contains_key(*name));
        of_known.chain(unknown.map(|name| self.set(name, Staff::Workers(1), Vec::new()))).collect()
    }

    fn set(&self, pool: &str, staff: Staff, chunks: Vec<Chunk>) -> CellSet {
        CellSet {
            pools: vec![pool.to_owned()],
            except: Vec::new(),
            kinds: Vec::new(),
            workloads: vec![self.workload.clone()],
            jobs: vec![self.jobs],
            workers: Workers::Staff(staff),
            chunks,
            windows: self.windows.clone(),
            batches: self.batches,
        }
    }

    /// Workers to try: around the cores for jobs that compute, doubled up to the number of jobs for those that wait.
    fn ladder(&self, pool: &Pool, cores: u64) -> Vec<Staff> {
        let cores = cores.max(1);
        let mut steps = if self.workload.workload().waits() {
            let about = &pool.description;
            let most = match () {
                () if about.workers_are_heavy() => MOST_HEAVY,
                () if OF_THREADS.iter().any(|kind| about.kind == kind.word()) => MOST_THREADS,
                () => harness::MAX_WORKERS,
            };
            let most = most.min(self.jobs.max(1));
            let mut steps: Vec<u64> = std::iter::successors(Some(FEWEST_WAITING), |step| step.checked_mul(2))
                .take_while(|step| *step < most)
                .collect();
            steps.push(most);
            steps
        } else {
            vec![1, 2, cores.div_ceil(2), cores, 2 * cores]
        };
        steps.sort_unstable();
        steps.dedup();
        steps.into_iter().map(|step| Staff::Workers(step.min(harness::MAX_WORKERS))).collect()
    }

    /// The pool's own choices, without one that means the same as another.
    fn chunks(&self, pool: &Pool, staff: Staff) -> Vec<Chunk> {
        if let Some(chunks) = &self.chunks {
            return chunks.clone();
        }
        let is_one = Chunk::Auto.size(self.jobs, staff.total()) == Some(1);
        let accepted = &pool.description.chunk;
        let takes = |chunk: &Chunk| chunk.accepted_by(accepted);
        let choices: Vec<Chunk> = [Chunk::Jobs(1), Chunk::Auto, Chunk::Own].into_iter().filter(takes).collect();
        // With few jobs a chunk of `auto` is a single one.
        let is_twice = |chunk: &Chunk| is_one && *chunk == Chunk::Auto && choices.contains(&Chunk::Jobs(1));
        choices.iter().filter(|chunk| !is_twice(chunk)).copied().collect()
    }
}

/// A list, or nothing for `any`, which is also what nothing means.
pub fn any_or<T: FromStr<Err = String>>(flag: &str, text: Option<&str>) -> Result<Option<Vec<T>>> {
    let Some(text) = text.filter(|text| *text != ANY) else { return Ok(None) };
    let parsed = text.split(',').map(|word| word.trim().parse().map_err(anyhow::Error::msg));
    let parsed: Result<Vec<T>> = parsed.collect();
    parsed.map(Some).with_context(|| format!("{flag} {text} ('{ANY}' is accepted, too)"))
}
