//! All that `poolbench fit` has to say of a run, before it is a text or JSON.

use serde::Serialize;

use super::cost::{Cost, cost};
use super::crossover::{Crossover, crossover};
use super::granularity::Granularity;
use super::lacking::lacking;
use super::memory::Footprint;
use super::workers::Staffing;
use super::{Curve, Models};
use crate::analysis::Names;

/// The models of a run.
#[derive(Debug, Serialize)]
pub(crate) struct Fitted {
    /// Blocks that have rows.
    pub(crate) blocks: u64,
    /// By workload, and there by what a job costs.
    /// What its intervals are draws of, in words.
    #[serde(skip)]
    pub(crate) drawn: String,
    pub(crate) costs: Vec<Cost>,
    pub(crate) footprints: Vec<Footprint>,
    pub(crate) workers: Vec<Staffing>,
    pub(crate) granularity: Vec<Granularity>,
    pub(crate) crossovers: Vec<Crossover>,
    /// What the run cannot tell, and what to run for it, a sentence each.
    pub(crate) lacking: Vec<String>,
}

impl Fitted {
    /// All models, and the crossovers of two pools if they are named.
    pub(crate) fn of(models: &Models, cross: Option<(&str, &str)>) -> Self {
        let (names, draws) = (Names::of(models.data), &models.draws);
        let own = || models.curves.iter().filter(|curve| !curve.setup.is_twin());
        let mut costs: Vec<Cost> = own().filter_map(|curve| cost(curve, draws, names.short(&curve.setup))).collect();
        costs.sort_by(|one, other| {
            let key = |cost: &Cost| (cost.workload.clone(), cost.work_from.is_none());
            key(one).cmp(&key(other)).then(one.job_ns.value.total_cmp(&other.job_ns.value))
        });
        let crossovers = cross.map_or_else(Vec::new, |(a, b)| {
            let of = |a: &Curve, b: &Curve| {
                let shown = (names.short(&a.setup), names.short(&b.setup));
                can_cross(models, a, b).then(|| crossover(a, b, shown, draws)).flatten()
            };
            let of = &of;
            models.of_pool(a).flat_map(|a| models.of_pool(b).filter_map(move |b| of(a, b))).collect()
        });
        Self {
            blocks: models.data.blocks,
            drawn: models.data.nodes.drawn().words(models.data.blocks),
            costs,
            footprints: models.footprints(),
            workers: models.staffings(),
            granularity: models.granularities(),
            crossovers,
            lacking: lacking(models),
        }
    }
}

/// Whether two curves can cross: one workload, and the same workers where both pools have several numbers of them.
fn can_cross(models: &Models, a: &Curve, b: &Curve) -> bool {
    let varies = |curve: &Curve| models.data.varies_workers(&curve.setup.pool);
    a.workload == b.workload && (a.setup.workers == b.setup.workers || !varies(a) || !varies(b))
}
