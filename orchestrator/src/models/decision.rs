//! The decision table: for each field the pools that tie for best, with how many workers, and what another choice costs.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Serialize;

use super::fields::{Bottleneck, Field, Length, fields, standard};
use crate::analysis::rank::{self, Ranks};
use crate::analysis::{Data, Group, Measure, Names, RunLevel, Setup, float};
use crate::stats::{self, Alpha, Interval, Place, Sample};

/// One line of the table, for programs as well.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Line {
    #[serde(skip)]
    field: Field,
    pub(super) bottleneck: Bottleneck,
    /// How long a job lasts, ns: the shortest and the longest of its cells.
    pub(crate) job_low_ns: f64,
    pub(crate) job_high_ns: f64,
    /// Whether a job is only known to last no longer, for want of a plain loop.
    pub(crate) job_is_bound: bool,
    pub(crate) jobs_low: u64,
    pub(crate) jobs_high: u64,
    /// The cells that were compared.
    cells: Vec<String>,
    /// Pools that have all of these cells.
    pub(crate) pools: usize,
    /// Those that tie for best, the lowest score first; with too few blocks to tell the one with the lowest alone.
    pub(crate) take: Vec<Taken>,
    /// Whether there were blocks enough to put a pool behind another.
    pub(crate) told: bool,
    /// The blocks that it takes.
    pub(crate) fewest_blocks: u64,
    /// How many times as long as the first the median pool takes, and the worst.
    pub(crate) median: Option<f64>,
    pub(crate) worst: Option<f64>,
    pub(crate) worst_pool: Option<String>,
    /// The command that would fill the field, if it has no data.
    pub(crate) fill: Option<String>,
}

/// A pool that ties for best.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Taken {
    pub(crate) pool: String,
    /// Its workers in these cells.
    pub(crate) workers_low: u64,
    workers_high: u64,
    chunk: String,
    window: String,
    /// Geometric mean of its ratios to the best of each cell.
    pub(crate) score: f64,
    low: Option<f64>,
    high: Option<f64>,
    #[serde(skip)]
    pub(crate) real: String,
}

/// The whole table: a line for each field that the run has, and one for each that it should have.
pub(crate) fn lines(data: &Data, level: &RunLevel) -> Result<Vec<Line>> {
    let names = Names::of(data);
    let measured = fields(data);
    let mut lines = Vec::new();
    for (field, cells) in &measured {
        lines.push(line(data, level, &names, *field, cells)?);
    }
    let lacking = standard().filter(|one| !measured.contains_key(&one.field));
    lines.extend(lacking.map(|one| Line {
        fill: Some(one.command()),
        ..Line::of(one.field, (one.length_ns, one.length_ns), false, (one.jobs, one.jobs))
    }));
    lines.sort_by_key(|line| line.field);
    Ok(lines)
}

fn line(data: &Data, level: &RunLevel, names: &Names, field: Field, cells: &[(&Group, Length)]) -> Result<Line> {
    let lengths = || cells.iter().map(|(_, length)| length.ns);
    let jobs = || cells.iter().map(|(group, _)| group.jobs);
    let length = (lengths().fold(f64::INFINITY, f64::min), lengths().fold(0.0, f64::max));
    let is_bound = cells.iter().any(|(_, length)| length.is_bound);
    let range = (jobs().min().unwrap_or(0), jobs().max().unwrap_or(0));
    let (groups, ranks) = ranked(data, level, names, cells)?;
    let placed: Vec<Found> = ranks.placed().filter_map(Found::of).collect();
    let (found, has_places) = match placed.len() {
        0 => (by_medians(data, names, &groups), false),
        _ => (placed, true),
    };
    let fewest_blocks = fewest_blocks(found.len() * found.len().saturating_sub(1) / 2, data.alpha);
    let told = found.len() < 2 || (has_places && data.draws() >= fewest_blocks);
    let ties: Vec<&Found> = found.iter().filter(|one| one.is_best).collect();
    let take = if told { &ties[..] } else { &ties[..ties.len().min(1)] };
    let least = found.first().map_or(1.0, |one| one.score);
    let scores: Vec<f64> = found.iter().map(|one| one.score / least).collect();
    let worst = found.last().filter(|_| found.len() > 1);
    Ok(Line {
        cells: groups.iter().map(|group| format!("{} x {}", group.workload_and_param(), group.jobs)).collect(),
        pools: found.len(),
        take: take.iter().filter_map(|one| taken(data, names, &groups, one)).collect(),
        told,
        fewest_blocks,
        median: Sample::new(&scores).ok().filter(|_| found.len() > 1).map(|sample| sample.median()),
        worst: worst.map(|one| one.score / least),
        worst_pool: worst.map(|one| one.name.clone()),
        ..Line::of(field, length, is_bound, range)
    })
}

/// The blocks that it takes to put one of so many pairs apart.
fn fewest_blocks(pairs: usize, alpha: Alpha) -> u64 {
    stats::fewest_blocks(pairs.max(1), alpha) as u64
}

/// A pool that has all cells of a field.
struct Found {
    name: String,
    /// Geometric mean of its ratios to the best of each cell.
    score: f64,
    interval: Option<Interval>,
    /// Whether no other is beyond doubt ahead.
    is_best: bool,
}

impl Found {
    fn of((name, place): (&str, &Place)) -> Option<Self> {
        Some(Self { name: name.to_owned(), score: place.score?, interval: place.interval, is_best: place.best == 1 })
    }
}

/// Where there are too few blocks for any place: by the medians, the lowest first.
fn by_medians(data: &Data, names: &Names, groups: &[&Group]) -> Vec<Found> {
    let mut logs: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for group in groups {
        for (setup, series) in data.groups[*group].iter().filter(|(setup, _)| !setup.is_twin()) {
            let median = Sample::new(&series.values(Measure::Time)).map(|sample| sample.median().ln());
            logs.entry(names.short(setup)).or_default().extend(median.ok());
        }
    }
    let mean = |logs: &[f64]| logs.iter().sum::<f64>() / float(logs.len() as u64);
    let whole = logs.into_iter().filter(|(_, logs)| logs.len() == groups.len());
    let mut means: Vec<(String, f64)> = whole.map(|(name, logs)| (name, mean(&logs))).collect();
    means.sort_by(|one, other| one.1.total_cmp(&other.1));
    let least = means.first().map_or(0.0, |(_, mean)| *mean);
    let found =
        |(name, mean): (String, f64)| Found { name, score: (mean - least).exp(), interval: None, is_best: true };
    means.into_iter().map(found).collect()
}

/// The places over all cells of a field; over the one with the most pools where fewer than half of these have all.
fn ranked<'a>(
    data: &Data,
    level: &RunLevel,
    names: &Names,
    cells: &[(&'a Group, Length)],
) -> Result<(Vec<&'a Group>, Ranks)> {
    let all: Vec<&Group> = cells.iter().map(|(group, _)| *group).collect();
    let over = |groups: &[&Group]| rank::of_cells(data, level, Measure::Time, names, String::new(), groups);
    let ranks = over(&all)?;
    if 2 * ranks.placed().count() >= ranks.incomplete().count() || all.len() < 2 {
        return Ok((all, ranks));
    }
    let ok = |group: &&&Group| data.groups[**group].values().filter(|series| !series.points.is_empty()).count();
    let most: Vec<&Group> = all.iter().max_by_key(ok).copied().into_iter().collect();
    let ranks = over(&most)?;
    Ok((most, ranks))
}

fn taken(data: &Data, names: &Names, groups: &[&Group], one: &Found) -> Option<Taken> {
    let setups = || groups.iter().flat_map(|group| data.groups[*group].keys());
    let own = || setups().filter(|setup| !setup.is_twin() && names.short(setup) == one.name);
    let first: &Setup = own().next()?;
    Some(Taken {
        pool: one.name.clone(),
        workers_low: own().map(|setup| setup.workers).min()?,
        workers_high: own().map(|setup| setup.workers).max()?,
        chunk: first.chunk.clone(),
        window: first.window.clone(),
        score: one.score,
        low: one.interval.map(Interval::low),
        high: one.interval.map(Interval::high),
        real: first.pool.clone(),
    })
}

impl Line {
    /// Whether it is of the same jobs, but for their number.
    pub(crate) fn is_beside(&self, other: &Self) -> bool {
        self.field.is_beside(other.field)
    }

    fn of(field: Field, length_ns: (f64, f64), job_is_bound: bool, jobs: (u64, u64)) -> Self {
        Self {
            field,
            bottleneck: field.bottleneck,
            job_low_ns: length_ns.0,
            job_high_ns: length_ns.1,
            job_is_bound,
            jobs_low: jobs.0,
            jobs_high: jobs.1,
            cells: Vec::new(),
            pools: 0,
            take: Vec::new(),
            told: true,
            fewest_blocks: 0,
            median: None,
            worst: None,
            worst_pool: None,
            fill: None,
        }
    }
}
