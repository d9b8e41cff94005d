//! Makes the cells of a plan from what was asked for and the pools that are there.

use std::collections::{HashMap, HashSet};

use anyhow::{Result, bail, ensure};
use harness::own::Language;
use harness::{Chunk, MAX_WORKERS, Staff, Window};

use super::cell::Cell;
use super::check::MOST_CELLS;
use super::preset::{CellSet, Workers};
use super::spec::Spec;
use crate::pools::{Found, Pool};

/// The cells of some sets, and what cannot be run with the reason.
pub struct Cells {
    /// The cells, each once.
    pub cells: Vec<Cell>,
    /// What was asked for and cannot be run.
    pub left_out: Vec<String>,
}

/// Makes the cells of all sets. A name that does not exist is an error; a pool or a combination that cannot be is left out.
pub fn cells(sets: &[CellSet], pools: &Found, cores: u64) -> Result<Cells> {
    let missing = pools.left_out.iter().filter(|out| sets.iter().any(|set| asks_for(set, &out.name)));
    let mut made = Cells { cells: Vec::new(), left_out: missing.map(|out| out.sentence.clone()).collect() };
    let mut seen = HashSet::new();
    let mut asked: usize = 0;
    for set in sets {
        for pool in selected(set, pools)? {
            let of_pool = [set.workloads.len(), set.jobs.len(), policies(set, pool).len()];
            asked = of_pool.into_iter().fold(1, usize::saturating_mul).saturating_add(asked);
            ensure!(
                asked <= MOST_CELLS,
                "more than {MOST_CELLS} cells are asked for; name fewer pools, sizes or policies"
            );
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
        if let Some(other) = keys.insert(cell.key(), cell) {
            ensure!(
                other.workload == cell.workload,
                "two files of your own are both called {} in rows; run them one at a time, or rename one",
                cell.workload
            );
            bail!("rows could not tell these cells apart, run them one at a time: '{other}' and '{cell}'");
        }
    }
    Ok(())
}

fn selected<'a>(set: &CellSet, found: &'a Found) -> Result<Vec<&'a Pool>> {
    set.pools.iter().chain(&set.except).try_for_each(|name| found.know(name))?;
    let is_kind = |pool: &Pool| set.kinds.is_empty() || set.kinds.contains(&pool.description.kind);
    let wanted = |pool: &&Pool| asks_for(set, &pool.description.name) && is_kind(pool);
    Ok(found.pools.values().filter(wanted).collect())
}

/// Whether a set asks for the pool of that name, of whatever kind it is.
fn asks_for(set: &CellSet, name: &str) -> bool {
    let holds = |names: &[String]| names.iter().any(|one| one == name);
    (set.pools.is_empty() || holds(&set.pools)) && !holds(&set.except)
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
    let is_listed = about.workloads.iter().any(|known| known == workload.name());
    if !is_listed && workload.own().is_some_and(|own| own.language == Language::Python) && set.pools.is_empty() {
        // One reason for all of them, which nobody has asked for by name.
        return Err("py: only pools in Python run it; all others are left out".to_owned());
    }
    if !hidden && !is_listed {
        return Err(format!("{name}: does not run {}", workload.name()));
    }
    if !chunk.accepted_by(&about.chunk) {
        return Err(format!("{name}: takes no chunk {chunk}, only {}", about.chunk.join(", ")));
    }
    if !window.accepted_by(&about.window) {
        return Err(format!("{name}: takes no window {window}, only {}", about.window.join(", ")));
    }
    let workers = workers(set, pool, workload, jobs, cores)?;
    Ok(Cell {
        pool: name.clone(),
        workload: workload.clone(),
        jobs,
        workers,
        chunk,
        window,
        batches: set.batches,
        arrive: String::new(),
        load: String::new(),
    })
}

fn workers(set: &CellSet, pool: &Pool, workload: &Spec, jobs: u64, cores: u64) -> Result<Staff, String> {
    let about = &pool.description;
    let waits = workload.workload().waits();
    let default = || if waits { workload.workload().default_workers(about.workers_are_heavy()) } else { cores };
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
