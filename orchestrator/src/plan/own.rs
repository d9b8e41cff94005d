//! Jobs of the user's own in a plan: which file they are in, by its hash, and what is known of their results.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use harness::own::Own;
use serde::{Deserialize, Serialize};

use super::cell::Cell;
use crate::pools::build::{Build, Globs};

/// Jobs of the user's own: `[jobs.NAME]` of `plan.toml`. NAME is workload and parameter as rows have them; where the file is,
/// and what it is told, stands in `paths.toml` only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Job {
    /// SHA-256 of the file.
    pub sha256: String,
    /// Whether the user says that the jobs wait.
    pub waits: bool,
    /// Whether the user wants to go on without a right result.
    pub unchecked: bool,
    /// Why there is no right result although one was looked for; empty where there is one, or none was.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub without: String,
    /// How long looking for it took, ms.
    pub took_ms: u64,
    /// What a job took meanwhile, the mean, ns.
    pub job_ns: u64,
    /// The right checksum by number of jobs.
    pub right: BTreeMap<String, String>,
}

/// The file of some jobs as it is now; the error says what to do where there is none.
pub fn build(own: &Own) -> Result<Build> {
    ensure!(Path::new(&own.path).is_file(), "{}", own.missing());
    Build::read(vec![own.path.clone().into()], Globs::default()).with_context(|| format!("reading {}", own.file_name()))
}

/// The jobs of all cells that have the user's own.
pub fn jobs(cells: &[Cell], unchecked: bool) -> Result<BTreeMap<String, Job>> {
    let mut jobs = BTreeMap::new();
    for (name, own) in named(cells) {
        if let Entry::Vacant(entry) = jobs.entry(name) {
            entry.insert(Job { sha256: build(own)?.sha256, waits: own.waits, unchecked, ..Job::default() });
        }
    }
    Ok(jobs)
}

/// The names and files of the user's own jobs, once a cell.
pub(super) fn named(cells: &[Cell]) -> impl Iterator<Item = (String, &Own)> {
    cells.iter().filter_map(|cell| Some((cell.workload.to_string(), cell.workload.own()?)))
}
