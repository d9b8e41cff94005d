//! The noise of a recorded run: how far each trial strayed from its cell's median, block by block.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Row {
    block: Option<u64>,
    accepted: Option<u64>,
    status: String,
    pool: String,
    workload: String,
    param: String,
    jobs: Option<u64>,
    batch_ns: Option<u64>,
    warm_batch_ns: Option<u64>,
}

/// Of one pool and the loop beside it in one cell, the logarithms of time over median, by block.
pub(crate) type Pair = Vec<(f64, f64)>;

/// Workload, parameter and jobs.
type Workload = (String, String, Option<u64>);

/// Every pair of a pool and `serial` in the cells of jobs that compute.
pub(crate) fn pairs() -> Result<Vec<Pair>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/bench-all/trials.csv");
    let mut cells: BTreeMap<Workload, BTreeMap<String, BTreeMap<u64, f64>>> = BTreeMap::new();
    let mut reader = csv::Reader::from_path(&path).with_context(|| format!("opening {}", path.display()))?;
    for row in reader.deserialize() {
        let row: Row = row.with_context(|| format!("reading {}", path.display()))?;
        let computes = !["sleep", "http", "http-native"].contains(&row.workload.as_str());
        let is_meant = row.accepted == Some(1) && row.status == "ok" && computes;
        let (Some(block @ 1..), Some(ns)) = (row.block.filter(|_| is_meant), row.warm_batch_ns.or(row.batch_ns)) else {
            continue;
        };
        #[expect(clippy::cast_precision_loss, reason = "exact below 2^53 ns: 104 days")]
        let strayed = (ns as f64).ln();
        let cell = cells.entry((row.workload, row.param, row.jobs)).or_default();
        cell.entry(row.pool).or_default().insert(block, strayed);
    }
    let mut pairs = Vec::new();
    for pools in cells.values() {
        let Some(serial) = pools.get("serial") else { continue };
        for (_, own) in pools.iter().filter(|(pool, _)| *pool != "serial") {
            let both: Vec<(f64, f64)> =
                own.iter().filter_map(|(block, own)| Some((*own, *serial.get(block)?))).collect();
            if both.len() >= 10 {
                pairs.push(centred(&both));
            }
        }
    }
    ensure!(!pairs.is_empty(), "{} has no pool beside serial in ten blocks", path.display());
    Ok(pairs)
}

fn centred(both: &[(f64, f64)]) -> Pair {
    let median = |of: fn(&(f64, f64)) -> f64| {
        let mut values: Vec<f64> = both.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        f64::midpoint(values[(values.len() - 1) / 2], values[values.len() / 2])
    };
    let (own, base) = (median(|pair| pair.0), median(|pair| pair.1));
    both.iter().map(|pair| (pair.0 - own, pair.1 - base)).collect()
}
