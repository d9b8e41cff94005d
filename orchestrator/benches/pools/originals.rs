//! What a job costs on Python's pools: data/reference/python-originals.csv, described in the README beside it.

use std::path::Path;

use anyhow::{Context as _, Result};
use csv::Reader;
use serde::Deserialize;

/// One of Python's pools, or its plain loop.
#[derive(Debug, Deserialize)]
pub(crate) struct Original {
    /// The class, the first part of what a pool `mirrors`.
    pub(crate) original: String,
    /// Batch time a job, ns.
    pub(crate) job_ns: f64,
}

/// The name of the loop without a pool.
pub(crate) const LOOP: &str = "for loop";

/// Reads all of them.
pub(crate) fn read() -> Result<Vec<Original>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/reference/python-originals.csv");
    let mut reader = Reader::from_path(&path).with_context(|| format!("reading {}", path.display()))?;
    reader.deserialize().collect::<Result<_, _>>().with_context(|| format!("reading {}", path.display()))
}
