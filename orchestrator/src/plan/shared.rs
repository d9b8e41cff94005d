//! What a plan says of the shards that share it: which blocks belong into its folder, and whether it is still the plan that was made.

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};

use super::Plan;
use super::shards::{Part, Shards};
use crate::pools::build::hex;

impl Plan {
    /// SHA-256 of what all shards of a plan share: everything but the machine.
    pub fn fingerprint(&self) -> Result<String> {
        let shared = Self { host: String::new(), spin_rate: 0, shards: None, ..self.clone() };
        let count = self.shards.as_ref().map_or(0, |shards| shards.count);
        let text = serde_json::to_vec(&(shared, count)).context("hashing the plan")?;
        Ok(hex(&Sha256::digest(text)))
    }

    /// Makes it the plan of so many shards.
    pub fn shared_by(mut self, count: u64) -> Result<Self> {
        self.shards = Some(Shards { count, plan: String::new(), parts: Vec::new() });
        let plan = self.fingerprint()?;
        self.shards = Some(Shards { count, plan, parts: Vec::new() });
        self.check().map(|()| self)
    }

    /// What is in the folder of this plan, where it is one of several machines.
    pub fn parts(&self) -> &[Part] {
        self.shards.as_ref().map_or(&[], |shards| &shards.parts)
    }

    /// The shard that this is the plan of.
    pub fn shard(&self) -> Option<&Part> {
        self.parts().first().filter(|_| self.parts().len() == 1)
    }

    /// Whether the rows of a block belong into the folder of this plan.
    pub fn has_block(&self, block: u64) -> bool {
        let of_part = |shards: &Shards| shards.parts.is_empty() || shards.part(shards.of_block(block)).is_some();
        block == 0 || self.shards.as_ref().is_none_or(of_part)
    }

    /// The next block behind `block`; beyond the last where there is none.
    pub fn block_after(&self, block: u64) -> u64 {
        (block + 1..=self.blocks).find(|block| self.has_block(*block)).unwrap_or(self.blocks + 1)
    }

    /// The analysed blocks in the folder of this plan.
    pub fn blocks_here(&self) -> u64 {
        let of_parts =
            |shards: &Shards| shards.parts.iter().map(|part| shards.dealt(part.shard, self.blocks)).sum::<u64>();
        self.shards.as_ref().filter(|shards| !shards.parts.is_empty()).map_or(self.blocks, of_parts)
    }

    /// The blocks in its folder with those that warm a machine: one, or one for each shard.
    pub fn all_blocks(&self) -> u64 {
        self.blocks_here() + self.parts().len().max(1) as u64
    }
}
