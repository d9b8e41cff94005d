//! How a run begins, or goes on where it was stopped if it still is the same run.

use std::path::Path;

use anyhow::{Result, ensure};
use harness::columns::SCHEMA;

use super::ready::watch_cores;
use super::{Finish, Run, right};
use crate::guard::Guard;
use crate::observe::Cores;
use crate::plan::Plan;
use crate::pools::Found;
use crate::process::tell;
use crate::record::machine::Machine;
use crate::record::trials::{Progress, Trials};
use crate::record::{folder, identity, paths};

/// Starts a planned run in its new folder.
pub fn start(plan: Plan, path: &Path, pools: &Found, guard: &Guard) -> Result<Finish> {
    begin(plan, path, pools, guard)?.go()
}

/// The same with this reader of the cores, or without one.
pub fn start_with(plan: Plan, path: &Path, pools: &Found, guard: &Guard, cores: Option<Cores>) -> Result<Finish> {
    begin_with(plan, path, pools, guard, cores)?.go()
}

/// Begins a planned run in its new folder; nothing has run yet.
pub fn begin<'a>(plan: Plan, path: &'a Path, pools: &'a Found, guard: &'a Guard) -> Result<Run<'a>> {
    let cores = watch_cores(&plan);
    begin_with(plan, path, pools, guard, cores)
}

fn begin_with<'a>(
    plan: Plan,
    path: &'a Path,
    pools: &'a Found,
    guard: &'a Guard,
    cores: Option<Cores>,
) -> Result<Run<'a>> {
    let trials = Trials::create(path)?;
    paths::write(path, pools, &plan)?;
    Ok(Run { cores, ..Run::new(plan, path, pools, guard, trials, Progress::default(), false)? })
}

/// Goes on with a stopped run: every cell and block without an accepted row. A cell that has timed out in two blocks is
/// tried only if `again` says so.
pub fn resume(path: &Path, pools: &Found, guard: &Guard, machine: &Machine, again: bool) -> Result<Finish> {
    reopen(path, pools, guard, machine, again)?.map_or(Ok(Finish::Interrupted), Run::go)
}

/// Opens a stopped run, if it still is the same; nothing has run yet. Nothing if the user stops it while the right results of
/// own jobs are found.
pub fn reopen<'a>(
    path: &'a Path,
    pools: &'a Found,
    guard: &'a Guard,
    machine: &Machine,
    again: bool,
) -> Result<Option<Run<'a>>> {
    let mut plan = folder::read_plan(path)?;
    plan.place(&paths::jobs(path, &plan)?);
    ensure!(
        plan.shards.is_none(),
        "{} is of a run on several machines: a shard is run anew as a whole, with `poolbench run --plan PLAN --shard N`",
        path.display()
    );
    ensure!(
        plan.schema == SCHEMA,
        "{} has the columns of schema {}, this version writes those of {SCHEMA}; it can be read but not gone on with, start a \
         new run",
        path.display(),
        plan.schema
    );
    let differences = identity::differences(&folder::read_machine(path)?, machine);
    ensure!(
        differences.is_empty(),
        "{}; figures of two machines or settings cannot be one run, go on as it began or start a new one",
        identity::sentence(&differences)
    );
    for (name, binary) in &plan.pools {
        let now = &pools.pick(name)?.build.sha256;
        ensure!(*now == binary.sha256, "pool '{name}' is another build than the run began with; start a new run");
    }
    if !right::find(&mut plan, pools, guard)? {
        return Ok(None);
    }
    folder::write_plan(path, &plan)?;
    let trials = Trials::reopen(path)?;
    paths::write(path, pools, &plan)?;
    let progress = Progress::read(path, &plan.run, &plan.cells)?;
    tell(format_args!("{} of {} trials are there", progress.done(), plan.trials()));
    let cores = watch_cores(&plan);
    Ok(Some(Run { cores, ..Run::new(plan, path, pools, guard, trials, progress, again)? }))
}
