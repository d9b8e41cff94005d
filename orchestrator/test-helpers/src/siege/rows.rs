//! The rows that a run under siege has left: whether they read, and whether one is missing.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};

/// Block, position and whether it was accepted, of every row.
fn read(run: &Path) -> Result<Vec<(u64, u64, bool)>> {
    let mut reader = csv::Reader::from_path(run.join("trials.csv"))?;
    let header = reader.headers()?.clone();
    let at = |name: &str| header.iter().position(|column| column == name).with_context(|| format!("no column {name}"));
    let (block, position, accepted) = (at("block")?, at("position")?, at("accepted")?);
    let row = |record: csv::Result<csv::StringRecord>| {
        let record = record.context("a row does not read")?;
        Ok((record[block].parse()?, record[position].parse()?, &record[accepted] == "1"))
    };
    reader.records().map(row).collect()
}

/// Checks that no row is missing between the first and the last; how many there are.
pub(super) fn unbroken(run: &Path) -> Result<usize> {
    let rows = read(run)?;
    let mut place = (0, 0);
    for (block, position, ..) in &rows {
        let next = [place, (place.0, place.1 + 1), (place.0 + 1, 1)];
        ensure!(next.contains(&(*block, *position)), "after {place:?} comes {:?}", (block, position));
        place = (*block, *position);
    }
    Ok(rows.len())
}

/// Checks that `count` places have exactly one accepted row each.
pub(super) fn whole(run: &Path, count: usize) -> Result<()> {
    let mut accepted = BTreeMap::new();
    for (block, position, is_accepted) in read(run)? {
        *accepted.entry((block, position)).or_insert(0) += u32::from(is_accepted);
    }
    ensure!(accepted.len() == count && accepted.values().all(|rows| *rows == 1), "accepted rows: {accepted:?}");
    Ok(())
}
