//! What each picture of a spreadsheet shows: a value with its ends for each pool and number of jobs.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use super::super::shown::{Known, Shown, shown};
use crate::analysis::{Data, Measure};

/// A value with the interval that it is known within; whole numbers, since a decimal point is a comma in half the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Point {
    pub(super) value: i64,
    pub(super) low: i64,
    pub(super) high: i64,
}

/// One picture: jobs along, a line a pool.
#[derive(Clone, Debug)]
pub(super) struct Picture {
    /// What is shown, such as `batch time`.
    pub(super) title: &'static str,
    /// The unit of the values: `ns`, `ps`, `bytes` or `permille`.
    pub(super) unit: &'static str,
    /// Of which workload, with its parameter.
    pub(super) workload: String,
    /// Along.
    pub(super) jobs: Vec<u64>,
    /// A line each, in the order of names: the value at each number of jobs, where there is one.
    pub(super) lines: Vec<(String, Vec<Option<Point>>)>,
    /// Whether all values are above 0, so that a logarithmic axis can show them.
    pub(super) is_positive: bool,
}

impl Picture {
    /// The lines that are best at the largest number of jobs, least first; of efficiency the most is best.
    pub(super) fn leading(&self, count: usize) -> Vec<&str> {
        let last =
            |points: &[Option<Point>]| points.iter().rev().flatten().next().map_or(i64::MAX, |point| point.value);
        let sign = if self.unit == "permille" { -1 } else { 1 };
        let mut order: Vec<(i64, &str)> =
            self.lines.iter().map(|(name, points)| (sign * last(points), name.as_str())).collect();
        order.sort_unstable();
        order.into_iter().take(count).map(|(_, name)| name).collect()
    }

    /// A name for its file or sheet, of letters, digits, dots and dashes.
    pub(super) fn name(&self) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' };
        format!("{}-{}", self.title, self.workload).chars().map(plain).collect()
    }
}

/// What a picture shows of a cell: title, unit, and the figure with how many of the unit make one of its own.
type Pick = (&'static str, &'static str, fn(&Shown) -> Option<Known>, f64);

/// All pictures for which the run has values; twins are in none.
pub(super) fn pictures(data: &Data) -> Result<Vec<Picture>> {
    let cells = shown(data)?;
    let memory = if data.memory() == Measure::Charged { "charged memory" } else { "peak RSS" };
    let picks: [Pick; 4] = [
        ("batch time", "ns", |one| one.time, 1.0),
        (memory, "bytes", |one| one.memory, 1.0),
        ("overhead a job", "ps", |one| one.overhead, 1000.0),
        ("efficiency", "permille", |one| one.efficiency, 1000.0),
    ];
    let workloads: BTreeSet<String> = cells.iter().map(|one| one.group.workload_and_param()).collect();
    let all = workloads.iter().flat_map(|workload| picks.iter().map(move |pick| (workload, pick)));
    // A file travels alone, and its name with it.
    let named = |picture: Picture| {
        let mark = if data.unchecked.contains(&picture.workload) { " UNCHECKED" } else { "" };
        Picture { workload: picture.workload.clone() + mark, ..picture }
    };
    Ok(all.filter_map(|(workload, pick)| picture(&cells, workload, pick).map(named)).collect())
}

fn picture(cells: &[Shown], workload: &str, (title, unit, pick, parts): &Pick) -> Option<Picture> {
    let own: Vec<&Shown> = cells.iter().filter(|one| one.group.workload_and_param() == workload).collect();
    let jobs: BTreeSet<u64> = own.iter().map(|one| one.group.jobs).collect();
    let mut lines: BTreeMap<&str, BTreeMap<u64, Point>> = BTreeMap::new();
    for one in &own {
        if let Some(known) = pick(one) {
            lines.entry(&one.name).or_default().insert(one.group.jobs, point(known.times(*parts)));
        }
    }
    let is_positive = lines.values().flat_map(BTreeMap::values).all(|point| point.low > 0);
    let line = |(name, points): (&str, BTreeMap<u64, Point>)| {
        (name.to_owned(), jobs.iter().map(|jobs| points.get(jobs).copied()).collect())
    };
    let lines: Vec<_> = lines.into_iter().map(line).collect();
    let jobs: Vec<u64> = jobs.iter().copied().collect();
    (!lines.is_empty()).then(|| Picture { title, unit, workload: workload.to_owned(), jobs, lines, is_positive })
}

fn point(known: Known) -> Point {
    let rounded = |value: f64| {
        #[expect(clippy::cast_possible_truncation, reason = "a cast from float saturates")]
        let whole = value.round() as i64;
        whole
    };
    Point { value: rounded(known.value), low: rounded(known.low), high: rounded(known.high) }
}
