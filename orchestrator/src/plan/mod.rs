//! The plan of a run: which cells, how often, in which order. Pure, and all that is needed to repeat the run.

pub mod budget;
pub mod cell;
pub mod check;
pub mod estimate;
pub mod families;
pub mod ladder;
pub mod left_out;
pub mod making;
pub mod own;
mod owned;
mod percentage;
pub mod preset;
mod presets;
pub mod race;
pub mod shards;
mod shared;
pub mod spec;
pub mod twins;

pub use percentage::percentage;

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Result, bail};
use rand::RngExt as _;
use rand::seq::SliceRandom as _;
use rand_pcg::Pcg64;
use serde::{Deserialize, Serialize};

use crate::pools::Pool;
use crate::stats::{Alpha, Band, Look};
use cell::Cell;
use own::Job;
use race::Race;
use shards::Shards;

/// Blocks to analyse where nothing else is said.
pub const DEFAULT_BLOCKS: u64 = 20;
/// Below this many blocks no 95 % interval exists.
pub const SMOKE_BLOCKS: u64 = 6;

/// A run, planned. Its file is `plan.toml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Version of this file's form.
    pub schema: u64,
    /// The run's name.
    pub run: String,
    /// The preset that it comes from.
    pub preset: String,
    /// What all orders are drawn from, hexadecimal.
    pub seed: String,
    /// Blocks to analyse; block 0 comes on top.
    pub blocks: u64,
    /// The longest trial, ms.
    pub timeout_ms: u64,
    /// The time that the whole run may take, ms; 0 for any.
    pub budget_ms: u64,
    /// How narrow the intervals are to be before the run ends, as given (`2%`); empty for a fixed number of blocks.
    pub until: String,
    /// Short hash of the machine.
    pub host: String,
    /// The commit of the repository in which the run was asked for; empty where there is none, or nothing tells.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub commit: String,
    /// Iterations of `spin` a second on this machine.
    pub spin_rate: u64,
    /// Processors of the pools; empty for all.
    pub cpus: String,
    /// Processors of the web server; empty for all.
    pub server_cpus: String,
    /// Environment variables that pools keep.
    pub keep_env: Vec<String>,
    /// What was asked for and cannot be run, with the reason.
    pub left_out: Vec<String>,
    /// What a race has decided so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub race: Option<Race>,
    /// Which part of a run on several machines this is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shards: Option<Shards>,
    /// Jobs of the user's own, by the name that they have in the rows.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub jobs: BTreeMap<String, Job>,
    /// The pools' executables.
    pub pools: BTreeMap<String, Binary>,
    /// The cells.
    pub cells: Vec<Cell>,
}

/// Which build of a pool was measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binary {
    /// The library that schedules.
    pub library: String,
    /// That library's version.
    pub version: String,
    /// SHA-256 of the executable; of a guest that of its command and all its files.
    pub sha256: String,
    /// Its family; this and what follows is empty in a plan of schema 1.
    #[serde(default)]
    pub kind: String,
    /// One line for people.
    #[serde(default)]
    pub title: String,
    /// What it stands for.
    #[serde(default)]
    pub mirrors: String,
    /// The pool that it is a variant of.
    #[serde(default)]
    pub variant_of: String,
    /// Whether results come back in order.
    #[serde(default)]
    pub ordered: bool,
    /// `joined`, or `async` where stop time means nothing.
    #[serde(default)]
    pub stop: String,
    /// What it can beyond running batches.
    #[serde(default)]
    pub abilities: Vec<String>,
    /// Names of the files that the hash covers beside the command's own.
    #[serde(default)]
    pub files: Vec<String>,
    /// The pool that its efficiency and overhead are held against: of a guest what its list says, and `-` where that says
    /// none; empty for `serial`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub base: String,
}

impl Binary {
    /// What is recorded of a pool that was found.
    pub fn of(pool: &Pool) -> Self {
        let about = pool.description.clone();
        Self {
            library: about.library,
            version: about.version,
            sha256: pool.build.sha256.clone(),
            kind: about.kind,
            title: about.title,
            mirrors: about.mirrors,
            variant_of: about.variant_of,
            ordered: about.ordered,
            stop: about.stop,
            abilities: about.abilities,
            files: pool.build.files.clone(),
            base: pool.base().to_owned(),
        }
    }
}

impl Plan {
    /// The order of block `block`: indices into `cells`. Groups of one workload and size are drawn, then the cells in
    /// each, so that what is compared stays close in time.
    pub fn order(&self, block: u64) -> Vec<usize> {
        let mut groups: Vec<(_, Vec<usize>)> = Vec::new();
        for (index, cell) in self.cells.iter().enumerate() {
            let key = cell.group();
            match groups.iter_mut().find(|(group, _)| *group == key) {
                Some((_, members)) => members.push(index),
                None => groups.push((key, vec![index])),
            }
        }
        let mut draw = self.draw(block);
        groups.shuffle(&mut draw);
        for (_, members) in &mut groups {
            members.shuffle(&mut draw);
        }
        groups.into_iter().flat_map(|(_, members)| members).collect()
    }

    /// The bytes by which block `block` pads the environment.
    pub fn padding(&self, block: u64) -> u64 {
        // A stream of its own, so that neither draw depends on the other.
        Pcg64::new(self.seed_number().into(), u128::from(block) << 64)
            .random_range(0..crate::process::environment::MOST_PADDING)
    }

    fn draw(&self, block: u64) -> Pcg64 {
        Pcg64::new(self.seed_number().into(), u128::from(block))
    }

    /// The seed as a number; 0 if it is none.
    pub fn seed_number(&self) -> u64 {
        u64::from_str_radix(&self.seed, 16).unwrap_or(0)
    }

    /// How narrow the intervals are to be, if the run looks at its own data.
    pub fn target(&self) -> Option<Band> {
        percentage(&self.until).and_then(Band::new)
    }

    /// The error at which this run may claim once it has finished so many blocks, which are fewer than planned if it was
    /// cut short: that of the look that it has reached, or 5 % if it never looks.
    pub fn alpha(&self, finished: usize) -> Alpha {
        self.target().map_or(Alpha::FIVE_PERCENT, |_| Look::reached(finished).alpha)
    }

    /// The longest that a trial may take.
    pub fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }

    /// A guess at the time of one block.
    pub fn block_estimate(&self) -> Duration {
        self.cells.iter().fold(Duration::ZERO, |sum, cell| sum.saturating_add(self.trial_estimate(cell)))
    }

    /// A guess at the time of a trial of one of its cells, which ends at the time limit.
    pub fn trial_estimate(&self, cell: &Cell) -> Duration {
        let kind = self.pools.get(cell.real_pool()).map_or("", |pool| &pool.kind);
        estimate::trial(cell, kind).min(self.timeout())
    }

    /// The trials that there are when the run is whole, block 0 among them: of a race those of who was in.
    pub fn trials(&self) -> u64 {
        let cells = self.cells.len();
        match &self.race {
            None => cells as u64 * self.all_blocks(),
            Some(race) => race.trials(cells, self.blocks),
        }
    }

    /// An error where the run is a race: who survived was picked on its rows, and a claim on them would be too bold.
    pub fn claimable(&self) -> Result<()> {
        if self.race.is_some() {
            bail!(
                "{} is a race: who ran on was picked on these very rows, so nothing is claimed on them but what the race has \
                 found; `poolbench summary` with its folder says that, and `poolbench run` with the pools that are left measures \
                 them afresh",
                self.run
            );
        }
        Ok(())
    }
}
