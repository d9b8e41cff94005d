//! The slope that one odd value cannot turn: the median of the slopes of all pairs (Theil 1950, Sen 1968).

use super::Sample;

/// The median of all pairs' slopes. None without two different x, or where something is not finite.
pub fn theil_sen(points: &[(f64, f64)]) -> Option<f64> {
    let pairs = points.iter().enumerate().flat_map(|(at, one)| points[at + 1..].iter().map(move |other| (one, other)));
    let apart = pairs.filter(|(one, other)| (one.0 - other.0).abs() > 0.0);
    let slopes: Vec<f64> = apart.map(|(one, other)| (other.1 - one.1) / (other.0 - one.0)).collect();
    Some(Sample::new(&slopes).ok()?.median())
}
