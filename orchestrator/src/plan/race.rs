//! A race as `plan.toml` keeps it: what was asked, and round by round what it has decided.

use std::fmt;
use std::str::FromStr;

use anyhow::{Result, bail, ensure};
use serde::{Deserialize, Serialize};

use super::percentage::percentage;
use crate::stats::Band;

/// The most entrants: a round of so many takes 10 s at least.
pub const MOST_ENTRANTS: usize = 2_000;

/// The band inside which two are the same, where no other is asked for.
pub const WITHIN: &str = "3%";
/// Batches in a trial of a race, where no other number is asked for.
pub const BATCHES: u64 = 3;

/// What is to be as small as can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Objective {
    /// Batch time.
    Time,
    /// CPU time of the tree, a batch.
    Cpu,
    /// Peak memory.
    Memory,
}

/// How a race came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum End {
    /// One is left.
    One,
    /// All that are left are the same within the band.
    Same,
    /// The time, or the most rounds, are spent.
    Budget,
    /// The user stopped it.
    Interrupted,
}

/// How an entrant left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// By the exact paired test against the leader: a claim.
    Behind,
    /// By a factor in every round so far: a decision, no claim.
    SetAside,
    /// Its trials are not ok.
    Failed,
    /// Its peak of memory is above what was allowed, or not known.
    Memory,
    /// There was no time left to tell it from the leader.
    Budget,
}

/// Who left, when and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Out {
    /// Its place among the plan's cells.
    pub cell: usize,
    /// The last round that it ran in.
    pub round: u64,
    /// How it left.
    pub how: How,
    /// The leader's place among the plan's cells then.
    pub leader: usize,
    /// How many times the leader's value its own was, the median of pairs; 0 where that is not known.
    pub factor: f64,
    /// Whether it was cut off in any round, so that the factor is a lower bound.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut_off: bool,
}

/// What was seen after a round.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// The round.
    pub round: u64,
    /// The leader's place among the plan's cells.
    pub leader: usize,
    /// How many are left.
    pub left: usize,
    /// The error that this look has spent on claims; 0 where it made none.
    pub error: f64,
}

/// A race: what was asked, and what it has decided so far.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Race {
    /// What is to be as small as can be.
    pub objective: Objective,
    /// The band inside which two entrants are the same, as given.
    pub within: String,
    /// The most that the peak of memory may be, bytes; 0 for any.
    pub max_memory_bytes: u64,
    /// The first so many cells are the entrants; the leader's twin stands behind them.
    pub entrants: usize,
    /// The first block of the final; 0 before it.
    pub final_from: u64,
    /// How many entered the final.
    pub finalists: usize,
    /// The time spent, ms.
    pub spent_ms: u64,
    /// How it ended; nothing while it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<End>,
    /// What was seen after each round.
    #[serde(default)]
    pub looks: Vec<Look>,
    /// Who left, in this order.
    #[serde(default)]
    pub out: Vec<Out>,
}

impl Race {
    /// One that has not begun.
    pub fn new(objective: Objective, within: &str, max_memory_bytes: u64, entrants: usize) -> Self {
        Self {
            objective,
            within: within.to_owned(),
            max_memory_bytes,
            entrants,
            final_from: 0,
            finalists: 0,
            spent_ms: 0,
            ended: None,
            looks: Vec::new(),
            out: Vec::new(),
        }
    }

    /// The band inside which two entrants are the same.
    pub fn band(&self) -> Band {
        percentage(&self.within).and_then(Band::new).unwrap_or_default()
    }

    /// Whether a cell runs in a block: who has not left before, and in the final the leader's twin.
    pub fn runs(&self, cell: usize, block: u64) -> bool {
        if cell >= self.entrants {
            return self.final_from > 0 && block >= self.final_from;
        }
        let left_after = self.out.iter().find(|out| out.cell == cell).map(|out| out.round);
        left_after.is_none_or(|round| block <= round)
    }

    /// The cells that run in a block, of so many: who was in, round by round.
    pub fn field(&self, cells: usize, block: u64) -> Vec<usize> {
        let mut runs = vec![true; cells];
        self.out.iter().filter(|out| out.round < block).for_each(|out| runs[out.cell] = false);
        runs.iter_mut().skip(self.entrants).for_each(|runs| *runs = self.final_from > 0 && block >= self.final_from);
        (0..cells).filter(|cell| runs[*cell]).collect()
    }

    /// The entrants that have not left.
    pub fn remaining(&self) -> Vec<usize> {
        self.field(self.entrants, u64::MAX)
    }

    /// The trials of so many cells in blocks 0 to `blocks`.
    pub(super) fn trials(&self, cells: usize, blocks: u64) -> u64 {
        let of_twin = if self.final_from == 0 { 0 } else { (blocks + 1).saturating_sub(self.final_from) };
        let left: u64 = self.out.iter().map(|out| blocks.saturating_sub(out.round)).sum();
        let entrants = (self.entrants as u64 * (blocks + 1)).saturating_sub(left);
        entrants + (cells - self.entrants) as u64 * of_twin
    }

    /// The last round that was looked at; 0 before the first.
    pub fn rounds(&self) -> u64 {
        self.looks.last().map_or(0, |look| look.round)
    }

    /// The rounds of the final that were looked at.
    pub fn final_rounds(&self) -> u64 {
        if self.final_from == 0 { 0 } else { (self.rounds() + 1).saturating_sub(self.final_from) }
    }

    /// The leader as of the last look; the first entrant before.
    pub fn leader(&self) -> usize {
        self.looks.last().map_or(0, |look| look.leader)
    }

    /// An error that names what cannot be in a race of a plan with so many cells and blocks.
    pub(super) fn check(&self, cells: usize, blocks: u64) -> Result<()> {
        ensure!(
            (1..=cells.min(MOST_ENTRANTS)).contains(&self.entrants) && self.finalists <= self.entrants,
            "race: {} entrants and {} finalists of {cells} cells cannot be",
            self.entrants,
            self.finalists
        );
        ensure!(within(&self.within).is_ok(), "race: within '{}' is no percentage", self.within.escape_debug());
        ensure!(self.out.len() < self.entrants, "race: all {} entrants have left", self.entrants);
        ensure!(self.final_from <= blocks + 1, "race: final_from {} lies behind all blocks", self.final_from);
        let known = |cell: usize, round: u64| cell < self.entrants && (1..=blocks).contains(&round);
        for look in &self.looks {
            ensure!(known(look.leader, look.round), "race: the look after round {} cannot be", look.round);
        }
        for (at, out) in self.out.iter().enumerate() {
            let is_first = self.out[..at].iter().all(|other| other.cell != out.cell);
            let right = known(out.cell, out.round) && known(out.leader, out.round) && out.factor.is_finite();
            ensure!(right && is_first, "race: that cell {} left after round {} cannot be", out.cell, out.round);
        }
        Ok(())
    }
}

/// Checks a band as given.
pub fn within(text: &str) -> Result<Band> {
    let share = percentage(text).filter(|share| (0.001..=0.5).contains(share));
    match share.and_then(Band::new) {
        Some(band) => Ok(band),
        None => bail!("--within {text}: a percentage from 0.1% to 50% is accepted, such as 3%"),
    }
}

impl Objective {
    /// Every objective with its word.
    pub const ALL: [(Self, &'static str); 3] = [(Self::Time, "time"), (Self::Cpu, "cpu"), (Self::Memory, "memory")];

    /// Its word.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(objective, _)| *objective == self).expect("ALL names every objective").1
    }
}

impl FromStr for Objective {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        match Self::ALL.iter().find(|(_, word)| *word == text) {
            Some((objective, _)) => Ok(*objective),
            None => bail!("--objective {text}: time, cpu and memory are accepted"),
        }
    }
}

impl End {
    /// Its word for programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::One => "one",
            Self::Same => "same",
            Self::Budget => "budget",
            Self::Interrupted => "interrupted",
        }
    }
}

impl How {
    /// Its word for programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Behind => "behind",
            Self::SetAside => "set-aside",
            Self::Failed => "failed",
            Self::Memory => "memory",
            Self::Budget => "budget",
        }
    }
}

impl fmt::Display for How {
    /// For people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Behind => "behind",
            Self::SetAside => "set aside",
            Self::Failed => "failed",
            Self::Memory => "too much memory",
            Self::Budget => "no time to tell",
        })
    }
}
