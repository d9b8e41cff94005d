//! What pools take beside their batches: start and stop, and memory by phase.

use std::fmt::Write as _;

use super::choice::{Chosen, one_size_each};
use super::csv::Table;
use super::source::{Found, Sketch, Source};
use crate::analysis::{Measure, Point, float};
use crate::report::pictures::draw::rows::{Row, Rows};
use crate::report::pictures::draw::{Axis, Draw};
use crate::report::pictures::picture::{About, Absent};
use crate::report::pictures::units::Unit;
use crate::report::shown::{Known, Shown};

/// Workloads: one that computes and one that waits, which have different workers.
const MOST: usize = 2;
/// Rows of a panel; more are a table.
const MOST_ROWS: usize = 40;

/// What is shown of a trial.
type Pick = fn(&Point) -> Option<u64>;

/// Start and stop.
pub(super) fn start_stop(source: &Source) -> Found {
    let chosen = with(source, |point| point.start_ns);
    let stops = |cell: &Shown| source.plan.pools.get(&cell.setup.pool).is_none_or(|pool| pool.stop != "async");
    let values = |cell: &Shown| {
        vec![median(cell, |point| point.start_ns), median(cell, |point| point.stop_ns).filter(|_| stops(cell))]
    };
    let how_to_read = "Further left is quicker. Start: from before the pool exists until its workers are \
        up; stop: from the last result until they are gone. Each dot is a trial, the bars are 95 % intervals.";
    let title =
        |cells: &[&Shown]| ends("Workers are up after", cells, |cell| median(cell, |point| point.start_ns), Unit::Time);
    let form = Form {
        parts: vec!["start", "stop"],
        column: "ns",
        unit: Unit::Time,
        axis: "time",
        sorted_by: 0,
        is_last_behind: false,
        picks: &[|point| point.start_ns, |point| point.stop_ns],
    };
    let absent = Absent {
        id: "start-stop",
        title: "Start and stop",
        why: "No trial of the run was ok; `poolbench summary` says how they ended.".to_owned(),
    };
    sketch(&chosen, &form, values, ("start-stop", how_to_read), title).ok_or(absent)
}

/// Memory by phase.
pub(super) fn phases(source: &Source) -> Found {
    const PICKS: [Pick; 5] = [
        |point| point.ready_bytes,
        |point| point.started_bytes,
        |point| point.done_bytes,
        |point| point.stopped_bytes,
        |point| point.value(Measure::Resident),
    ];
    let chosen = with(source, |point| point.started_bytes);
    let values =
        |cell: &Shown| PICKS[..4].iter().map(|pick| median(cell, *pick)).chain([peak(cell)]).collect::<Vec<_>>();
    let how_to_read = "Further left is smaller. Resident memory of the whole tree of processes: ready \
        before there is a worker, started when all are up, done after the last batch, stopped when they are \
        gone, and the peak; of several processes the peak lies between its mark and the end of its bar.";
    let title = |cells: &[&Shown]| {
        ends("Resident when all workers are up", cells, |cell| median(cell, |point| point.started_bytes), Unit::Size)
    };
    let parts = vec!["ready", "started", "done", "stopped", "peak"];
    let form = Form {
        parts,
        column: "bytes",
        unit: Unit::Size,
        axis: "resident memory",
        sorted_by: 1,
        is_last_behind: true,
        picks: &PICKS,
    };
    let absent = Absent {
        id: "phases",
        title: "Memory by phase",
        why: "No trial has figures of resident memory at its gates; `poolbench run quick` reads them.".to_owned(),
    };
    sketch(&chosen, &form, values, ("phases", how_to_read), title).ok_or(absent)
}

/// How rows are drawn and written.
struct Form {
    parts: Vec<&'static str>,
    column: &'static str,
    unit: Unit,
    axis: &'static str,
    /// The part by which rows ascend.
    sorted_by: usize,
    /// Whether the last part may be equal to any other.
    is_last_behind: bool,
    /// Of each part what is shown of a trial.
    picks: &'static [Pick],
}

/// The cells that have a figure.
fn with<'a, 'b>(source: &'b Source<'a>, pick: Pick) -> Chosen<'a, 'b> {
    one_size_each(source.cells.iter().filter(|cell| median(cell, pick).is_some()), MOST)
}

fn median(cell: &Shown, pick: Pick) -> Option<Known> {
    let values: Vec<f64> = cell.series.points.iter().filter_map(|point| pick(&point)).map(float).collect();
    Known::median(&values).filter(|_| 2 * values.len() >= cell.series.points.len())
}

/// The resident peak: of a tree at least and at most this much.
fn peak(cell: &Shown) -> Option<Known> {
    let low = median(cell, |point| point.resident.map(|(low, _)| low))?;
    let high = median(cell, |point| point.resident.map(|(_, high)| high))?;
    if low == high { Some(low) } else { Some(Known { value: low.value, low: low.value, high: high.value }) }
}

fn sketch(
    chosen: &Chosen,
    form: &Form,
    values: impl Fn(&Shown) -> Vec<Option<Known>>,
    (id, how_to_read): (&'static str, &'static str),
    title: impl Fn(&[&Shown]) -> String,
) -> Option<Sketch> {
    let mut table = Table::new(&["workload", "jobs", "pool", "workers", "phase"], form.column);
    let mut parts: Vec<Box<dyn Draw>> = Vec::new();
    let mut hidden = 0;
    for (name, cells) in &chosen.all {
        let mut rows: Vec<(f64, Row)> = Vec::new();
        for cell in cells {
            let values = values(cell);
            for (part, known) in form.parts.iter().zip(&values) {
                if let Some(known) = known {
                    table.row(
                        &[
                            &cell.group.workload_and_param(),
                            &cell.group.jobs,
                            &cell.setup.pool,
                            &cell.setup.workers,
                            part,
                        ],
                        *known,
                    );
                }
            }
            let sorted_by = values[form.sorted_by].map_or(f64::INFINITY, |known| known.value);
            let (pool, name) = (cell.setup.pool.clone(), cell.name.clone());
            let of_part = |(pick, known): (&Pick, &Option<Known>)| {
                let all = cell.series.points.iter().filter_map(|point| pick(&point)).map(float).collect();
                known.map_or_else(Vec::new, |_| all)
            };
            let trials = form.picks.iter().zip(&values).map(of_part).collect();
            rows.push((sorted_by, Row { pool, name, values, trials, note: String::new() }));
        }
        rows.sort_by(|one, other| one.0.total_cmp(&other.0));
        hidden += rows.len().saturating_sub(MOST_ROWS);
        let rows = rows.into_iter().take(MOST_ROWS).map(|(_, row)| row).collect();
        let workers = workers(cells);
        parts.push(Box::new(Rows {
            title: format!("{name}{workers}"),
            x: Axis::new(form.axis, form.unit),
            parts: form.parts.clone(),
            is_last_behind: form.is_last_behind,
            all: rows,
        }));
    }
    let mut left_out = chosen.sentence();
    if hidden > 0 {
        let _ = write!(left_out, " The last {hidden} rows have no room; all are in the data.");
    }
    let title = chosen.all.first().map_or(String::new(), |(_, cells)| title(cells));
    let about = About { id, title, how_to_read, left_out, data: table.text() };
    (!parts.is_empty()).then_some(Sketch { about, parts })
}

/// How many workers most of these have.
fn workers(cells: &[&Shown]) -> String {
    let most = cells.iter().map(|cell| cell.setup.workers).max().unwrap_or(0);
    if most < 2 { String::new() } else { format!(", up to {most} workers") }
}

/// From the least to the most.
fn ends(what: &str, cells: &[&Shown], pick: impl Fn(&Shown) -> Option<Known>, unit: Unit) -> String {
    let mut known: Vec<(f64, &str)> =
        cells.iter().filter_map(|cell| Some((pick(cell)?.value, cell.name.as_str()))).collect();
    known.sort_by(|one, other| one.0.total_cmp(&other.0));
    let of = |(value, name): &(f64, &str)| format!("{} ({name})", unit.text(*value));
    match (known.first(), known.last()) {
        (Some(least), Some(most)) if known.len() > 1 => format!("{what}: {} to {}", of(least), of(most)),
        (Some(only), _) => format!("{what}: {}", of(only)),
        _ => what.to_owned(),
    }
}
