//! Sees to it that a run leaves nothing behind: subreaper, control groups, watcher, and the leftovers of dead runs.

pub mod cgroup;
mod marked;
pub mod sweep;
pub mod watcher;

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::process::environment::RUN_ID;
use crate::process::tell;
use cgroup::{Groups, Hierarchy, collect};
use sweep::adopt_orphans;
use watcher::Watcher;

/// What stands around every trial. Dropped, it removes the groups and then dismisses the watcher.
#[derive(Debug)]
pub struct Guard {
    groups: Groups,
    refusals: Vec<String>,
    watcher: RefCell<Watcher>,
    poolbench: PathBuf,
}

/// Whether trials get control groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grouping {
    /// Wherever this machine lets this user make some.
    WherePossible,
    /// Not even then.
    Never,
}

impl Guard {
    /// Makes this process the one to which orphans of pools come, and prepares the rest. `poolbench` is the executable
    /// that can be the watcher.
    pub fn new(poolbench: &Path, grouping: Grouping) -> Result<Self> {
        adopt_orphans();
        let hierarchies = Hierarchy::here();
        match collect(&hierarchies) {
            Ok(0) => {}
            Ok(count) => tell(format_args!("removed {count} control groups that a dead run had left")),
            Err(why) => tell(format_args!("poolbench: {why:#}")),
        }
        let (groups, refusals) = match grouping {
            Grouping::WherePossible => Groups::make(&hierarchies, &RUN_ID),
            Grouping::Never => (Groups::default(), Vec::new()),
        };
        let watcher = Watcher::start(poolbench, &RUN_ID, groups.paths())?;
        Ok(Self { groups, refusals, watcher: RefCell::new(watcher), poolbench: poolbench.to_owned() })
    }

    /// For the executable that is running.
    pub fn of_this_process() -> Result<Self> {
        let poolbench = std::env::current_exe().context("finding poolbench's own executable")?;
        Self::new(&poolbench, Grouping::WherePossible)
    }

    /// The run's control groups; empty where none can be made.
    pub fn groups(&self) -> &Groups {
        &self.groups
    }

    /// Why there is no group where one could have been.
    pub fn refusals(&self) -> &[String] {
        &self.refusals
    }

    /// The watcher's process id: a child that no sweep may end.
    pub fn watcher(&self) -> i32 {
        self.watcher.borrow().pid()
    }

    /// Ends what pools have left behind when they were asked what they are, before it is taken for the first trial's.
    pub fn sweep_after_describing(&self) {
        let left = sweep::sweep(&[self.watcher()]);
        if left > 0 {
            tell(format_args!("poolbench: {left} processes were left behind by --describe and killed"));
        }
    }

    /// Starts another watcher where the first was killed, and says so: without one nothing cleans up after a run that is
    /// killed itself. One system call as long as it lives.
    pub fn keep_watched(&self) -> Result<()> {
        let mut watcher = self.watcher.borrow_mut();
        let Some(how) = watcher.end() else { return Ok(()) };
        tell(format_args!("poolbench: the watcher {how}; another one takes its place"));
        let another = Watcher::start(&self.poolbench, &RUN_ID, self.groups.paths());
        *watcher =
            another.context("nothing would clean up if this run were killed; `poolbench resume` goes on with it")?;
        Ok(())
    }
}
