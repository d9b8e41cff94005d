//! What two series of values have to do with each other: differences of logarithms, block by block.

use anyhow::{Context as _, Result};

use super::data::{Series, float};
use super::measure::Measure;
use crate::stats::log_ratios;

/// `ln(B / A)` for every block that has both.
pub(crate) fn differences(a: &Series, b: &Series, measure: Measure) -> Result<Vec<f64>> {
    let last = a.points.values(measure).map(|(block, _)| block).max().unwrap_or(0);
    let by_block = a.by_block(measure, last);
    let at = |block: u64| *by_block.get(usize::try_from(block).ok()?)?;
    let pairs: Vec<(f64, f64)> =
        b.points.values(measure).filter_map(|(block, value)| Some((at(block)?, float(value?)))).collect();
    log_ratios(&pairs).context("comparing the values of a cell")
}
