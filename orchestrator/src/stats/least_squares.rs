//! Weighted least squares for few unknowns, and the same with no unknown below 0.

use nalgebra::{DMatrix, DVector};

/// More unknowns than these have too many sets of zeros to try.
const MOST_UNKNOWNS: usize = 4;
/// A column whose part that no other column explains is smaller than this share of it tells nothing of its own.
const SINGULAR: f64 = 1e-10;

/// What was fitted.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// One for each column.
    pub coefficients: Vec<f64>,
    /// The weighted sum of squared residuals.
    pub residual: f64,
    /// How many values it rests on.
    pub size: usize,
}

impl Fit {
    /// The value of the fit where the columns have these values.
    pub fn at(&self, columns: &[f64]) -> f64 {
        self.coefficients.iter().zip(columns).map(|(coefficient, column)| coefficient * column).sum()
    }

    /// Bayesian information criterion with the scale of the noise unknown: `n ln(residual / n) + k ln n` (Schwarz 1978). The
    /// smaller of two fits to the same values and weights is the better one.
    pub fn bic(&self) -> f64 {
        let (n, k) = (super::number::real(self.size), super::number::real(self.coefficients.len()));
        n * (self.residual / n).ln() + k * n.ln()
    }
}

/// The coefficients that make `sum of w (y - sum of coefficient x column)^2` least, by QR. Columns are scaled before, so
/// that jobs and their squares may stand side by side.
///
/// None where columns, `y` and `weights` differ in length, fewer values than columns are given, something is not finite, a
/// weight is below 0, or a column can be made of the others.
pub fn least_squares(columns: &[Vec<f64>], y: &[f64], weights: &[f64]) -> Option<Fit> {
    let rows = y.len();
    let same = columns.iter().all(|column| column.len() == rows) && weights.len() == rows;
    let finite = columns.iter().chain([&y.to_vec(), &weights.to_vec()]).flatten().all(|value| value.is_finite());
    if !same || !finite || columns.is_empty() || rows < columns.len() || weights.iter().any(|weight| *weight < 0.0) {
        return None;
    }
    let roots: Vec<f64> = weights.iter().map(|weight| weight.sqrt()).collect();
    let scale = |column: &Vec<f64>| column.iter().zip(&roots).map(|(x, root)| (x * root).abs()).fold(0.0, f64::max);
    let scales: Vec<f64> = columns.iter().map(scale).collect();
    if scales.iter().any(|scale| !scale.is_normal()) {
        return None;
    }
    let matrix =
        DMatrix::from_fn(rows, columns.len(), |row, column| columns[column][row] * roots[row] / scales[column]);
    let right = DVector::from_fn(rows, |row, _| y[row] * roots[row]);
    let lengths: Vec<f64> = matrix.column_iter().map(|column| column.norm()).collect();
    let qr = matrix.clone().qr();
    let r = qr.r();
    if (0..columns.len()).any(|at| r[(at, at)].abs() < SINGULAR * lengths[at]) {
        return None;
    }
    let solved = r.solve_upper_triangular(&(qr.q().transpose() * &right))?;
    let residual = (right - matrix * &solved).norm_squared();
    let coefficients: Vec<f64> = solved.iter().zip(&scales).map(|(solved, scale)| solved / scale).collect();
    coefficients.iter().all(|one| one.is_finite()).then_some(Fit { coefficients, residual, size: rows })
}

/// The same with every coefficient at least 0, for up to four columns: of all sets of columns, the fit with the least residual
/// that has none below 0 (Lawson and Hanson 1974, ch. 23: the solution is the plain one on its own set; so few sets are all
/// tried). None as in [`least_squares`], and for more columns.
pub fn non_negative(columns: &[Vec<f64>], y: &[f64], weights: &[f64]) -> Option<Fit> {
    if columns.len() > MOST_UNKNOWNS || y.len() < columns.len() {
        return None;
    }
    let with = |set: usize| {
        let kept: Vec<usize> = (0..columns.len()).filter(|at| set >> at & 1 == 1).collect();
        let some: Vec<Vec<f64>> = kept.iter().map(|at| columns[*at].clone()).collect();
        let found = least_squares(&some, y, weights).filter(|fit| fit.coefficients.iter().all(|one| *one >= 0.0))?;
        let mut coefficients = vec![0.0; columns.len()];
        kept.into_iter().zip(found.coefficients).for_each(|(at, one)| coefficients[at] = one);
        Some(Fit { coefficients, ..found })
    };
    // Nothing at all is a fit too: the best where all would be below 0.
    let nothing = y.iter().zip(weights).map(|(y, weight)| weight * y * y).sum::<f64>();
    let nothing = Fit { coefficients: vec![0.0; columns.len()], residual: nothing, size: y.len() };
    let all = (1..1_usize << columns.len()).filter_map(with).chain(nothing.residual.is_finite().then_some(nothing));
    all.min_by(|one, other| one.residual.total_cmp(&other.residual))
}
