//! Shares as people write them.

/// A share written as a percentage, such as `2%` or `2`.
pub fn percentage(text: &str) -> Option<f64> {
    let number: f64 = text.strip_suffix('%').unwrap_or(text).parse().ok()?;
    number.is_finite().then_some(number / 100.0)
}
