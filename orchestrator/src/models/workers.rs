//! How many workers: what was measured, which number is best, and what the Universal Scalability Law says where it can.

use std::collections::BTreeMap;

use serde::Serialize;

use super::curve::Curve;
use super::figure::Figure;
use crate::analysis::float;
use crate::stats::{Alpha, Band, Draws, Interval, Scaling};

/// Cores from which on the law's unknowns can be told from each other.
pub const CORES_FOR_SCALING: u64 = 8;

/// A pool's batches of one size by its workers.
#[derive(Clone, Debug, Serialize)]
pub struct Staffing {
    /// The workload and its parameter.
    pub workload: String,
    /// Jobs in a batch.
    pub jobs: u64,
    /// The pool.
    pub pool: String,
    /// Jobs per dispatch, as asked.
    pub chunk: String,
    /// Most jobs under way, as asked.
    pub window: String,
    /// Workers and the batch's median, ns, ascending.
    pub measured: Vec<(u64, f64)>,
    /// The number with the shortest batch.
    pub best: u64,
    /// The numbers that are not beyond doubt more than 3 % slower, the best among them.
    pub as_good: Vec<u64>,
    /// The law.
    pub law: Law,
}

/// The Universal Scalability Law, or why there is none.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Law {
    /// Its unknowns.
    Fitted {
        /// The share of the work that cannot be shared out.
        contention: Figure,
        /// What each pair of workers costs each other.
        coherence: Figure,
        /// The number of workers with the highest rate; none where it lies nowhere or beyond doubt outside.
        peak: Option<Figure>,
    },
    /// The sentence that says why not.
    NotIdentifiable(String),
}

/// Workload, jobs, pool, chunk and window of one sweep.
type Swept<'a> = (&'a str, u64, &'a str, &'a str, &'a str);

/// One for each pool, workload, size and policy that had at least two numbers of workers; twins have none.
pub(super) fn staffings(curves: &[Curve], cores: u64, draws: &Draws) -> Vec<Staffing> {
    let mut sweeps: BTreeMap<Swept, Vec<(u64, &Curve)>> = BTreeMap::new();
    for curve in curves.iter().filter(|curve| !curve.setup.is_twin()) {
        let setup = &curve.setup;
        for size in &curve.sizes {
            let key =
                (curve.workload.as_str(), size.jobs, setup.pool.as_str(), setup.chunk.as_str(), setup.window.as_str());
            sweeps.entry(key).or_default().push((setup.workers, curve));
        }
    }
    let several = sweeps.into_iter().filter(|(_, sweep)| sweep.len() > 1);
    several
        .filter_map(|((workload, jobs, pool, chunk, window), mut sweep)| {
            sweep.sort_by_key(|(workers, _)| *workers);
            let cells: Vec<(u64, &crate::stats::Cell)> = sweep
                .iter()
                .filter_map(|(workers, curve)| {
                    Some((*workers, &curve.sizes.iter().find(|size| size.jobs == jobs)?.time))
                })
                .collect();
            let measured: Vec<(u64, f64)> = cells.iter().map(|(workers, cell)| (*workers, cell.median())).collect();
            let best = measured.iter().min_by(|one, other| one.1.total_cmp(&other.1))?.0;
            let as_good = as_good(&cells, best, draws);
            Some(Staffing {
                workload: workload.to_owned(),
                jobs,
                pool: pool.to_owned(),
                chunk: chunk.to_owned(),
                window: window.to_owned(),
                law: law(&cells, jobs, cores, draws),
                measured,
                best,
                as_good,
            })
        })
        .collect()
}

/// Who is within the band of the best, or may be.
fn as_good(cells: &[(u64, &crate::stats::Cell)], best: u64, draws: &Draws) -> Vec<u64> {
    let Some((_, of_best)) = cells.iter().find(|(workers, _)| *workers == best) else { return vec![best] };
    let band = 1.0 + Band::default().share();
    let near = |(_, cell): &&(u64, &crate::stats::Cell)| {
        let ratios: Vec<f64> =
            draws.each().filter_map(|draw| Some(cell.median_of(draw)? / of_best.median_of(draw)?)).collect();
        let low = draws.interval(&ratios, Alpha::FIVE_PERCENT).map_or(cell.median() / of_best.median(), Interval::low);
        low <= band
    };
    cells.iter().filter(near).map(|(workers, _)| *workers).collect()
}

fn law(cells: &[(u64, &crate::stats::Cell)], jobs: u64, cores: u64, draws: &Draws) -> Law {
    if cores < CORES_FOR_SCALING {
        return Law::NotIdentifiable(format!(
            "{cores} cores are too few to tell waiting from coherence; {CORES_FOR_SCALING} cores would"
        ));
    }
    let fit = |draw: Option<&[u16]>| {
        let points: Option<Vec<(f64, f64)>> = cells
            .iter()
            .filter(|(workers, _)| *workers <= cores)
            .map(|(workers, cell)| Some((float(*workers), float(jobs) / super::curve::median(cell, draw)?)))
            .collect();
        Scaling::fit(&points?)
    };
    let Some(whole) = fit(None) else {
        return Law::NotIdentifiable("fewer than four numbers of workers up to the cores".to_owned());
    };
    let again: Vec<Scaling> = draws.each().filter_map(|draw| fit(Some(draw))).collect();
    let part = |of: fn(&Scaling) -> f64| Figure::of(of(&whole), &again.iter().map(of).collect::<Vec<f64>>(), draws);
    let peaks: Vec<f64> = again.iter().filter_map(|one| one.peak()).collect();
    Law::Fitted {
        contention: part(|one| one.contention),
        coherence: part(|one| one.coherence),
        peak: whole.peak().map(|peak| Figure::of(peak, &peaks, draws)),
    }
}
