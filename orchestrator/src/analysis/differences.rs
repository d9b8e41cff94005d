//! What two series of values have to do with each other: differences of logarithms, block by block.

use anyhow::{Context as _, Result};

use super::data::{Series, float};
use super::measure::Measure;
use crate::stats::{Drawn, log_ratios};

/// `ln(B / A)` for every block that has both, or for every machine where these were drawn.
pub(crate) fn differences(a: &Series, b: &Series, measure: Measure, drawn: &Drawn) -> Result<Vec<f64>> {
    let last = a.points.values(measure).map(|(block, _)| block).max().unwrap_or(0);
    let by_block = a.by_block(measure, last);
    let at = |block: u64| *by_block.get(usize::try_from(block).ok()?)?;
    let pair = |(block, value): (u64, Option<u64>)| Some((block, (at(block)?, float(value?))));
    let (blocks, pairs): (Vec<u64>, Vec<(f64, f64)>) = b.points.values(measure).filter_map(pair).unzip();
    let found = log_ratios(&pairs).context("comparing the values of a cell")?;
    if *drawn == Drawn::Blocks {
        return Ok(found);
    }
    let mut laid_out = vec![None; by_block.len()];
    for (block, one) in blocks.into_iter().zip(found) {
        if let Some(slot) = usize::try_from(block).ok().and_then(|block| laid_out.get_mut(block)) {
            *slot = Some(one);
        }
    }
    Ok(drawn.values(laid_out.into_iter()))
}
