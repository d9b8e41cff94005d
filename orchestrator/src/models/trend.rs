//! The straight line and the parabola through a curve's trials, as one would draw them, and whether the curve bends.

use serde::Serialize;

use super::curve::Curve;
use crate::analysis::float;
use crate::stats::{Fit, determination, least_squares};

/// Below so many sizes a curve is a straight line, whatever it may be between them.
pub const SIZES_FOR_A_BEND: usize = 5;

/// Both fits, weighted by the inverse squares of the medians of their sizes.
#[derive(Clone, Debug, Serialize)]
pub struct Trend {
    /// ns: at no job, and of each job.
    pub line: Polynomial,
    /// The same, and of each square of jobs; none with fewer than three sizes.
    pub parabola: Option<Polynomial>,
    /// Whether the parabola is the better one by the BIC of the trials. Claimed from five sizes on.
    pub bends: Option<bool>,
}

/// A polynomial in the jobs.
#[derive(Clone, Debug, Serialize)]
pub struct Polynomial {
    /// ns, ns a job, ns a job and job.
    pub coefficients: Vec<f64>,
    /// R^2 of the trials.
    pub r2_of_trials: Option<f64>,
    /// R^2 of the means of the sizes, which is always the higher one.
    pub r2_of_means: Option<f64>,
    /// Bayesian information criterion of the trials.
    pub bic: f64,
}

/// None with fewer than two sizes.
pub(super) fn trend(curve: &Curve) -> Option<Trend> {
    let line = polynomial(curve, 1)?;
    let parabola = (curve.sizes.len() > 2).then(|| polynomial(curve, 2)).flatten();
    let enough = curve.sizes.len() >= SIZES_FOR_A_BEND;
    let bends = parabola.as_ref().filter(|_| enough).map(|parabola| parabola.bic < line.bic);
    Some(Trend { line, parabola, bends })
}

fn polynomial(curve: &Curve, degree: i32) -> Option<Polynomial> {
    let points = curve.sizes.iter().flat_map(|size| {
        let weight = size.time.median().powi(-2);
        size.time.values().map(move |time| (float(size.jobs), time, weight))
    });
    let trials: Vec<(f64, f64, f64)> = points.collect();
    let means: Vec<(f64, f64, f64)> = trials
        .chunk_by(|one, other| one.0.total_cmp(&other.0).is_eq())
        .map(|size| {
            let sum: f64 = size.iter().map(|(_, time, _)| time).sum();
            let count: f64 = size.iter().map(|_| 1.0).sum();
            (size[0].0, sum / count, size[0].2 * count)
        })
        .collect();
    let powers = |jobs: f64| (0..=degree).map(|power| jobs.powi(power)).collect::<Vec<f64>>();
    let fit = fitted(&trials, &powers)?;
    let share = |points: &[(f64, f64, f64)]| {
        let y: Vec<f64> = points.iter().map(|point| point.1).collect();
        let weights: Vec<f64> = points.iter().map(|point| point.2).collect();
        let found: Vec<f64> = points.iter().map(|point| fit.at(&powers(point.0))).collect();
        determination(&y, &found, &weights)
    };
    Some(Polynomial {
        r2_of_trials: share(&trials),
        r2_of_means: share(&means),
        bic: fit.bic(),
        coefficients: fit.coefficients,
    })
}

fn fitted(points: &[(f64, f64, f64)], powers: &dyn Fn(f64) -> Vec<f64>) -> Option<Fit> {
    let rows: Vec<Vec<f64>> = points.iter().map(|point| powers(point.0)).collect();
    let columns: Vec<Vec<f64>> = (0..rows.first()?.len()).map(|at| rows.iter().map(|row| row[at]).collect()).collect();
    let y: Vec<f64> = points.iter().map(|point| point.1).collect();
    let weights: Vec<f64> = points.iter().map(|point| point.2).collect();
    least_squares(&columns, &y, &weights)
}
