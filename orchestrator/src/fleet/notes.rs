//! Which notes of a folder are of which shard.

use std::collections::BTreeMap;
use std::io::BufRead as _;
use std::ops::Range;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde::Deserialize;

use crate::record::{lines, notes};

#[derive(Deserialize)]
struct Of {
    shard: Option<u64>,
}

/// Where the notes of each shard lie, bytes. A folder without notes has none, and what is no note of a shard is passed over.
pub(super) fn index(folder: &Path) -> Result<BTreeMap<u64, Vec<Range<u64>>>> {
    let path = folder.join(notes::NAME);
    let mut found: BTreeMap<u64, Vec<Range<u64>>> = BTreeMap::new();
    if !path.exists() {
        return Ok(found);
    }
    let mut reader = lines::whole_lines(&path)?.reader;
    let (mut line, mut end) = (Vec::new(), 0);
    while reader.read_until(b'\n', &mut line).with_context(|| format!("reading {}", path.display()))? > 0 {
        let begin = end;
        end += line.len() as u64;
        if let Some(shard) = serde_json::from_slice::<Of>(&line).ok().and_then(|of| of.shard) {
            let ranges = found.entry(shard).or_default();
            match ranges.last_mut() {
                Some(last) if last.end == begin => last.end = end,
                _ => ranges.push(begin..end),
            }
        }
        line.clear();
    }
    Ok(found)
}
