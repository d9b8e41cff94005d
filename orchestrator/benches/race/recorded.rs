//! What the races are drawn from: the medians of recorded cells, and how far their trials strayed from them, block by block.

use std::path::Path;

use anyhow::Result;
use orchestrator::analysis::{Measure, load};
use orchestrator::stats::Sample;

/// Fewer trials tell too little of a pool's noise.
const FEWEST_TRIALS: usize = 10;
/// Fewer pools are no field.
const FEWEST_POOLS: usize = 10;

/// A pool in one cell.
pub(crate) struct Pool {
    /// The logarithm of its median.
    pub(crate) level: f64,
    /// How far each trial lay from it, logarithms, in the order of blocks.
    pub(crate) strays: Vec<f64>,
}

/// The cells of a run, each with its pools.
pub(crate) struct Recorded {
    pub(crate) cells: Vec<Vec<Pool>>,
}

impl Recorded {
    /// Reads a run's folder; twins are left aside.
    pub(crate) fn read(folder: &Path) -> Result<Self> {
        let mut cells = Vec::new();
        let data = load(folder)?;
        for setups in data.groups.into_values() {
            let mut pools = Vec::new();
            for (_, series) in setups.into_iter().filter(|(setup, _)| !setup.is_twin()) {
                let blocks = series.by_block(Measure::Time, data.blocks);
                let values: Vec<f64> = blocks.into_iter().flatten().map(f64::ln).collect();
                if values.len() >= FEWEST_TRIALS {
                    let level = Sample::new(&values)?.median();
                    pools.push(Pool { level, strays: values.iter().map(|value| value - level).collect() });
                }
            }
            if pools.len() >= FEWEST_POOLS {
                cells.push(pools);
            }
        }
        Ok(Self { cells })
    }
}
