//! What a pool's memory and its start are made of: a base, what a worker adds, what a job adds.

use std::collections::BTreeMap;

use serde::Serialize;

use super::curve::{Curve, by_block, median};
use super::figure::Figure;
use crate::analysis::{Data, Point, Series, Setup, float};
use crate::stats::{Cell, Draws, theil_sen};

/// Sizes closer to each other than this say nothing of what a job adds: between 0 jobs and 1 lies what the first one
/// touches, once.
const JOBS_APART: u64 = 1000;

/// Start and memory of one setup.
#[derive(Clone, Debug, Serialize)]
pub struct Footprint {
    /// The pool.
    pub pool: String,
    /// Its workers.
    pub workers: u64,
    /// From before the pool's start to when its workers are up, ns.
    pub start_ns: Option<Figure>,
    /// Resident before there is a worker, bytes.
    pub base_bytes: Option<Figure>,
    /// What each worker adds until it is up, resident, bytes: from several numbers of workers the median slope, else all that the start
    /// added by the workers.
    pub worker_bytes: Option<Figure>,
    /// What each job adds to the peak, bytes, in the workload with the largest size; none where the sizes grow by less than the
    /// figures are exact.
    pub job_bytes: Option<Figure>,
    /// That workload.
    pub job_workload: Option<String>,
    /// Which quantity the peak is.
    pub peak_of: &'static str,
}

/// One for each pool, workers and policy, over all workloads; twins have none.
pub(super) fn footprints(data: &Data, curves: &[Curve], draws: &Draws) -> Vec<Footprint> {
    let mut setups: BTreeMap<&Setup, Vec<&Series>> = BTreeMap::new();
    for (setup, series) in data.groups.values().flatten().filter(|(setup, _)| !setup.is_twin()) {
        setups.entry(setup).or_default().push(series);
    }
    let cells = |of: fn(&Point) -> Option<u64>| -> BTreeMap<&Setup, Cell> {
        setups.iter().filter_map(|(setup, all)| Some((*setup, Cell::new(&medians(all, data.blocks, of))?))).collect()
    };
    let (starts, ready) = (cells(|point| point.start_ns), cells(|point| point.ready_bytes));
    let started = cells(|point| Some(point.started_bytes?.saturating_sub(point.ready_bytes?)));
    let figure = |cells: &BTreeMap<&Setup, Cell>, setup: &Setup| {
        let cell = cells.get(setup)?;
        let again: Vec<f64> = draws.each().filter_map(|draw| cell.median_of(draw)).collect();
        Some(Figure::of(cell.median(), &again, draws))
    };
    let one = |setup: &Setup| {
        let slope = of_jobs(curves, setup, draws);
        Footprint {
            pool: setup.pool.clone(),
            workers: setup.workers,
            start_ns: figure(&starts, setup),
            base_bytes: figure(&ready, setup),
            worker_bytes: of_workers(&started, setup, draws)
                .or_else(|| Some(figure(&started, setup)?.times(1.0 / float(setup.workers.max(1))))),
            job_workload: slope.as_ref().map(|(workload, _)| workload.clone()),
            job_bytes: slope.map(|(_, figure)| figure),
            peak_of: data.memory().key(),
        }
    };
    setups.keys().map(|setup| one(setup)).collect()
}

/// The median of each block over all workloads and sizes: start and base know nothing of them yet.
fn medians(all: &[&Series], blocks: u64, of: fn(&Point) -> Option<u64>) -> Vec<Option<f64>> {
    let mut known: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
    for point in all.iter().flat_map(|series| &series.points) {
        known.entry(point.block).or_default().extend(of(&point));
    }
    let of_block = |block: u64| {
        let known = known.get_mut(&block)?;
        known.sort_unstable();
        Some(float(*known.get(known.len().checked_sub(1)? / 2)?))
    };
    (1..=blocks).map(of_block).collect()
}

/// The median slope over the numbers of workers that the same pool and policy had; none with one.
fn of_workers(started: &BTreeMap<&Setup, Cell>, setup: &Setup, draws: &Draws) -> Option<Figure> {
    let alike =
        |other: &Setup| (&other.pool, &other.chunk, &other.window) == (&setup.pool, &setup.chunk, &setup.window);
    let sweep: Vec<(f64, &Cell)> =
        started.iter().filter(|(other, _)| alike(other)).map(|(other, cell)| (float(other.workers), cell)).collect();
    let slope = |draw: Option<&[u16]>| {
        let points: Vec<(f64, f64)> =
            sweep.iter().filter_map(|(workers, cell)| Some((*workers, median(cell, draw)?))).collect();
        Some(theil_sen(&points)?.max(0.0))
    };
    if sweep.len() < 2 {
        return None;
    }
    let again: Vec<f64> = draws.each().filter_map(|draw| slope(Some(draw))).collect();
    Some(Figure::of(slope(None)?, &again, draws))
}

/// What a job adds, in the workload whose largest size is the largest.
fn of_jobs(curves: &[Curve], setup: &Setup, draws: &Draws) -> Option<(String, Figure)> {
    let alike = |curve: &&Curve| {
        let of = |setup: &Setup| (setup.pool.clone(), setup.chunk.clone(), setup.window.clone(), setup.workers);
        of(&curve.setup) == of(setup)
    };
    let mut own: Vec<&Curve> = curves.iter().filter(alike).collect();
    own.sort_by_key(|curve| std::cmp::Reverse(curve.sizes.last().map(|size| size.jobs)));
    own.into_iter().find_map(|curve| Some((curve.workload.clone(), job_bytes(curve, draws)?)))
}

/// What a job adds to the peak of a curve, bytes: the median slope of the sizes' medians, at least 0. None where no two sizes are
/// 1000 jobs apart, or all of them together grow by less than the figures are exact.
pub fn job_bytes(curve: &Curve, draws: &Draws) -> Option<Figure> {
    let points = |draw: Option<&[u16]>| -> Vec<(f64, f64)> {
        let known = curve.sizes.iter().filter_map(|size| Some((float(size.jobs), median(size.peak.as_ref()?, draw)?)));
        known.collect()
    };
    let (least, most) = (curve.sizes.first()?.jobs, curve.sizes.last()?.jobs);
    let slope = |draw| Some(apart(&points(draw))?.max(0.0));
    let value = slope(None)?;
    let resolution = curve.sizes.iter().map(|size| size.resolution).max().unwrap_or(0);
    let again: Vec<f64> = draws.each().filter_map(|draw| slope(Some(draw))).collect();
    let figure = Figure::of(value, &again, draws);
    let grown = figure.high.unwrap_or(value) * float(most - least);
    (grown > float(resolution)).then_some(figure)
}

/// The median slope of pairs that are far enough apart.
fn apart(points: &[(f64, f64)]) -> Option<f64> {
    let pairs =
        points.iter().enumerate().flat_map(|(at, one)| points[at + 1..].iter().map(move |other| (*one, *other)));
    let far = pairs.filter(|(one, other)| other.0 - one.0 >= float(JOBS_APART));
    let slopes: Vec<f64> = far.map(|(one, other)| theil_sen(&[one, other])).collect::<Option<_>>()?;
    Some(crate::stats::Sample::new(&slopes).ok()?.median())
}

/// What a pool takes to stop, ns; for advice about a program that runs once.
pub(super) fn stop_ns(data: &Data, setup: &Setup) -> Option<f64> {
    over_all(data, setup, |point| point.stop_ns)
}

/// The median of what a setup takes to start, over all trials of the run, ns.
pub(super) fn start_ns(data: &Data, setup: &Setup) -> Option<f64> {
    over_all(data, setup, |point| point.start_ns)
}

fn over_all(data: &Data, setup: &Setup, value: fn(&Point) -> Option<u64>) -> Option<f64> {
    let of = |(other, series): (&Setup, &Series)| (other == setup).then(|| by_block(series, data.blocks, &value));
    let all: Vec<f64> = data.groups.values().flatten().filter_map(of).flatten().flatten().collect();
    Some(crate::stats::Sample::new(&all).ok()?.median())
}
