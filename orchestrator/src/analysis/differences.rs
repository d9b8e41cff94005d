//! What two series of values have to do with each other: differences of logarithms, block by block.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};

use super::data::{Series, float};
use super::measure::Measure;
use crate::stats::log_ratios;

/// `ln(B / A)` for every block that has both.
pub(crate) fn differences(a: &Series, b: &Series, measure: Measure) -> Result<Vec<f64>> {
    let by_block: BTreeMap<u64, f64> =
        a.points.iter().filter_map(|point| Some((point.block, float(point.value(measure)?)))).collect();
    let pairs: Vec<(f64, f64)> = b
        .points
        .iter()
        .filter_map(|point| Some((*by_block.get(&point.block)?, float(point.value(measure)?))))
        .collect();
    log_ratios(&pairs).context("comparing the values of a cell")
}
