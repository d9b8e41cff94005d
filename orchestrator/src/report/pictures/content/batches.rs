//! Batch time, peak memory and overhead against the number of jobs; where a run has one number of jobs, a row a pool.

use anyhow::Result;

use super::choice::{Chosen, chosen, in_panels, largest, most, one_a_pool, over_jobs, sizes};
use super::csv::Table;
use super::source::{Found, Sketch, Source};
use crate::analysis::{Best, Group, Measure, best, overheads};
use crate::report::pictures::draw::rows::{Row, Rows};
use crate::report::pictures::draw::{Axis, Draw};
use crate::report::pictures::picture::{About, Absent};
use crate::report::pictures::units::{Unit, grouped};
use crate::report::shown::{Known, Shown};

/// What is shown of each cell.
struct Quantity<'a> {
    axis: &'a str,
    unit: Unit,
    /// Of the CSV, and how many of it are one of the figure's own.
    column: &'static str,
    parts: f64,
    pick: fn(&Shown) -> Option<Known>,
    trials: &'a dyn Fn(&Shown) -> Vec<f64>,
}

/// Batch time.
pub(super) fn time(source: &Source) -> Result<Found> {
    let quantity = Quantity {
        axis: "batch time",
        unit: Unit::Time,
        column: "ns",
        parts: 1.0,
        pick: |cell| cell.time,
        trials: &|cell| cell.series.values(Measure::Time),
    };
    let chosen = by_workload(source, &quantity);
    let title = match chosen.all.first() {
        Some((_, cells)) => fastest(&best(source.models.data, source.level)?, cells),
        None => String::new(),
    };
    let how = "Lower is faster. Each line is a pool's median batch, its band what that is known within at \
        95 %, each dot a trial.";
    Ok(sketch(source, &quantity, &chosen, ("batch-time", title, how)).ok_or_else(|| Absent {
        id: "batch-time",
        title: "Batch time against jobs",
        why: "No trial of the run was ok; `poolbench summary` says how they ended.".to_owned(),
    }))
}

/// Peak memory.
pub(super) fn memory(source: &Source) -> Found {
    let measure = source.models.data.memory();
    let quantity = Quantity {
        axis: if measure == Measure::Charged { "charged memory, peak" } else { "peak RSS" },
        unit: Unit::Size,
        column: "bytes",
        parts: 1.0,
        pick: |cell| cell.memory,
        trials: &|cell| cell.series.values(measure),
    };
    let chosen = by_workload(source, &quantity);
    let title = chosen.all.first().map_or(String::new(), |(_, cells)| {
        range(
            cells,
            |cell| cell.memory,
            Unit::Size,
            |group| format!("Memory at its peak, {} jobs of {}", jobs(group), group.workload_and_param()),
        )
    });
    let how = if measure == Measure::Charged {
        "Lower is smaller. The peak of the pool's whole tree of processes as the kernel's control group \
            charges it: median, 95 % interval and each trial."
    } else {
        "Lower is smaller. The peak of resident memory of pools that are one process: median, 95 % interval \
            and each trial."
    };
    sketch(source, &quantity, &chosen, ("peak-memory", title, how)).ok_or_else(|| Absent {
        id: "peak-memory",
        title: "Peak memory against jobs",
        why: "No pool has a complete figure of memory: `poolbench doctor` says what control groups need.".to_owned(),
    })
}

/// What a job costs beyond its work.
pub(super) fn overhead(source: &Source) -> Found {
    let data = source.models.data;
    let trials =
        |cell: &Shown| overheads(data, cell.group, cell.setup, cell.series).into_iter().flatten().flatten().collect();
    let quantity = Quantity {
        axis: "overhead a job",
        unit: Unit::Time,
        column: "ps",
        parts: 1000.0,
        pick: |cell| cell.overhead,
        trials: &trials,
    };
    let chosen = by_workload(source, &quantity);
    let title = chosen.all.first().map_or(String::new(), |(_, cells)| {
        range(
            cells,
            |cell| cell.overhead,
            Unit::Time,
            |group| format!("What a job of {} costs beyond its work, {} jobs", group.workload_and_param(), jobs(group)),
        )
    });
    let how = "Lower is better: the time on all cores less that of a plain loop, over the jobs. At or below \
        0, where the pool is as cheap as the loop, a logarithmic axis has no place; the linear one has.";
    sketch(source, &quantity, &chosen, ("overhead", title, how)).ok_or_else(|| Absent {
        id: "overhead",
        title: "Overhead a job against jobs",
        why: "No pool ran beside a plain loop on jobs that compute, in blocks enough for an interval; \
            `poolbench run --pools serial,... --workload compute --jobs 1000,100000` would tell."
            .to_owned(),
    })
}

/// The workloads that have the quantity: those with several sizes where there is one.
fn by_workload<'a, 'b>(source: &'b Source<'a>, quantity: &Quantity) -> Chosen<'a, 'b> {
    let has = |cell: &&Shown| (quantity.pick)(cell).is_some();
    let workload = |cell: &Shown| cell.group.workload_and_param();
    let everything = chosen(source.cells.iter().filter(has), workload, usize::MAX);
    let several = |(_, cells): &&(String, Vec<&Shown>)| sizes(cells).len() > 1;
    let has_several = everything.all.iter().any(|one| several(&one));
    let (mut all, rest): (Vec<_>, Vec<_>) = everything.all.into_iter().partition(|one| !has_several || several(&one));
    let beyond = all.split_off(all.len().min(most(&source.palette)));
    let left_out = beyond.into_iter().chain(rest).map(|(name, _)| name).collect();
    Chosen { all, left_out }
}

/// A picture of the chosen workloads; nothing where there is none.
fn sketch(
    source: &Source,
    quantity: &Quantity,
    chosen: &Chosen,
    (id, title, how_to_read): (&'static str, String, &'static str),
) -> Option<Sketch> {
    let mut table = Table::new(&["workload", "jobs", "pool", "workers", "chunk", "window"], quantity.column);
    let mut parts: Vec<Box<dyn Draw>> = Vec::new();
    for (workload, cells) in &chosen.all {
        let pools = one_a_pool(cells);
        for cell in pools.iter().flatten() {
            let setup = cell.setup;
            if let Some(known) = (quantity.pick)(cell) {
                table.row(
                    &[workload, &cell.group.jobs, &setup.pool, &setup.workers, &setup.chunk, &setup.window],
                    known.times(quantity.parts),
                );
            }
        }
        if sizes(cells).len() > 1 {
            let lines = pools.iter().filter_map(|cells| over_jobs(cells, quantity.pick, quantity.trials)).collect();
            let axes = (Axis::new("jobs", Unit::Count), Axis::new(quantity.axis, quantity.unit));
            parts.push(Box::new(in_panels(&source.palette, workload.clone(), axes, lines)));
        } else {
            parts.push(Box::new(rows(quantity, workload, &pools)));
        }
    }
    let about = About { id, title, how_to_read, left_out: chosen.sentence(), data: table.text() };
    (!parts.is_empty()).then_some(Sketch { about, parts })
}

/// A row a pool, the least first.
fn rows(quantity: &Quantity, workload: &str, pools: &[Vec<&Shown>]) -> Rows {
    let cells = || pools.iter().filter_map(|cells| cells.first());
    let row = |cell: &&Shown| {
        let known = (quantity.pick)(cell)?;
        Some((
            known.value,
            Row {
                pool: cell.setup.pool.clone(),
                name: cell.name.clone(),
                values: vec![Some(known)],
                trials: vec![(quantity.trials)(cell)],
                note: quantity.unit.text(known.value),
            },
        ))
    };
    let mut rows: Vec<(f64, Row)> = cells().filter_map(row).collect();
    rows.sort_by(|one, other| one.0.total_cmp(&other.0));
    let size = cells().next().map_or(String::new(), |cell| format!(" x {}", cell.group.jobs));
    Rows {
        title: format!("{workload}{size}"),
        x: Axis::new(quantity.axis, quantity.unit),
        parts: vec![quantity.axis_word()],
        is_last_behind: false,
        all: rows.into_iter().map(|(_, row)| row).collect(),
    }
}

impl Quantity<'_> {
    fn axis_word(&self) -> &'static str {
        match self.unit {
            Unit::Size => "memory",
            _ => "time",
        }
    }
}

/// Who is the fastest at the largest number of jobs.
fn fastest(found: &[Best], cells: &[&Shown]) -> String {
    const NAMED: usize = 3;
    let Some(group) = largest(cells) else { return String::new() };
    let Some(best) = found.iter().find(|one| one.workload == group.workload_and_param() && one.jobs == group.jobs)
    else {
        return String::new();
    };
    let what = format!("{} jobs of {}", jobs(group), best.workload);
    let time = Unit::Time.text(crate::analysis::float(best.median_ns));
    match &best.as_good {
        None => format!("{what}: {} has the lowest median, {time}; too few blocks to tell who is fastest", best.pool),
        Some(_) if best.worst.is_none() => format!("{what}: {} takes {time}", best.pool),
        Some(none) if none.is_empty() => format!("{what}: {} is fastest, {time}", best.pool),
        Some(others) if others.len() <= NAMED => {
            format!("{what}: {} is fastest, {time}, and as good: {}", best.pool, others.join(", "))
        }
        Some(others) => {
            format!("{what}: {} is fastest, {time}, and {} others are not told from it", best.pool, others.len())
        }
    }
}

/// From the least to the most at the largest number of jobs.
fn range(cells: &[&Shown], pick: fn(&Shown) -> Option<Known>, unit: Unit, what: impl Fn(&Group) -> String) -> String {
    let Some(group) = largest(cells) else { return String::new() };
    let here = cells.iter().filter(|cell| cell.group == group);
    let mut known: Vec<(f64, &str)> = here.filter_map(|cell| Some((pick(cell)?.value, cell.name.as_str()))).collect();
    known.sort_by(|one, other| one.0.total_cmp(&other.0));
    let of = |(value, name): &(f64, &str)| format!("{} ({name})", unit.text(*value));
    match (known.first(), known.last()) {
        (Some(least), Some(most)) if known.len() > 1 => format!("{}: {} to {}", what(group), of(least), of(most)),
        (Some(only), _) => format!("{}: {}", what(group), of(only)),
        _ => what(group),
    }
}

fn jobs(group: &Group) -> String {
    grouped(crate::analysis::float(group.jobs))
}
