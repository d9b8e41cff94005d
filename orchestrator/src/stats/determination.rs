//! R^2, of trials or of means: the two differ, so whoever prints one says which.

/// The share of the weighted spread of `y` that `fitted` explains: 1 - sum w (y - fitted)^2 / sum w (y - mean)^2. None where all
/// `y` are the same, none is given, lengths differ, or something is not finite.
pub fn determination(y: &[f64], fitted: &[f64], weights: &[f64]) -> Option<f64> {
    if y.len() != fitted.len() || y.len() != weights.len() {
        return None;
    }
    let sum = |of: &dyn Fn(usize) -> f64| (0..y.len()).map(|at| weights[at] * of(at)).sum::<f64>();
    let mean = sum(&|at| y[at]) / weights.iter().sum::<f64>();
    let spread = sum(&|at| (y[at] - mean).powi(2));
    let left = sum(&|at| (y[at] - fitted[at]).powi(2));
    (spread > 0.0 && left.is_finite()).then(|| 1.0 - left / spread)
}
