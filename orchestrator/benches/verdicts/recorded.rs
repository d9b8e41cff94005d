//! The times of a run's accepted trials as the statistics take them, by pool, cell and block.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde::{Deserialize, Serialize};

/// The columns that are read; a file may have more.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Row {
    pub(crate) block: Option<u64>,
    pub(crate) accepted: Option<u64>,
    pub(crate) status: String,
    pub(crate) pool: String,
    workload: String,
    param: String,
    jobs: Option<u64>,
    batch_ns: Option<u64>,
    warm_batch_ns: Option<u64>,
}

/// Values `[pool][cell][block]`, with the names of the pools.
pub(crate) struct Recorded {
    pub(crate) pools: Vec<String>,
    pub(crate) values: Vec<Vec<Vec<Option<f64>>>>,
}

/// All rows of a run's folder.
pub(crate) fn rows(folder: &Path) -> Result<Vec<Row>> {
    let path = folder.join("trials.csv");
    let reader = csv::Reader::from_path(&path).with_context(|| format!("opening {}", path.display()))?;
    reader.into_deserialize().collect::<Result<_, _>>().with_context(|| format!("reading {}", path.display()))
}

impl Recorded {
    /// Reads the accepted trials that were ok, block 0 and twins aside; warm batches where there are any.
    #[expect(clippy::cast_precision_loss, reason = "exact below 2^53 ns: 104 days")]
    pub(crate) fn read(folder: &Path) -> Result<Self> {
        let mut cells = BTreeMap::new();
        let mut pools: BTreeMap<String, BTreeMap<usize, BTreeMap<usize, f64>>> = BTreeMap::new();
        let mut blocks = 0;
        for row in rows(folder)? {
            let is_meant = row.accepted == Some(1) && row.status == "ok" && !row.pool.ends_with("-twin");
            let Some(block @ 1..) = row.block.filter(|_| is_meant) else { continue };
            let Some(ns) = row.warm_batch_ns.or(row.batch_ns) else { continue };
            let count = cells.len();
            let cell = *cells.entry((row.workload, row.param, row.jobs)).or_insert(count);
            let block = usize::try_from(block)?;
            blocks = blocks.max(block);
            pools.entry(row.pool).or_default().entry(cell).or_default().insert(block, ns as f64);
        }
        ensure!(blocks > 0, "{} has no accepted trial", folder.display());
        let by_block = |found: Option<&BTreeMap<usize, f64>>| {
            (1..=blocks).map(|block| found.and_then(|found| found.get(&block).copied())).collect()
        };
        let values =
            pools.values().map(|own| (0..cells.len()).map(|cell| by_block(own.get(&cell))).collect()).collect();
        Ok(Self { values, pools: pools.into_keys().collect() })
    }

    /// How many blocks there are, at least 1.
    pub(crate) fn blocks(&self) -> usize {
        self.values[0][0].len()
    }

    /// How many cells.
    pub(crate) fn cells(&self) -> usize {
        self.values[0].len()
    }

    /// The blocks from `start` on of some cells, of all pools.
    pub(crate) fn window(&self, cells: &[usize], start: usize, blocks: usize) -> Vec<Vec<Vec<Option<f64>>>> {
        let part = |cell: &Vec<Option<f64>>| cell[start..start + blocks].to_vec();
        self.values.iter().map(|own| cells.iter().map(|cell| part(&own[*cell])).collect()).collect()
    }
}

/// The pairs of values of two pools in one cell, block by block.
pub(crate) fn pairs(one: &[Option<f64>], other: &[Option<f64>]) -> Vec<(f64, f64)> {
    one.iter().zip(other).filter_map(|(one, other)| Some(((*one)?, (*other)?))).collect()
}
