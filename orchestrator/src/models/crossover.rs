//! Where one of two pools becomes the faster one as the batch grows.

use serde::Serialize;

use super::curve::{Curve, median};
use super::trend::{SIZES_FOR_A_BEND, trend};
use crate::analysis::float;
use crate::stats::{Alpha, Band, Crossing, Draws, Interval, Line, least_squares};

/// Two pools in one workload.
#[derive(Clone, Debug, Serialize)]
pub struct Crossover {
    /// The workload and its parameter.
    pub workload: String,
    /// The first pool, with its workers and policy where it had several.
    pub a: String,
    /// The second.
    pub b: String,
    /// The sizes that both have, from the smallest to the largest: nothing is claimed beyond.
    pub range: (u64, u64),
    /// Jobs at which the fits cross; none where they do not within the range.
    pub at_jobs: Option<f64>,
    /// The low end of its interval at 95 %.
    pub low_jobs: Option<f64>,
    /// The high end.
    pub high_jobs: Option<f64>,
    /// The share of draws of blocks in which they do not cross within the range.
    pub without: f64,
    /// Whether parabolas were fitted: five sizes, and one of the two bends.
    pub bends: bool,
    /// Whether the medians differ by no more than 3 % at any size: then there is nothing to choose.
    pub alike: bool,
    /// Jobs, and a's median as a multiple of b's.
    pub measured: Vec<(u64, f64)>,
}

/// Of two curves of one workload; none with fewer than two sizes in common.
pub fn crossover(a: &Curve, b: &Curve, names: (String, String), draws: &Draws) -> Option<Crossover> {
    let common = |one: &Curve, other: &Curve| Curve {
        sizes: one.sizes.iter().filter(|size| other.sizes.iter().any(|its| its.jobs == size.jobs)).cloned().collect(),
        ..one.clone()
    };
    let (a, b) = (common(a, b), common(b, a));
    let range = (a.sizes.first()?.jobs, a.sizes.last()?.jobs);
    let bends_of = |curve: &Curve| trend(curve).and_then(|trend| trend.bends) == Some(true);
    let bends = a.sizes.len() >= SIZES_FOR_A_BEND && (bends_of(&a) || bends_of(&b));
    let fits = |draw: Option<&[u16]>| Some((fit(&a, bends, draw)?, fit(&b, bends, draw)?));
    let again: Vec<_> = draws.each().filter_map(|draw| fits(Some(draw))).collect();
    let inside = Interval::between(float(range.0), float(range.1));
    let found = Crossing::of(fits(None)?, &again, inside, draws, Alpha::FIVE_PERCENT);
    let ratio = |(a, b): (&super::curve::Size, &super::curve::Size)| (a.jobs, a.time.median() / b.time.median());
    let measured: Vec<(u64, f64)> = a.sizes.iter().zip(&b.sizes).map(ratio).collect();
    Some(Crossover {
        alike: measured.iter().all(|(_, ratio)| ratio.ln().abs() <= Band::default().share().ln_1p()),
        workload: a.workload.clone(),
        a: names.0,
        b: names.1,
        range,
        at_jobs: found.at,
        low_jobs: found.interval.map(Interval::low),
        high_jobs: found.interval.map(Interval::high),
        without: found.without,
        bends,
        measured,
    })
}

/// Through the medians of the sizes, weighted by the inverse squares of their times: a line that is never negative, or a parabola.
fn fit(curve: &Curve, bends: bool, draw: Option<&[u16]>) -> Option<[f64; 3]> {
    let points: Option<Vec<(f64, f64, f64)>> = curve
        .sizes
        .iter()
        .map(|size| Some((float(size.jobs), median(&size.time, draw)?, size.time.median().powi(-2))))
        .collect();
    let points = points?;
    if !bends {
        let line = Line::not_negative(&points)?;
        return Some([line.fixed, line.each, 0.0]);
    }
    let column = |of: fn(&(f64, f64, f64)) -> f64| points.iter().map(of).collect::<Vec<f64>>();
    let columns = [column(|_| 1.0), column(|point| point.0), column(|point| point.0.powi(2))];
    let found = least_squares(&columns, &column(|point| point.1), &column(|point| point.2))?;
    Some([found.coefficients[0], found.coefficients[1], found.coefficients[2]])
}
