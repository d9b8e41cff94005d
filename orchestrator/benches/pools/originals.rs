//! What a job costs on Python's pools: data/reference/python-originals.csv, described in the README beside it.

use std::path::Path;

use anyhow::{Context as _, Result};
use csv::Reader;
use serde::Deserialize;

use crate::measure::real;

/// One of Python's pools, or its plain loop.
#[derive(Debug, Deserialize)]
pub(crate) struct Original {
    /// The class, the first part of what a pool `mirrors`.
    #[serde(rename = "original")]
    pub(crate) name: String,
    /// Its threads, greenlets or processes.
    workers: u64,
    /// Cores of the machine.
    cores: u64,
    /// Batch time a job, ns.
    pub(crate) job_ns: f64,
}

impl Original {
    /// What a job costs beyond its work, in the time of all cores that could have done it, ns.
    pub(crate) fn overhead_ns(&self, loop_ns: f64) -> f64 {
        self.job_ns * real(self.workers.min(self.cores)) - loop_ns
    }
}

/// The name of the loop without a pool.
pub(crate) const LOOP: &str = "for loop";

/// Reads all of them.
pub(crate) fn read() -> Result<Vec<Original>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/reference/python-originals.csv");
    let mut reader = Reader::from_path(&path).with_context(|| format!("reading {}", path.display()))?;
    reader.deserialize().collect::<Result<_, _>>().with_context(|| format!("reading {}", path.display()))
}
