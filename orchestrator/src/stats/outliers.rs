//! Values that stand far from the rest: flagged for the reader, never dropped.

use super::{BadSample, Sample};

/// How many interquartile ranges beyond a quartile is far.
const FAR_IQRS: f64 = 3.0;

/// How many scaled MADs from the median is far.
const FAR_MADS: f64 = 3.5;

/// Which values lie beyond 3 interquartile ranges from the quartiles or 3.5 scaled MADs from the median, in the order
/// given. Fails if there is no value, or if one is not finite.
///
/// A MAD of 0 means that half of the values agree and says nothing about the others (memory comes in pages), so then
/// the quartiles decide alone.
pub fn flag_outliers(values: &[f64]) -> Result<Vec<bool>, BadSample> {
    let sample = Sample::new(values)?;
    let (lower, upper) = sample.quartiles();
    let fence = FAR_IQRS * (upper - lower);
    let (median, deviation) = (sample.median(), FAR_MADS * sample.scaled_mad());
    let is_far = |&value: &f64| {
        let beyond_fence = value < lower - fence || value > upper + fence;
        beyond_fence || (deviation > 0.0 && (value - median).abs() > deviation)
    };
    Ok(values.iter().map(is_far).collect())
}
