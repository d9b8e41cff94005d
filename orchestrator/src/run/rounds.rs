//! A run in rounds: blocks of some of its cells, which a race chooses from what it has seen.

use std::time::{Duration, Instant};

use anyhow::Result;

use super::patience::Patience;
use super::progress::Display;
use super::{Pace, Part, Run};
use crate::observe::Cores;
use crate::plan::Plan;
use crate::record::folder;

/// How a block went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Went {
    /// All of it has its rows.
    Whole,
    /// The user wants to stop.
    Stopped,
    /// There was no time for all of it.
    OutOfTime,
}

impl Run<'_> {
    /// The plan as it is now.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Changes the plan, and its file. Cells may be added behind the others, none may be moved or taken away.
    pub fn change_plan(&mut self, change: impl FnOnce(&mut Plan)) -> Result<()> {
        change(&mut self.plan);
        self.took.resize(self.plan.cells.len(), Duration::ZERO);
        folder::write_plan(self.path, &self.plan)
    }

    /// Runs what is missing of a block of these cells, whose batches may take as long as `pace` says; after `until` no trial
    /// begins. Who times out is for others to judge.
    pub fn round(&mut self, block: u64, members: &[usize], pace: Pace, until: Instant) -> Result<Went> {
        self.pace = Some(pace);
        self.patience = Patience::endless();
        // Once a round and not before each trial: 0.3 ms, where one of an empty cell takes 2.
        self.round_cores = self.cores.as_mut().and_then(Cores::read);
        let is_open = |cell: usize| members.contains(&cell) && !self.progress.is_done(cell, block);
        let left = (0..self.plan.cells.len()).map(|cell| u64::from(is_open(cell))).collect();
        let mut display = Display::new(&self.plan, left);
        let went = self.block(block, Part { members: Some(members), until: Some(until) }, &mut display);
        let (_, _) = display.finish();
        self.trials.sync()?;
        went
    }

    /// The pace of the last round.
    pub fn pace(&self) -> Option<Pace> {
        self.pace
    }

    /// How long these cells took in their last block, without what was tried again.
    pub fn took(&self, members: &[usize]) -> Duration {
        members.iter().map(|cell| self.took[*cell]).sum()
    }
}
