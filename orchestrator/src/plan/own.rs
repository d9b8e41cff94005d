//! Jobs of the user's own in a plan: which file they are in, by its hash, and what is known of their results.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use harness::own::Own;
use serde::{Deserialize, Serialize};

use super::Plan;
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
        if !jobs.contains_key(&name) {
            let sha256 = build(own)?.sha256;
            jobs.insert(name, Job { sha256, waits: own.waits, unchecked, ..Job::default() });
        }
    }
    Ok(jobs)
}

/// The names and files of the user's own jobs, once a cell.
fn named(cells: &[Cell]) -> impl Iterator<Item = (String, &Own)> {
    cells.iter().filter_map(|cell| Some((cell.workload.to_string(), cell.workload.own()?)))
}

impl Plan {
    /// Each file of the user's own once, with its name.
    pub fn own(&self) -> BTreeMap<String, &Own> {
        named(&self.cells).collect()
    }

    /// The user's own jobs whose results are held against nothing.
    pub fn unchecked(&self) -> impl Iterator<Item = &str> {
        self.jobs.iter().filter(|(_, job)| job.right.is_empty()).map(|(name, _)| name.as_str())
    }

    /// What is known of a cell's jobs, if they are the user's own.
    pub fn job(&self, cell: &Cell) -> Option<&Job> {
        cell.workload.own().and_then(|_| self.jobs.get(&cell.workload.to_string()))
    }

    /// The numbers of jobs for which a right result of `name` is wanted, ascending, each once.
    pub fn sizes(&self, name: &str) -> Vec<u64> {
        let of_it = self.cells.iter().filter(|cell| cell.workload.own().is_some() && cell.workload.to_string() == name);
        let mut sizes: Vec<u64> = of_it.map(|cell| cell.jobs).collect();
        sizes.sort_unstable();
        sizes.dedup();
        sizes
    }

    /// Sets where the files of the user's own are, by name; those that `places` does not have stay as they are.
    pub fn place(&mut self, places: &BTreeMap<String, Own>) {
        for cell in &mut self.cells {
            if let Some(own) = places.get(&cell.workload.to_string()) {
                cell.workload.set_own(|here| *here = own.clone());
            }
        }
    }

    /// The plan as it was when it was made: a cell of a file says nothing of waiting.
    #[must_use]
    pub(crate) fn with_waits(mut self) -> Self {
        for cell in &mut self.cells {
            let waits = self.jobs.get(&cell.workload.to_string()).is_some_and(|job| job.waits);
            cell.workload.set_own(|own| own.waits = waits);
        }
        self
    }
}
