//! What a plan knows of the user's own jobs in its cells: where they are, in which sizes, and how their results are checked.

use std::collections::BTreeMap;
use std::time::Duration;

use harness::own::Own;

use super::Plan;
use super::cell::Cell;
use super::estimate::OWN_JOB;
use super::own::{Job, named};

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

/// How long it may take to find the right results of the user's own jobs: all of them twice, on as many cores as there are.
pub(super) fn right_results(plan: &Plan) -> Duration {
    let largest = |name: &String| plan.sizes(name).last().copied().unwrap_or(0);
    let unknown = plan.jobs.iter().filter(|(_, job)| !job.unchecked && job.right.is_empty());
    let jobs: u64 = unknown.map(|(name, _)| largest(name)).fold(0, u64::saturating_add);
    OWN_JOB.saturating_mul(u32::try_from(2 * jobs / harness::cores().max(1)).unwrap_or(u32::MAX))
}
