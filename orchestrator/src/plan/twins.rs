//! A/A twins: pools that run a second time under another name, so that a run shows how far two equal things differ in it.

use anyhow::{Result, ensure};
use harness::{Kind, nearest};

use super::cell::Cell;
use crate::pools::Pools;

/// The kinds of which one pool each has a twin, if the run has any, and the pool that is taken where it is there: each kind
/// has noise of its own.
const DEFAULTS: [(Kind, &str); 3] =
    [(Kind::Threads, "crossbeam"), (Kind::Async, "tokio"), (Kind::Processes, "processes")];

/// Adds every cell of some pools once more under the name of their twin: of those in `wish`, a list or `none`, else of one
/// pool of threads, one async and one of processes, where there are any; at least of one.
pub fn add(cells: &mut Vec<Cell>, wish: Option<&str>, pools: &Pools) -> Result<()> {
    let doubled = match wish {
        Some("none") => return Ok(()),
        Some(names) => named(cells, names)?,
        None => defaults(cells, pools),
    };
    let twins: Vec<Cell> = cells.iter().filter(|cell| doubled.contains(&cell.pool)).map(Cell::twin).collect();
    cells.extend(twins);
    Ok(())
}

fn named(cells: &[Cell], names: &str) -> Result<Vec<String>> {
    let has = |name: &str| cells.iter().any(|cell| cell.pool == name);
    let names: Vec<&str> = names.split(',').map(str::trim).collect();
    for name in &names {
        let alike = nearest(name, cells.iter().map(|cell| cell.pool.as_str()));
        let hint = alike.first().map_or(String::new(), |near| format!("; did you mean {near}?"));
        ensure!(has(name), "--twin {name}: the run has no cell of that pool{hint}");
    }
    Ok(names.into_iter().map(str::to_owned).collect())
}

fn defaults(cells: &[Cell], pools: &Pools) -> Vec<String> {
    let of_kind = |kind: Kind| {
        cells
            .iter()
            .map(|cell| cell.pool.as_str())
            .filter(move |name| pools.get(*name).is_some_and(|pool| pool.description.kind == kind.word()))
    };
    let of_each: Vec<String> = DEFAULTS
        .into_iter()
        .filter_map(|(kind, usual)| of_kind(kind).find(|name| *name == usual).or_else(|| of_kind(kind).next()))
        .map(str::to_owned)
        .collect();
    if of_each.is_empty() {
        let first = cells.iter().find(|cell| cell.workers.total() > 1).or(cells.first());
        return first.map(|cell| cell.pool.clone()).into_iter().collect();
    }
    of_each
}
