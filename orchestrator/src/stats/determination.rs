//! R^2, of trials or of means: the two differ, so whoever prints one says which.

/// The share of the spread of `y` that `fitted` explains: 1 - sum (y - fitted)^2 / sum (y - mean)^2. None where all `y` are
/// the same, none is given, or something is not finite.
pub fn determination(y: &[f64], fitted: &[f64]) -> Option<f64> {
    let mean = y.iter().sum::<f64>() / super::number::real(y.len());
    let squares = |of: &dyn Fn(f64, f64) -> f64| y.iter().zip(fitted).map(|(y, f)| of(*y, *f).powi(2)).sum::<f64>();
    let spread = squares(&|y, _| y - mean);
    let left = squares(&|y, fitted| y - fitted);
    (spread > 0.0 && left.is_finite() && y.len() == fitted.len()).then(|| 1.0 - left / spread)
}
