//! What a batch's time is made of, for explaining: start, a fixed part, the work, what a job costs beyond it, and what chunks
//! lose. What a batch of another size would take is asked of [`predict`](super::predict).

use serde::Serialize;

use super::curve::Curve;
use super::figure::Figure;
use super::trend::{Trend, trend};
use crate::analysis::float;
use crate::stats::Draws;

/// The cost model of one setup in one workload:
/// `T(n) = work x jobs of the busiest worker + job x n / lanes + fixed`.
#[derive(Clone, Debug, Serialize)]
pub struct Cost {
    /// The workload and its parameter.
    pub workload: String,
    /// The pool.
    pub pool: String,
    /// Its workers at the largest size.
    pub workers: u64,
    /// Jobs per dispatch, as asked.
    pub chunk: String,
    /// Most jobs under way, as asked.
    pub window: String,
    /// The sizes, jobs.
    pub jobs: Vec<u64>,
    /// Jobs at once at the largest size.
    pub lanes: u64,
    /// What the work of a job is known from: the base's name, `wait`, or nothing.
    pub work_from: Option<String>,
    /// The work of a job at the largest size, ns.
    pub work_ns: Option<f64>,
    /// What a job costs its lane beyond its work, ns; with the work in it where that is not known.
    pub job_ns: Figure,
    /// What a batch takes whatever its size, ns.
    pub fixed_ns: Figure,
    /// The size at which chunks lose the largest share of the batch.
    pub chunking: Option<Chunking>,
    /// The straight line and the parabola through the trials.
    pub trend: Option<Trend>,
    #[serde(skip)]
    pub(super) name: String,
}

/// What the batch would be shorter by if every job were a dispatch and nothing else changed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Chunking {
    /// Jobs in the batch.
    pub jobs: u64,
    /// That time, ns.
    pub lost_ns: f64,
    /// Its share of the batch.
    pub share: f64,
}

/// The model of a curve; none with fewer than two sizes that have jobs apart.
pub fn cost(curve: &Curve, draws: &Draws, name: String) -> Option<Cost> {
    let shape = curve.shape(None)?;
    let again: Vec<_> = draws.each().filter_map(|draw| curve.shape(Some(draw))).collect();
    let part = |of: fn(super::curve::Shape) -> f64| {
        Figure::of(of(shape), &again.iter().map(|one| of(*one)).collect::<Vec<f64>>(), draws)
    };
    let last = curve.sizes.last()?;
    let work_from = match () {
        () if shape.is_whole => None,
        () if curve.waits => Some("wait".to_owned()),
        () => curve.base.clone(),
    };
    Some(Cost {
        workload: curve.workload.clone(),
        pool: curve.setup.pool.clone(),
        workers: curve.setup.workers,
        chunk: curve.setup.chunk.clone(),
        window: curve.setup.window.clone(),
        jobs: curve.sizes.iter().map(|size| size.jobs).collect(),
        lanes: last.sharing.lanes,
        work_ns: work_from.as_ref().and(curve.work_ns()),
        work_from,
        job_ns: part(super::curve::Shape::each_ns),
        fixed_ns: part(super::curve::Shape::fixed_ns),
        chunking: chunking(curve),
        trend: trend(curve),
        name,
    })
}

/// Nothing where the work is not known.
fn chunking(curve: &Curve) -> Option<Chunking> {
    let lost = curve.sizes.iter().filter_map(|size| {
        let rounds =
            size.sharing.longest(size.jobs) - size.sharing.shortest(size.jobs).min(size.sharing.longest(size.jobs));
        let lost_ns = size.work_ns(None)? * float(rounds);
        Some(Chunking { jobs: size.jobs, lost_ns, share: lost_ns / size.time.median() })
    });
    lost.max_by(|one, other| one.share.total_cmp(&other.share))
}
