//! From rows to decisions: what a pool's time and memory are made of, where two pools cross, and what follows from it.
//!
//! [`Models::of`] a loaded run has its [`Curve`]s. To explain: [`cost`](cost::cost), `footprints`, [`crossover`](crossover::crossover);
//! the command `fit` says them all. To predict: [`Curve::predict`] for a workload that was measured,
//! [`predict_length`](predict::predict_length) for jobs of another length, [`Curve::predict_peak`] for memory.

pub mod advise;
pub mod cli;
pub mod cost;
pub mod crossover;
pub mod curve;
pub(crate) mod decide;
pub(crate) mod decision;
mod fields;
pub mod figure;
pub(crate) mod fit;
pub mod granularity;
mod lacking;
pub mod memory;
pub mod outside;
pub mod predict;
pub mod ratings;
pub mod sharing;
mod stars;
pub(crate) mod table;
pub(crate) mod text;
pub mod trend;
mod words;
pub mod workers;

pub use curve::Curve;
pub use figure::Figure;
pub use outside::Outside;
pub use predict::{Batch, Drawn, Prediction, draw_length, predict_length};

use crate::analysis::{Data, Names, Setup};
use crate::stats::Draws;

/// All that predictions of a run rest on.
#[derive(Debug)]
pub struct Models<'a> {
    /// The run.
    pub data: &'a Data,
    /// Its curves, twins among them.
    pub curves: Vec<Curve>,
    /// The draws of its blocks that every interval is from.
    pub draws: Draws,
}

impl<'a> Models<'a> {
    /// Of a loaded run. The same run gives the same answers.
    pub fn of(data: &'a Data) -> Self {
        let blocks = usize::try_from(data.blocks).unwrap_or(0);
        Self { data, curves: curve::curves(data), draws: Draws::of(data.nodes.drawn(), blocks, data.seed) }
    }

    /// The curves of a pool, in all workloads and with all numbers of workers and policies that it had.
    pub fn of_pool<'b>(&'b self, pool: &'b str) -> impl Iterator<Item = &'b Curve> {
        self.curves.iter().filter(move |curve| curve.setup.pool == pool)
    }

    /// What a pool takes to stop, the median over all its trials, ns.
    pub fn stop_ns(&self, setup: &Setup) -> Option<f64> {
        memory::stop_ns(self.data, setup)
    }

    /// What it takes to start, likewise, ns.
    pub fn start_ns(&self, setup: &Setup) -> Option<f64> {
        memory::start_ns(self.data, setup)
    }

    /// Start and memory of each setup, without twins.
    pub fn footprints(&self) -> Vec<memory::Footprint> {
        memory::footprints(self.data, &self.curves, &self.draws)
    }

    /// Which number of workers is best, for each pool, workload and size that had several; twins have none.
    pub fn staffings(&self) -> Vec<workers::Staffing> {
        workers::staffings(&self.curves, self.cores(), &self.draws)
    }

    /// How short jobs may be, for each setup that had several lengths of `spin` beside its loop; twins have none.
    pub fn granularities(&self) -> Vec<granularity::Granularity> {
        granularity::granularities(&self.curves, &Names::of(self.data), &self.draws)
    }

    /// The cores of the run.
    pub fn cores(&self) -> u64 {
        self.data.groups.values().flat_map(|setups| setups.values()).map(|series| series.cores).max().unwrap_or(1)
    }
}
