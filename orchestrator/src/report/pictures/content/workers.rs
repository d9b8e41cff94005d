//! Batch time against the number of workers, with the best number marked.

use std::collections::{BTreeMap, BTreeSet};

use super::choice::{chosen, in_panels, most};
use super::csv::Table;
use super::source::{Found, Sketch, Source};
use crate::analysis::{Measure, float};
use crate::models::workers::Staffing;
use crate::report::pictures::draw::lines::Line;
use crate::report::pictures::draw::{Axis, Draw};
use crate::report::pictures::picture::{About, Absent};
use crate::report::pictures::units::{Unit, grouped};
use crate::report::shown::{Known, Shown};

/// The picture.
pub(super) fn workers(source: &Source) -> Found {
    let staffings = source.models.staffings();
    let of = |cell: &Shown| {
        let setup = cell.setup;
        staffings.iter().find(|one| {
            (one.workload.as_str(), one.jobs, &one.pool, &one.chunk, &one.window)
                == (cell.group.workload_and_param().as_str(), cell.group.jobs, &setup.pool, &setup.chunk, &setup.window)
        })
    };
    let swept = source.cells.iter().filter(|cell| cell.time.is_some() && of(cell).is_some());
    let chosen = chosen(
        swept,
        |cell| format!("{} x {}", cell.group.workload_and_param(), cell.group.jobs),
        most(&source.palette),
    );
    let mut table = Table::new(&["workload", "jobs", "pool", "chunk", "window", "workers"], "ns");
    let mut parts: Vec<Box<dyn Draw>> = Vec::new();
    let mut title = String::new();
    for (name, cells) in &chosen.all {
        let sweeps = one_a_pool(cells);
        for cell in sweeps.iter().flatten() {
            let (group, setup) = (cell.group, cell.setup);
            if let Some(known) = cell.time {
                table.row(
                    &[
                        &group.workload_and_param(),
                        &group.jobs,
                        &setup.pool,
                        &setup.chunk,
                        &setup.window,
                        &setup.workers,
                    ],
                    known,
                );
            }
        }
        let found: Vec<&Staffing> = sweeps.iter().filter_map(|sweep| of(sweep.first()?)).collect();
        if title.is_empty() {
            title = said(name, &found);
        }
        let lines = sweeps.iter().zip(&found).filter_map(|(sweep, staffing)| line(sweep, staffing)).collect();
        let axes = (Axis::new("workers", Unit::Count), Axis::new("batch time", Unit::Time));
        parts.push(Box::new(in_panels(&source.palette, name.clone(), axes, lines)));
    }
    if parts.is_empty() {
        return Err(Absent {
            id: "workers",
            title: "Batch time against workers",
            why: "No pool had several numbers of workers: `poolbench run workers` has them.".to_owned(),
        });
    }
    let how_to_read = "Lower is faster. The ring marks the number of workers with the shortest median \
        batch; its text names those that are as good.";
    let about = About { id: "workers", title, how_to_read, left_out: chosen.sentence(), data: table.text() };
    Ok(Sketch { about, parts })
}

/// Of each pool the policy with the most numbers of workers, ascending.
fn one_a_pool<'a, 'b>(cells: &[&'b Shown<'a>]) -> Vec<Vec<&'b Shown<'a>>> {
    let mut pools: BTreeMap<&str, BTreeMap<(&str, &str), Vec<&'b Shown<'a>>>> = BTreeMap::new();
    for cell in cells {
        let policy = (cell.setup.chunk.as_str(), cell.setup.window.as_str());
        pools.entry(&cell.setup.pool).or_default().entry(policy).or_default().push(cell);
    }
    // The last of equals would be taken.
    let most = |policies: BTreeMap<_, Vec<&'b Shown<'a>>>| policies.into_values().rev().max_by_key(Vec::len);
    pools.into_values().filter_map(most).collect()
}

fn line(sweep: &[&Shown], staffing: &Staffing) -> Option<Line> {
    let points: Vec<(f64, Known)> =
        sweep.iter().filter_map(|cell| Some((float(cell.setup.workers), cell.time?))).collect();
    let trials = sweep
        .iter()
        .flat_map(|cell| cell.series.values(Measure::Time).into_iter().map(|value| (float(cell.setup.workers), value)));
    let best = sweep.iter().find(|cell| cell.setup.workers == staffing.best)?.time?;
    let pool = staffing.pool.clone();
    let others: Vec<String> =
        staffing.as_good.iter().filter(|workers| **workers != staffing.best).map(ToString::to_string).collect();
    let others = if others.is_empty() { String::new() } else { format!(", as good: {}", others.join(", ")) };
    let said = format!("{pool}: best with {}{others}", counted(staffing.best));
    let star = Some((float(staffing.best), best.value, said));
    Some(Line { name: pool.clone(), pool, trials: trials.collect(), star, points })
}

/// The number of workers that is best or as good for the most pools, the smallest of equals.
fn said(name: &str, found: &[&Staffing]) -> String {
    let numbers: BTreeSet<u64> = found.iter().flat_map(|one| one.as_good.iter().copied()).collect();
    let count = |workers: u64| found.iter().filter(|one| one.as_good.contains(&workers)).count();
    let Some(best) = numbers.iter().rev().copied().max_by_key(|workers| count(*workers)) else {
        return name.to_owned();
    };
    match found {
        [one] => format!("{name}: {} does best with {}", one.pool, counted(one.best)),
        _ => format!("{name}: {} are best or as good for {} of {} pools", counted(best), count(best), found.len()),
    }
}

fn counted(workers: u64) -> String {
    format!("{} worker{}", grouped(float(workers)), if workers == 1 { "" } else { "s" })
}
