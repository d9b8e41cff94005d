//! From pairs of values to differences of their logarithms.

use super::BadSample;

/// `ln(b / a)` of every pair `(a, b)` of one block. Fails on a value that is not finite and above 0; its position is
/// that of the pair.
///
/// The difference of two logarithms, not the logarithm of a ratio: so swapping a and b changes the sign and no digit.
pub fn log_ratios(pairs: &[(f64, f64)]) -> Result<Vec<f64>, BadSample> {
    let log_ratio = |(position, &(a, b))| Ok(log(position, b)? - log(position, a)?);
    pairs.iter().enumerate().map(log_ratio).collect()
}

/// The logarithm of a value that has one.
pub(super) fn log(position: usize, value: f64) -> Result<f64, BadSample> {
    if value.is_finite() && value > 0.0 { Ok(value.ln()) } else { Err(BadSample::NotPositive { position, value }) }
}
