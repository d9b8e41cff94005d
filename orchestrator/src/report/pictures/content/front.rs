//! Time against memory, with the pools marked that no other betters in both.

use super::choice::one_size_each;
use super::csv::Table;
use super::source::{Found, Sketch, Source};
use crate::analysis::{Measure, float};
use crate::report::pictures::draw::plane::{Dot, Plane};
use crate::report::pictures::draw::{Axis, Draw};
use crate::report::pictures::picture::{About, Absent};
use crate::report::pictures::units::Unit;
use crate::report::shown::{Known, Shown};
use crate::stats;

/// Workloads, a panel each.
const MOST: usize = 4;

/// The picture.
pub(super) fn front(source: &Source) -> Found {
    let chosen = one_size_each(source.cells.iter().filter(|cell| both(cell).is_some()), MOST);
    let measure = source.models.data.memory();
    let memory = if measure == Measure::Charged { "charged memory, peak" } else { "peak RSS" };
    let mut table = Table::new(&["workload", "jobs", "pool", "workers", "front", "time_ns"], "bytes");
    let mut parts: Vec<Box<dyn Draw>> = Vec::new();
    let mut title = String::new();
    for (name, cells) in &chosen.all {
        let known: Vec<(&Shown, Known, Known)> =
            cells.iter().filter_map(|cell| both(cell).map(|(time, memory)| (*cell, time, memory))).collect();
        let values: Vec<(f64, f64)> = known.iter().map(|(_, time, memory)| (time.value, memory.value)).collect();
        let front = stats::front(&values);
        let dot = |((cell, time, memory), is_front): (&(&Shown, Known, Known), &bool)| Dot {
            pool: cell.setup.pool.clone(),
            name: cell.name.clone(),
            x: *time,
            y: *memory,
            trials: trials(cell, measure),
            is_front: *is_front,
            colour: colour(source, &cell.setup.pool, *is_front),
        };
        let dots: Vec<Dot> = known.iter().zip(&front).map(dot).collect();
        for ((cell, time, memory), is_front) in known.iter().zip(&front) {
            let (group, setup) = (cell.group, cell.setup);
            let time = format!("{:.0}", time.value);
            table.row(
                &[&group.workload_and_param(), &group.jobs, &setup.pool, &setup.workers, &u8::from(*is_front), &time],
                *memory,
            );
        }
        if title.is_empty() {
            title = said(name, &dots);
        }
        parts.push(Box::new(Plane {
            title: name.clone(),
            x: Axis::new("batch time", Unit::Time),
            y: Axis::new(memory, Unit::Size),
            dots,
        }));
    }
    if parts.is_empty() {
        return Err(Absent {
            id: "front",
            title: "Time against memory",
            why: "No pool has both a time and a complete figure of memory: `poolbench doctor` says what \
                control groups need."
                .to_owned(),
        });
    }
    let how_to_read = "Nearer to the lower left corner is better. The line joins the pools that no other \
        betters in both, by their medians; the crosses are 95 % intervals.";
    let about = About { id: "front", title, how_to_read, left_out: chosen.sentence(), data: table.text() };
    Ok(Sketch { about, parts })
}

fn both(cell: &Shown) -> Option<(Known, Known)> {
    cell.time.zip(cell.memory)
}

/// Time and memory of each trial that has both.
fn trials(cell: &Shown, memory: Measure) -> Vec<(f64, f64)> {
    let points = cell.series.points.iter();
    points.filter_map(|point| Some((float(point.value(Measure::Time)?), float(point.value(memory)?)))).collect()
}

/// A colour of its own where there are few pools, else one for the front and none for the others.
fn colour(source: &Source, pool: &str, is_front: bool) -> Option<usize> {
    match source.palette.panels() {
        [(_, pools)] => pools.iter().position(|one| one == pool),
        _ => is_front.then_some(0),
    }
}

fn said(name: &str, dots: &[Dot]) -> String {
    const NAMED: usize = 4;
    let mut front: Vec<&Dot> = dots.iter().filter(|dot| dot.is_front).collect();
    front.sort_by(|one, other| one.x.value.total_cmp(&other.x.value));
    let names: Vec<&str> = front.iter().take(NAMED).map(|dot| dot.name.as_str()).collect();
    let more = front.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    match (&front[..], dots.len()) {
        (_, 1) => format!("{name}: time and memory of {}", names.join("")),
        ([_], _) => format!("{name}: {} has both the lowest time and the lowest memory", names.join("")),
        _ => format!("{name}: no pool betters these in both time and memory: {}{more}", names.join(", ")),
    }
}
