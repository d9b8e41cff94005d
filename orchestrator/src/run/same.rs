//! Whether what is measured is still what the run began with: the builds of its pools, and what the machine lets them have.
//! Rows of two builds or two settings have no common median.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail, ensure};
use harness::own::Own;

use crate::observe::Setting;
use crate::plan::cell::Cell;
use crate::plan::{Plan, own};
use crate::pools::Found;
use crate::pools::build::Build;
use crate::record::identity;

/// What must stay the same.
#[derive(Debug)]
pub(super) struct Same {
    run: PathBuf,
    /// The pools of the plan by name, as they were when they were hashed.
    builds: HashMap<String, Build>,
    /// The files of the user's own jobs by name.
    jobs: HashMap<String, Build>,
    setting: Setting,
}

impl Same {
    /// As it is when the run in the folder `run` begins or goes on.
    pub(super) fn as_now(plan: &Plan, run: &Path, pools: &Found) -> Result<Self> {
        let build = |name: &String| Ok((name.clone(), pools.pick(name)?.build.clone()));
        let builds = plan.pools.keys().map(build).collect::<Result<_>>()?;
        let mut jobs = HashMap::new();
        for (name, own) in plan.own() {
            let build = own::build(own)?;
            let is_same = plan.jobs.get(&name).is_some_and(|job| job.sha256 == build.sha256);
            ensure!(is_same, "{name} is another build than the run began with; start a new run");
            jobs.insert(name, build);
        }
        Ok(Self { run: run.to_owned(), builds, jobs, setting: Setting::read() })
    }

    /// Looks before a trial of `cell`: some ten microseconds. Fails with what was changed.
    pub(super) fn check(&mut self, cell: &Cell) -> Result<()> {
        let pool = cell.real_pool();
        let resume = format!("`poolbench resume {}`", self.run.display());
        if let Some(what) = self.builds.get_mut(pool).and_then(Build::changed) {
            bail!(
                "pool '{pool}' was changed while the run went on: {what}. The rows up to here are kept; start a new run, or put \
                 the build back and {resume}"
            );
        }
        let job = cell.workload.own().and_then(|_| self.jobs.get_mut(&cell.workload.to_string()));
        if let Some(what) = job.and_then(Build::changed) {
            let gone = cell.workload.own().filter(|own| !Path::new(&own.path).is_file());
            let what = gone.map_or(what, Own::missing);
            bail!(
                "{} was changed while the run went on: {what}. The rows up to here are kept; start a new run, or put the build back and \
                 {resume}",
                cell.workload
            );
        }
        let differences = identity::settings(&self.setting, &Setting::read());
        ensure!(
            differences.is_empty(),
            "the setting was changed while the run went on: {}. The rows up to here are kept; start a new run, or set it back \
             and {resume}",
            identity::sentence(&differences)
        );
        Ok(())
    }
}
