//! Do values differ between groups: the test of Kruskal and Wallis, of ranks alone.

use statrs::distribution::{ChiSquared, ContinuousCDF as _};

use super::number::real;

/// Groups of fewer values say nothing of themselves.
const FEWEST_OF_GROUP: usize = 2;
/// Below so many values in all nothing is told.
const FEWEST: usize = 6;

/// The p-value of "all groups have one distribution", by the chi-squared approximation, which errs on the side of 1 where groups
/// are small. Equal values share the mean of their ranks. Nothing where fewer than two groups have two values, or fewer than six
/// are there in all.
pub fn strata(groups: &[Vec<f64>]) -> Option<f64> {
    let told: Vec<&Vec<f64>> = groups.iter().filter(|group| group.len() >= FEWEST_OF_GROUP).collect();
    let mut all: Vec<(f64, usize)> = Vec::new();
    for (number, group) in told.iter().enumerate() {
        all.extend(group.iter().filter(|value| value.is_finite()).map(|value| (*value, number)));
    }
    if told.len() < 2 || all.len() < FEWEST {
        return None;
    }
    all.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut sums = vec![0.0; told.len()];
    let mut first = 0;
    for equal in all.chunk_by(|one, other| one.0.total_cmp(&other.0).is_eq()) {
        let rank = real(2 * first + equal.len() + 1) / 2.0;
        for (_, group) in equal {
            sums[*group] += rank;
        }
        first += equal.len();
    }
    let count = real(all.len());
    let spread: f64 = sums.iter().zip(&told).map(|(sum, group)| sum * sum / real(group.len())).sum();
    let statistic = 12.0 / (count * (count + 1.0)) * spread - 3.0 * (count + 1.0);
    let distribution = ChiSquared::new(real(told.len() - 1)).ok()?;
    Some(distribution.sf(statistic.max(0.0)))
}
