//! Originals beside the pools in Rust that stand for them.

use std::collections::BTreeMap;

use anyhow::Result;

use super::csv::Table;
use super::source::{Found, Sketch, Source};
use crate::analysis::{Beside, Measure, Setup, beside, float};
use crate::report::pictures::draw::rows::{Row, Rows};
use crate::report::pictures::draw::{Axis, Draw};
use crate::report::pictures::picture::{About, Absent};
use crate::report::pictures::units::Unit;
use crate::report::shown::{Known, Shown};
use crate::stats::Interval;

/// Workloads and sizes, a panel each.
const MOST: usize = 6;

/// The picture.
pub(super) fn mirrors(source: &Source) -> Result<Found> {
    let all = beside(source.models.data, source.plan, source.level)?;
    let mut groups: BTreeMap<&str, Vec<&Beside>> = BTreeMap::new();
    for one in &all {
        groups.entry(&one.at).or_default().push(one);
    }
    let mut groups: Vec<(&str, Vec<&Beside>)> = groups.into_iter().collect();
    groups.sort_by_key(|(_, couples)| std::cmp::Reverse(couples.len()));
    let left_out: Vec<&str> = groups.iter().skip(MOST).map(|(at, _)| *at).collect();
    let mut table = Table::new(
        &["workload_and_jobs", "pool", "beside", "times_permille", "times_low_permille", "times_high_permille"],
        "ps_a_job",
    );
    let mut parts: Vec<Box<dyn Draw>> = Vec::new();
    for (at, couples) in groups.iter_mut().take(MOST) {
        couples.sort_by(|one, other| one.times.unwrap_or(0.0).total_cmp(&other.times.unwrap_or(0.0)));
        let mut rows = Vec::new();
        for couple in couples.iter() {
            let (Some(original), Some(counterpart)) =
                (find(source, at, &couple.original), find(source, at, &couple.counterpart))
            else {
                continue;
            };
            for (place, cell, other) in [(0, original, counterpart), (1, counterpart, original)] {
                let Some(known) = cell.time.map(|known| known.times(1.0 / jobs(cell))) else { continue };
                let [times, low, high] = times(couple).map(|times| times.filter(|_| place == 0));
                table
                    .row(&[at, &cell.name, &other.name, &whole(times), &whole(low), &whole(high)], known.times(1000.0));
                rows.push(row(place, cell, known, couple));
            }
        }
        let parts_of = vec!["original", "in Rust"];
        parts.push(Box::new(Rows {
            title: (*at).to_owned(),
            x: Axis::new("time a job", Unit::Time),
            parts: parts_of,
            is_last_behind: false,
            all: rows,
        }));
    }
    if parts.is_empty() {
        return Ok(Err(Absent {
            id: "mirrors",
            title: "Originals beside their counterparts",
            why: "The run has no guest with a counterpart in Rust: `poolbench run python` has them (`make \
                bench-python`)."
                .to_owned(),
        }));
    }
    let left_out =
        if left_out.is_empty() { String::new() } else { format!("Not in this picture: {}.", left_out.join("; ")) };
    let how_to_read = "Each pair of rows is an original and the pool in Rust that stands for it. Further \
        left is faster; the number is how many times as long the original takes, by pairs in the same \
        blocks.";
    let about = About { id: "mirrors", title: said(&all), how_to_read, left_out, data: table.text() };
    Ok(Ok(Sketch { about, parts }))
}

fn find<'a, 'b>(source: &'b Source<'a>, at: &str, setup: &Setup) -> Option<&'b Shown<'a>> {
    source.cells.iter().find(|cell| cell.setup == setup && cell.group.to_string() == at)
}

/// The ratio and its ends.
fn times(couple: &Beside) -> [Option<f64>; 3] {
    [couple.times, couple.within.map(Interval::low), couple.within.map(Interval::high)]
}

/// In thousandths; empty where there is none.
fn whole(times: Option<f64>) -> String {
    times.map_or(String::new(), |times| format!("{:.0}", 1000.0 * times))
}

fn jobs(cell: &Shown) -> f64 {
    float(cell.group.jobs.max(1))
}

fn row(place: usize, cell: &Shown, known: Known, couple: &Beside) -> Row {
    let is_original = place == 0;
    let mut values = vec![None; 2];
    values[place] = Some(known);
    let mut trials = vec![Vec::new(); 2];
    trials[place] = cell.series.values(Measure::Time).into_iter().map(|ns| ns / jobs(cell)).collect();
    let note = couple
        .times
        .filter(|_| is_original)
        .map_or(String::new(), |times| format!("x {}", harness::human::factor(times)));
    Row { pool: cell.setup.pool.clone(), name: cell.name.clone(), values, trials, note }
}

/// From the least to the most, over all.
fn said(all: &[Beside]) -> String {
    let mut known: Vec<(f64, &Beside)> = all.iter().filter_map(|one| Some((one.times?, one))).collect();
    known.sort_by(|one, other| one.0.total_cmp(&other.0));
    let of = |(times, one): &(f64, &Beside)| {
        format!("{} ({}, {})", harness::human::factor(*times), one.original.pool, one.at)
    };
    match (known.first(), known.last()) {
        (Some(least), Some(most)) if known.len() > 1 => {
            format!("Originals take {} to {} times as long as their counterparts in Rust", of(least), of(most))
        }
        (Some(only), _) => format!("The original takes {} times as long as its counterpart in Rust", of(only)),
        _ => "Originals beside their counterparts in Rust".to_owned(),
    }
}
