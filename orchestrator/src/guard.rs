//! Sees to it that a run leaves nothing behind: subreaper, control groups, watcher, and the leftovers of dead runs.

use std::path::Path;

use anyhow::{Context as _, Result};
use rustix::process::{getpid, set_child_subreaper};

use crate::cgroup::{Groups, Hierarchy, collect};
use crate::env::RUN_ID;
use crate::tell::tell;
use crate::watcher::Watcher;

/// What stands around every trial. Dropped, it removes the groups and then dismisses the watcher.
#[derive(Debug)]
pub struct Guard {
    groups: Groups,
    refusals: Vec<String>,
    watcher: Watcher,
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
        set_child_subreaper(Some(getpid())).context("becoming the subreaper")?;
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
        Ok(Self { groups, refusals, watcher })
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
        self.watcher.pid()
    }
}
