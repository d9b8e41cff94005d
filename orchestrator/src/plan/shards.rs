//! A plan that several machines share: which shard has which blocks, and what each shard gave to the run.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use anyhow::{Result, ensure};
use harness::columns::is_word;
use serde::{Deserialize, Serialize};

/// The most shards of a plan.
pub const MOST_SHARDS: u64 = 1000;
/// Clocks that differ by less are right enough.
const AN_HOUR: Duration = Duration::from_hours(1);
/// Hexadecimal digits of a hash.
const DIGITS: usize = 64;

/// The table `[shards]` of a plan. Blocks are dealt like cards: block 1 to shard 1, block 2 to shard 2 and so on, so that what
/// changes in the course of a run is no difference between machines. Each shard has a block 0 of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shards {
    /// How many there are.
    pub count: u64,
    /// SHA-256 of the plan as it was made, which all shards of one run share.
    pub plan: String,
    /// What is in this folder, by rising shard: nothing in a plan, one in a shard's folder, several in a merged run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
}

/// One attempt at a shard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Which shard, from 1.
    pub shard: u64,
    /// The machine's name in the rows: a salted hash, or what `--node` says.
    pub node: String,
    /// The machine's `host` in the rows.
    pub host: String,
    /// Iterations of `spin` a second there.
    pub spin_rate: u64,
    /// Which attempt this is, from 1, as far as the folder knew of others.
    pub attempt: u64,
    /// When it began, UTC by the clock of that machine.
    pub begun: String,
    /// When its last row was written; empty until then, and only what has ended is whole.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub ended: String,
    /// Its rows.
    #[serde(default)]
    pub rows: u64,
    /// SHA-256 of its rows' bytes, without the header.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sha256: String,
    /// Batches of a trial by the number of the cell, from 0, where block 0 took more than planned to be warm.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub batches: BTreeMap<String, u64>,
}

impl Shards {
    /// The shard that has `block`, which is not block 0.
    pub fn of_block(&self, block: u64) -> u64 {
        1 + block.saturating_sub(1) % self.count.max(1)
    }

    /// How many of `blocks` a shard has.
    pub fn dealt(&self, shard: u64, blocks: u64) -> u64 {
        let count = self.count.max(1);
        blocks / count + u64::from(shard <= blocks % count)
    }

    /// What a shard gave, if it is here.
    pub fn part(&self, shard: u64) -> Option<&Part> {
        self.parts.binary_search_by_key(&shard, |part| part.shard).ok().map(|at| &self.parts[at])
    }

    /// The shards that are not here.
    pub fn missing(&self) -> Vec<u64> {
        (1..=self.count).filter(|shard| self.part(*shard).is_none()).collect()
    }

    pub(super) fn check(&self, blocks: u64) -> Result<()> {
        let within = (1..=MOST_SHARDS).contains(&self.count);
        ensure!(within, "{} shards: whole numbers from 1 to {MOST_SHARDS} are accepted", self.count);
        ensure!(self.count <= blocks, "{} shards of {blocks} blocks: a shard has one block at least", self.count);
        ensure!(is_hash(&self.plan), "[shards] plan is no SHA-256");
        ensure!(
            self.parts.is_sorted_by(|one, next| one.shard < next.shard),
            "[shards] has a part twice or out of order"
        );
        self.parts.iter().try_for_each(|part| part.check(self.count))
    }
}

impl Part {
    /// Whether it has all its rows.
    pub fn is_whole(&self) -> bool {
        !self.ended.is_empty()
    }

    /// Whether it ended before it began, or ends an hour from now or later.
    pub fn has_wrong_clock(&self) -> bool {
        let [begun, ended] = [&self.begun, &self.ended].map(|text| humantime::parse_rfc3339(text));
        let Ok((begun, ended)) = begun.and_then(|begun| Ok((begun, ended?))) else { return true };
        ended < begun || ended > SystemTime::now() + AN_HOUR
    }

    fn check(&self, count: u64) -> Result<()> {
        let Self { shard, .. } = self;
        ensure!((1..=count).contains(shard), "shard {shard}: they count from 1 to {count}");
        for (what, word) in [("node", &self.node), ("host", &self.host), ("begun", &self.begun)] {
            ensure!(!word.is_empty() && is_word(word), "{what} of shard {shard} is not a word");
        }
        ensure!(is_word(&self.ended), "ended of shard {shard} is not a word");
        ensure!(!self.is_whole() || is_hash(&self.sha256), "sha256 of shard {shard} is no SHA-256");
        Ok(())
    }
}

fn is_hash(text: &str) -> bool {
    text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
