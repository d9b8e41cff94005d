//! How far outside of what a run measured a question lies.

use serde::Serialize;

use super::curve::Curve;
use crate::analysis::float;

/// How many times beyond the most, or below the least, that was measured; 1 inside.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Outside {
    /// Jobs of a batch, of all the batches of the pool with jobs of this kind: how it deals them out it does whatever they are.
    pub jobs: f64,
    /// Length of a job.
    pub length: f64,
    /// Work of a batch, which is the one times the other: upwards only, since less of both that was measured is no less known.
    pub work: f64,
}

impl Outside {
    /// Nowhere.
    pub const INSIDE: Self = Self { jobs: 1.0, length: 1.0, work: 1.0 };

    /// As to so many jobs of a length, ns, beside curves and their own lengths.
    pub fn of(known: &[(f64, &Curve)], job_ns: f64, jobs: u64) -> Self {
        let lengths = || known.iter().map(|(length, _)| *length);
        let (least, most) = (lengths().fold(f64::INFINITY, f64::min), lengths().fold(0.0, f64::max));
        let most_work = known.iter().filter_map(|(length, curve)| Some(length * float(curve.sizes.last()?.jobs)));
        Self {
            jobs: known.iter().map(|(_, curve)| curve.outside(jobs)).fold(f64::INFINITY, f64::min),
            length: (job_ns / most).max(least / job_ns).max(1.0),
            work: (job_ns * float(jobs) / most_work.fold(0.0, f64::max)).max(1.0),
        }
    }

    /// Where it is farthest.
    pub fn farthest(self) -> f64 {
        self.jobs.max(self.length).max(self.work)
    }
    /// What lies there.
    pub fn farthest_of(self) -> &'static str {
        match self.farthest() {
            most if most <= self.jobs => "the number of jobs",
            most if most <= self.length => "the length of a job",
            _ => "the work of a batch",
        }
    }
}
