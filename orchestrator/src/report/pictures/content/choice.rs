//! Which of a run's many cells a picture shows: those of largest interest first, one that computes and one that waits before others.

use std::collections::{BTreeMap, BTreeSet};

use super::super::draw::Axis;
use super::super::draw::lines::{Line, Lines};
use super::super::palette::Palette;
use crate::analysis::{Group, float};
use crate::report::shown::{Known, Shown};

/// Workloads of one picture where all pools fit into one panel, and where they take several.
const MOST_PANELS: usize = 4;
const MOST_TIMES_KINDS: usize = 2;

/// How many workloads a picture shows.
pub(super) fn most(palette: &Palette) -> usize {
    if palette.is_whole() { MOST_PANELS } else { MOST_TIMES_KINDS }
}

/// Cells by what they share, the largest interest first, and the names of those that had no room.
pub(super) struct Chosen<'a, 'b> {
    pub(super) all: Vec<(String, Vec<&'b Shown<'a>>)>,
    pub(super) left_out: Vec<String>,
}

impl Chosen<'_, '_> {
    /// What had no room, as a sentence.
    pub(super) fn sentence(&self) -> String {
        const NAMED: usize = 12;
        if self.left_out.is_empty() {
            return String::new();
        }
        let more = self.left_out.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!(
            "Not in this picture: {}{more}.",
            self.left_out.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ")
        )
    }
}

/// Of cells in groups by `key`, at most `most`: ordered by how much each tells, the first that computes and the first that waits before
/// all others.
pub(super) fn chosen<'a, 'b>(
    cells: impl Iterator<Item = &'b Shown<'a>>,
    key: impl Fn(&Shown) -> String,
    most: usize,
) -> Chosen<'a, 'b> {
    let mut groups: BTreeMap<String, Vec<&Shown>> = BTreeMap::new();
    for cell in cells {
        groups.entry(key(cell)).or_default().push(cell);
    }
    let mut groups: Vec<(String, Vec<&Shown>)> = groups.into_iter().collect();
    let interest = |cells: &[&Shown]| {
        let pools: BTreeSet<&str> = cells.iter().map(|cell| cell.setup.pool.as_str()).collect();
        let sizes = sizes(cells);
        let largest = sizes.last().copied().unwrap_or(0);
        (pools.len().min(8), sizes.len(), pools.len(), largest)
    };
    // The sort is stable, so equals stay in the order of names.
    groups.sort_by_key(|(_, cells)| std::cmp::Reverse(interest(cells)));
    let waits = |(_, cells): &(String, Vec<&Shown>)| cells.iter().any(|cell| cell.group.waits());
    let mut order: Vec<usize> = Vec::new();
    order.extend(groups.iter().position(|one| !waits(one)));
    order.extend(groups.iter().position(waits));
    // Then other workloads than these, and last the same ones of another length.
    let name = |at: usize| groups[at].1.first().map(|cell| cell.group.workload.as_str());
    for is_new in [true, false] {
        for at in 0..groups.len() {
            let is_known = order.iter().any(|other| name(*other) == name(at));
            if !(order.contains(&at) || is_new && is_known) {
                order.push(at);
            }
        }
    }
    let left_out = order.iter().skip(most).map(|at| groups[*at].0.clone()).collect();
    let mut slots: Vec<Option<_>> = groups.into_iter().map(Some).collect();
    let all = order.into_iter().take(most).filter_map(|at| slots[at].take()).collect();
    Chosen { all, left_out }
}

/// The numbers of jobs that cells have, ascending.
pub(super) fn sizes(cells: &[&Shown]) -> Vec<u64> {
    cells.iter().map(|cell| cell.group.jobs).collect::<BTreeSet<_>>().into_iter().collect()
}

/// The cells that have something, one size a workload: the largest that at least half of its pools have, with one setup a pool.
pub(super) fn one_size_each<'a, 'b>(cells: impl Iterator<Item = &'b Shown<'a>>, most: usize) -> Chosen<'a, 'b> {
    let Chosen { all, left_out } = chosen(cells, |cell| cell.group.workload_and_param(), most);
    let of_largest = |(_, cells): (String, Vec<&'b Shown<'a>>)| {
        let group = largest(&cells)?;
        let here: Vec<&Shown> = cells.into_iter().filter(|cell| cell.group == group).collect();
        let title = format!("{} x {}", group.workload_and_param(), group.jobs);
        Some((title, one_a_pool(&here).into_iter().flatten().collect()))
    };
    Chosen { all: all.into_iter().filter_map(of_largest).collect(), left_out }
}

/// The largest number of jobs that at least half of the pools have.
pub(super) fn largest<'a>(cells: &[&Shown<'a>]) -> Option<&'a Group> {
    let count = |jobs: u64| cells.iter().filter(|cell| cell.group.jobs == jobs).count();
    let sizes = sizes(cells);
    let most = sizes.iter().map(|jobs| count(*jobs)).max()?;
    let jobs = sizes.iter().rev().copied().find(|jobs| 2 * count(*jobs) >= most)?;
    cells.iter().find(|cell| cell.group.jobs == jobs).map(|cell| cell.group)
}

/// One setup a pool: of those with the most sizes the one with the shortest batch of the largest.
pub(super) fn one_a_pool<'a, 'b>(cells: &[&'b Shown<'a>]) -> Vec<Vec<&'b Shown<'a>>> {
    let mut pools: BTreeMap<&str, BTreeMap<&str, Vec<&'b Shown<'a>>>> = BTreeMap::new();
    for cell in cells {
        pools.entry(&cell.setup.pool).or_default().entry(&cell.name).or_default().push(cell);
    }
    let best = |setups: BTreeMap<&str, Vec<&'b Shown<'a>>>| {
        let value =
            |cells: &[&Shown]| cells.last().and_then(|cell| cell.time).map_or(f64::INFINITY, |known| known.value);
        setups
            .into_values()
            .min_by(|one, other| other.len().cmp(&one.len()).then_with(|| value(one).total_cmp(&value(other))))
    };
    pools.into_values().filter_map(best).collect()
}

/// Lines into their panels by the palette.
pub(super) fn in_panels(palette: &Palette, title: String, (x, y): (Axis, Axis), lines: Vec<Line>) -> Lines {
    let at = |pool: &String| lines.iter().position(|line| line.pool == *pool);
    let panel = |(title, pools): &(String, Vec<String>)| {
        let own = pools.iter().enumerate().filter_map(|(colour, pool)| Some((at(pool)?, colour)));
        (title.clone(), own.collect::<Vec<_>>())
    };
    let panels = palette.panels().iter().map(panel).filter(|(_, own)| !own.is_empty()).collect();
    Lines { title, x, y, all: lines, panels, guide: None }
}

/// A line over the jobs: medians of `pick`, and of each trial the `values`.
pub(super) fn over_jobs(
    cells: &[&Shown],
    pick: impl Fn(&Shown) -> Option<Known>,
    values: impl Fn(&Shown) -> Vec<f64>,
) -> Option<Line> {
    let first = cells.first()?;
    let points: Vec<(f64, Known)> =
        cells.iter().filter_map(|cell| Some((float(cell.group.jobs), pick(cell)?))).collect();
    let known = |cell: &&&Shown| pick(cell).is_some();
    let trials = cells
        .iter()
        .filter(known)
        .flat_map(|cell| values(cell).into_iter().map(|value| (float(cell.group.jobs), value)));
    let trials = trials.collect();
    (!points.is_empty()).then(|| Line {
        pool: first.setup.pool.clone(),
        name: first.name.clone(),
        points,
        trials,
        star: None,
    })
}
