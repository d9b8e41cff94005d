//! Memory as the batch grows: what a pool takes at all, and what each job adds.

use std::collections::BTreeMap;

use super::data::{Data, Measure, Setup, float};
use crate::stats::Sample;

/// A straight line through a pool's median peaks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Growth {
    /// Peak of an empty batch, bytes.
    pub(crate) base: f64,
    /// Bytes that each job adds.
    pub(crate) each: f64,
    /// Sizes that the line goes through.
    pub(crate) sizes: usize,
}

/// The line of every pool, workload and parameter that has at least two sizes, by Theil-Sen (median of the slopes of
/// all pairs), which one odd size cannot turn. Setups are told apart by pool, chunk and window, and by workers where one
/// size has several: else they may grow with the jobs.
pub(crate) fn growth(data: &Data) -> BTreeMap<(String, String), Growth> {
    let mut lines: BTreeMap<(String, String), Vec<(f64, f64)>> = BTreeMap::new();
    for (group, setups) in &data.groups {
        for (setup, series) in setups {
            let Ok(sample) = Sample::new(&series.values(Measure::Memory)) else { continue };
            let workload = format!("{} {}", group.workload, group.param);
            lines.entry((workload, key(data, setup))).or_default().push((float(group.jobs), sample.median()));
        }
    }
    lines.into_iter().filter_map(|(key, points)| Some((key, line(&points)?))).collect()
}

/// The key of a setup in [`growth`].
pub(crate) fn key(data: &Data, setup: &Setup) -> String {
    let workers = if data.varies_workers(&setup.pool) { setup.workers } else { 0 };
    format!("{} {} {} {workers}", setup.pool, setup.chunk, setup.window)
}

fn line(points: &[(f64, f64)]) -> Option<Growth> {
    let later = |at: usize| points[at + 1..].iter();
    let slopes = points.iter().enumerate().flat_map(|(at, (x, y))| {
        later(at).filter(move |(x2, _)| (x2 - x).abs() >= 1.0).map(move |(x2, y2)| (y2 - y) / (x2 - x))
    });
    let each = Sample::new(&slopes.collect::<Vec<_>>()).ok()?.median();
    let bases: Vec<f64> = points.iter().map(|(x, y)| y - each * x).collect();
    Some(Growth { base: Sample::new(&bases).ok()?.median(), each, sizes: points.len() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_odd_size_does_not_turn_the_line() {
        let points = [(0.0, 3e6), (1e3, 3.008e6), (1e4, 3.08e6), (1e5, 9e6), (1e6, 11e6)];
        let line = line(&points).unwrap();
        assert!((line.each - 8.0).abs() < 0.5 && (line.base - 3e6).abs() < 1e4, "{line:?}");
        assert_eq!(super::line(&points[..1]), None);
    }
}
