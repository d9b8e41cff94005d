//! METG(50 %): how short jobs may be before half of the cores' time goes to the pool.

use std::collections::BTreeMap;

use serde::Serialize;

use super::curve::{Curve, Size, median};
use super::figure::Figure;
use crate::analysis::{Setup, float};
use crate::stats::{Alpha, Draws, Interval, Metg, Sample, metg};

/// Long jobs leave a pool at least this much of the cores' time, if the cores are its own.
const BUSY: f64 = 0.75;

/// METG(50 %) of one setup, at one number of jobs or over lengths that each have their own.
#[derive(Clone, Debug, Serialize)]
pub struct Granularity {
    /// The pool.
    pub pool: String,
    /// Its workers.
    pub workers: u64,
    /// Jobs in a batch; nothing where each length has its own number.
    pub jobs: Option<u64>,
    /// Cores that its efficiency is held against.
    pub cores: u64,
    /// ns of core time a job, overhead included: half of it is work. The lower or upper bound where `bound` says so.
    pub metg_ns: Option<f64>,
    /// `<` where every length tried was efficient enough, `>` where none was, empty where it was found.
    pub bound: &'static str,
    /// Its interval at 95 %: an end is missing where it lies beyond the lengths tried.
    pub low_ns: Option<f64>,
    /// The high end.
    pub high_ns: Option<f64>,
    /// Each length: work of a job, ns, and efficiency.
    pub efficiencies: Vec<(f64, f64)>,
    /// Why there is no figure.
    pub refused: Option<String>,
    /// The same with where it lies, ascending.
    #[serde(skip)]
    pub points: Vec<Length>,
    #[serde(skip)]
    pub(crate) name: String,
}

/// One length of a job.
#[derive(Clone, Debug)]
pub struct Length {
    /// ns of core time a job, overhead included.
    pub granularity_ns: f64,
    /// The share of it that is work.
    pub efficiency: Figure,
    /// That share in each block.
    pub trials: Vec<f64>,
}

/// The batches of one setup that differ in the length of their jobs.
type Sweep<'a> = Vec<(&'a Curve, &'a Size)>;

/// One for each setup and number of jobs with at least two lengths of `spin`; where no number of jobs has two, one over all lengths. Twins
/// and loops have none.
pub(super) fn granularities(curves: &[Curve], names: &crate::analysis::Names, draws: &Draws) -> Vec<Granularity> {
    let spins = curves.iter().filter(|curve| curve.workload.starts_with("spin:") && curve.base.is_some());
    let mut setups: BTreeMap<&Setup, Sweep> = BTreeMap::new();
    for curve in spins.filter(|curve| !curve.setup.is_twin()) {
        setups.entry(&curve.setup).or_default().extend(curve.sizes.iter().map(|size| (curve, size)));
    }
    let all = setups.into_iter().flat_map(|(setup, sizes)| sweeps(sizes).into_iter().map(move |sweep| (setup, sweep)));
    all.filter_map(|(setup, (jobs, sweep))| of(setup, jobs, &sweep, names.short(setup), draws)).collect()
}

/// The sweeps of a setup, with the number of jobs that each has.
fn sweeps(sizes: Sweep) -> Vec<(Option<u64>, Sweep)> {
    let mut by_jobs: BTreeMap<u64, Sweep> = BTreeMap::new();
    for (curve, size) in &sizes {
        by_jobs.entry(size.jobs).or_default().push((curve, size));
    }
    let several: Vec<_> = by_jobs.into_iter().filter(|(_, sweep)| sweep.len() > 1).collect();
    let is_one_each = sizes.iter().all(|(curve, _)| curve.sizes.len() == 1);
    if several.is_empty() && is_one_each && sizes.len() > 1 {
        return vec![(None, sizes)];
    }
    several.into_iter().map(|(jobs, sweep)| (Some(jobs), sweep)).collect()
}

fn of(setup: &Setup, jobs: Option<u64>, sweep: &Sweep, name: String, draws: &Draws) -> Option<Granularity> {
    let sizes: Vec<&Size> = sweep.iter().map(|(_, size)| *size).filter(|size| size.efficiency.is_some()).collect();
    let cores = sizes.first()?.sharing.lanes;
    let points = |draw: Option<&[u16]>| -> Vec<(f64, f64)> {
        let point = |size: &&Size| Some((granularity(size, cores, draw)?, median(size.efficiency.as_ref()?, draw)?));
        sizes.iter().filter_map(point).collect()
    };
    let whole = points(None);
    let found = metg(&whole)?;
    let again: Vec<Metg> = draws.each().filter_map(|draw| metg(&points(Some(draw)))).collect();
    let place = |one: &Metg| match one {
        Metg::At(at) => Some(*at),
        Metg::Below(_) => Some(0.0),
        Metg::Above(_) => Some(f64::MAX),
        Metg::Refused(_) => None,
    };
    let places: Vec<f64> = again.iter().filter_map(place).collect();
    let interval = draws.interval(&places, Alpha::FIVE_PERCENT).and_then(|interval| match found {
        Metg::At(at) => Some(interval.including(at)),
        _ => None,
    });
    let (metg_ns, bound, refused) = match found {
        Metg::At(at) => (Some(at), "", None),
        Metg::Below(least) => (Some(least), "<", None),
        Metg::Above(most) => (Some(most), ">", None),
        Metg::Refused(most) => {
            let said =
                format!("efficiency {most:.2}: its jobs are not those of its base, or the cores changed meanwhile");
            (None, "", Some(said))
        }
    };
    // What is censored is an end beyond all lengths, not a number.
    let seen = |end: f64| Some(end).filter(|end| *end > 0.0 && *end < 1e18);
    Some(Granularity {
        pool: setup.pool.clone(),
        workers: setup.workers,
        jobs,
        cores,
        metg_ns,
        bound,
        low_ns: interval.map(Interval::low).and_then(seen),
        high_ns: interval.map(Interval::high).and_then(seen),
        efficiencies: efficiencies(&sizes, &whole),
        points: lengths(&sizes, cores, draws),
        refused,
        name,
    })
}

/// ns of core time a job.
fn granularity(size: &Size, cores: u64, draw: Option<&[u16]>) -> Option<f64> {
    Some(median(&size.time, draw)? * float(cores) / float(size.jobs.max(1)))
}

/// Each length with where its efficiency lies, ascending.
fn lengths(sizes: &[&Size], cores: u64, draws: &Draws) -> Vec<Length> {
    let length = |size: &&Size| {
        let cell = size.efficiency.as_ref()?;
        let again: Vec<f64> = draws.each().filter_map(|draw| cell.median_of(draw)).collect();
        Some(Length {
            granularity_ns: granularity(size, cores, None)?,
            efficiency: Figure::of(cell.median(), &again, draws),
            trials: cell.values().collect(),
        })
    };
    let mut lengths: Vec<Length> = sizes.iter().filter_map(length).collect();
    lengths.sort_by(|one, other| one.granularity_ns.total_cmp(&other.granularity_ns));
    lengths
}

/// Work of a job and efficiency of each length, ascending.
fn efficiencies(sizes: &[&Size], points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let each = sizes.iter().zip(points).filter_map(|(size, (_, efficiency))| Some((size.work_ns(None)?, *efficiency)));
    let mut each: Vec<(f64, f64)> = each.collect();
    each.sort_by(|one, other| one.0.total_cmp(&other.0));
    each
}

/// The median of all that were found, ns; none where fewer than half were.
pub(super) fn typical(all: &[Granularity]) -> Option<f64> {
    let found: Vec<f64> = all.iter().filter(|one| one.bound.is_empty()).filter_map(|one| one.metg_ns).collect();
    (2 * found.len() > all.len()).then(|| Sample::new(&found).ok().map(|sample| sample.median())).flatten()
}

/// Where no pool on several cores keeps them busy even with its longest jobs, the most that one does; nothing where one does, or no pool
/// had several cores.
pub(super) fn plateau(all: &[Granularity]) -> Option<f64> {
    let shared = all.iter().filter(|one| one.cores > 1 && one.refused.is_none());
    let most = shared.flat_map(|one| one.efficiencies.iter().map(|(_, share)| *share)).reduce(f64::max)?;
    (most < BUSY).then_some(most)
}
