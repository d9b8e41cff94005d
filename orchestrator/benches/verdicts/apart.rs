//! How many pairs of pools of a recorded `bench-all` are beyond doubt apart, among the pools that have every cell.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use orchestrator::stats::{Alpha, places};

use crate::recorded::{Recorded, rows};
use crate::{Asked, command};

/// Counts them, in the tests' recorded run or in the folder of another.
pub(crate) fn count(asked: &Asked) -> Result<()> {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/bench-all");
    if let (Some(folder), true) = (&asked.folder, asked.write) {
        keep(folder, &kept)?;
    }
    let folder: PathBuf = asked.folder.clone().unwrap_or_else(|| kept.clone());
    if !folder.exists() {
        println!("pairs apart: no recorded run; `{}` keeps one", command("apart data/results/latest write"));
        return Ok(());
    }
    let recorded = Recorded::read(&folder)?;
    let found = places(&recorded.values, Alpha::FIVE_PERCENT, 1.0)?;
    for place in &found.placed {
        let score = place.score.map_or("-".to_owned(), |score| format!("{score:.2}"));
        println!("  {:<18} {score:>6}  {} to {}", recorded.pools[place.pool], place.best, place.worst);
    }
    let apart = found.pairs.iter().filter(|pair| pair.is_apart).count();
    let (pairs, pools) = (found.pairs.len(), found.placed.len());
    println!("pairs apart: {apart} of {pairs}, {pools} pools with every cell (goal: 205 of 276)");
    println!("  {}", command("apart"));
    Ok(())
}

/// Keeps the accepted rows of a run, in the columns that are read.
fn keep(run: &Path, kept: &Path) -> Result<()> {
    fs::create_dir_all(kept).with_context(|| format!("making {}", kept.display()))?;
    let path = kept.join("trials.csv");
    let mut out = csv::Writer::from_path(&path).with_context(|| format!("making {}", path.display()))?;
    for row in rows(run)?.iter().filter(|row| row.accepted == Some(1) && row.block > Some(0)) {
        out.serialize(row).with_context(|| format!("writing {}", path.display()))?;
    }
    out.flush().with_context(|| format!("writing {}", path.display()))
}
