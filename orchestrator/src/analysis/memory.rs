//! Memory as the batch grows: what a pool takes at all, and what each job adds.

use std::collections::BTreeMap;

use super::data::{Data, Group, Setup, float};
use crate::stats::Sample;

/// Sizes closer to each other than this say nothing of what a job adds: between 0 jobs and 1 lies what the first one
/// touches, once.
const JOBS_APART: f64 = 1000.0;

/// A straight line through a pool's median peaks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Growth {
    /// Peak of an empty batch, bytes.
    pub(crate) base: f64,
    /// Bytes that each job adds.
    pub(crate) each: f64,
}

/// A pool's peak at one size.
#[derive(Clone, Copy, Debug)]
struct Point {
    jobs: f64,
    bytes: f64,
    /// How exact that is, bytes.
    resolution: f64,
}

/// The line of every pool, workload and parameter whose sizes can carry one, by Theil-Sen (median of the slopes of all
/// pairs), which one odd size cannot turn. Setups are told apart by pool, chunk and window, and by workers where one
/// size has several: else they may grow with the jobs.
pub(crate) fn growth(data: &Data) -> BTreeMap<(String, String), Growth> {
    let measure = data.memory();
    let mut lines: BTreeMap<(String, String), Vec<Point>> = BTreeMap::new();
    for (group, setups) in &data.groups {
        for (setup, series) in setups.iter().filter(|(_, series)| series.has(measure)) {
            let Ok(sample) = Sample::new(&series.values(measure)) else { continue };
            let resolution = series.points.iter().filter_map(|point| point.resolution_bytes).max().unwrap_or(0);
            let point = Point { jobs: float(group.jobs), bytes: sample.median(), resolution: float(resolution) };
            lines.entry((workload(group), key(data, setup))).or_default().push(point);
        }
    }
    lines.into_iter().filter_map(|(key, points)| Some((key, line(&points)?))).collect()
}

/// What a line is of beside its setup: the workload and its parameter.
pub(crate) fn workload(group: &Group) -> String {
    format!("{} {}", group.workload, group.param)
}

/// The key of a setup in [`growth`].
pub(crate) fn key(data: &Data, setup: &Setup) -> String {
    let workers = if data.varies_workers(&setup.pool) { setup.workers } else { 0 };
    format!("{} {} {} {workers}", setup.pool, setup.chunk, setup.window)
}

/// Nothing where the sizes are too close, or differ by less than the figures are exact.
fn line(points: &[Point]) -> Option<Growth> {
    let pairs = points.iter().flat_map(|one| points.iter().map(move |other| (one, other)));
    let apart = pairs.filter(|(one, other)| other.jobs - one.jobs >= JOBS_APART);
    let slopes: Vec<f64> = apart.map(|(one, other)| (other.bytes - one.bytes) / (other.jobs - one.jobs)).collect();
    let each = Sample::new(&slopes).ok()?.median();
    let most = |of: fn(&Point) -> f64| points.iter().map(of).fold(0.0, f64::max);
    let least_jobs = points.iter().map(|point| point.jobs).fold(f64::INFINITY, f64::min);
    let grown = each.abs() * (most(|point| point.jobs) - least_jobs);
    let bases: Vec<f64> = points.iter().map(|point| point.bytes - each * point.jobs).collect();
    let base = Sample::new(&bases).ok()?.median();
    (grown > most(|point| point.resolution)).then_some(Growth { base, each })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(resolution: f64, sizes: &[(f64, f64)]) -> Vec<Point> {
        sizes.iter().map(|(jobs, bytes)| Point { jobs: *jobs, bytes: *bytes, resolution }).collect()
    }

    #[test]
    fn one_odd_size_does_not_turn_the_line() {
        let points = points(5e5, &[(0.0, 3e6), (1e3, 3.008e6), (1e4, 3.08e6), (1e5, 9e6), (1e6, 11e6)]);
        let line = line(&points).unwrap();
        assert!((line.each - 8.0).abs() < 0.5 && (line.base - 3e6).abs() < 1e4, "{line:?}");
        assert_eq!(super::line(&points[..1]), None);
    }

    #[test]
    fn sizes_that_carry_no_slope_have_none() {
        assert_eq!(line(&points(0.0, &[(0.0, 1e6), (1.0, 1.36e6)])), None, "one job");
        assert_eq!(line(&points(5e5, &[(1e3, 1e6), (1e4, 1.4e6)])), None, "less than the figures are exact");
        assert!(line(&points(5e5, &[(1e3, 1e6), (1e5, 1.8e6)])).is_some());
    }
}
