//! A run as the history takes it: what it is, where it ran, which builds it had, and the levels of its cells.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Result, ensure};

use super::index::{Entry, Index};
use super::levels::{Levels, levels};
use crate::analysis::{Measure, load};
use crate::plan::Binary;
use crate::process::tell;
use crate::record::machine::Machine;
use crate::record::{about::About, folder, identity};

/// What of a cell is followed.
pub(super) const MEASURES: [Measure; 3] = [Measure::Time, Measure::Charged, Measure::Resident];

/// A run.
pub(super) struct Run {
    pub(super) entry: Entry,
    pub(super) machine: Machine,
    pub(super) pools: BTreeMap<String, Binary>,
    /// By measure, in the order of [`MEASURES`].
    pub(super) levels: [Levels; 3],
    /// Whether every cell has a charged peak.
    pub(super) is_charged: bool,
}

/// The runs of a history in their order, and why others are passed over.
pub(super) struct History {
    pub(super) runs: Vec<Run>,
    pub(super) passed_over: Vec<String>,
}

impl History {
    /// Reads all runs.
    pub(super) fn read(path: &Path) -> Result<Self> {
        ensure!(
            path.is_dir() && !path.join(folder::PLAN).exists(),
            "{} is no history; `poolbench archive DIR --into {}` begins one",
            path.display(),
            path.display()
        );
        // A history that cannot be written to is read as it is.
        let index = Index::renew(path).or_else(|_| Index::read(path))?;
        ensure!(
            !index.0.is_empty(),
            "{} holds no run yet; `poolbench archive DIR --into {}` puts one there",
            path.display(),
            path.display()
        );
        let mut history = Self { runs: Vec::new(), passed_over: Vec::new() };
        for entry in index.0 {
            let name = entry.folder.clone();
            match Run::read(&path.join(&name), entry) {
                Ok(run) => history.runs.push(run),
                Err(why) => {
                    tell(format_args!("passed over: {why:#}"));
                    history.passed_over.push(format!("{name}: {why:#}"));
                }
            }
        }
        Ok(history)
    }
}

impl Run {
    /// Reads a run's folder.
    pub(super) fn read(path: &Path, entry: Entry) -> Result<Self> {
        let plan = folder::read_plan(path)?;
        plan.claimable()?;
        let data = load(path)?;
        ensure!(
            data.nodes.kinds() == 1,
            "{} was measured on machines of several kinds, of which none has all its blocks",
            entry.run
        );
        Ok(Self {
            entry,
            machine: folder::read_machine(path)?,
            pools: plan.pools,
            levels: MEASURES.map(|measure| levels(&data, measure)),
            is_charged: data.memory() == Measure::Charged,
        })
    }

    /// Reads a run that lies outside of a history.
    pub(super) fn outside(path: &Path) -> Result<Self> {
        let About { plan, begun } = About::read(path)?;
        let entry = Entry {
            folder: String::new(),
            begun: begun.unwrap_or_default(),
            run: plan.run,
            preset: plan.preset,
            host: plan.host,
            blocks: plan.blocks,
            commit: plan.commit,
            rows_sha256: String::new(),
        };
        Self::read(path, entry)
    }

    /// Whether two runs were on one machine, whatever its kernel: between builds of one run that cancels as the machine does.
    pub(super) fn is_beside(&self, other: &Self) -> bool {
        identity::differences(&self.machine, &other.machine).iter().all(|one| one.what == "kernel")
    }

    /// Which build a pool is.
    pub(super) fn build(&self, pool: &str) -> Option<&Binary> {
        self.pools.get(pool)
    }

    /// What people know the run by: its commit where that is known, else its name.
    pub(super) fn called(&self) -> String {
        let Entry { run, commit, .. } = &self.entry;
        if commit.is_empty() { format!("run {run}") } else { format!("commit {commit}") }
    }
}
