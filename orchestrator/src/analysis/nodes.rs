//! The machines that a run was measured on, and which of its blocks were on which.

use std::path::Path;

use anyhow::{Result, ensure};

use crate::plan::Plan;
use crate::record::{identity, machines};
use crate::stats::{Drawn, FEWEST_MACHINES};

/// One machine of a merged run.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// Its name in the rows.
    pub(crate) name: String,
    /// The shards that it gave.
    pub(crate) shards: Vec<u64>,
    /// Machines of one kind have the same number, from 0.
    pub(crate) kind: usize,
    /// The machine for people.
    pub(crate) sentence: String,
}

/// The machines of a run. Their blocks are numbered through as they are there, so that missing shards leave no gaps.
#[derive(Clone, Debug, Default)]
pub(crate) struct Nodes {
    /// By name; none in a run of one machine.
    pub(crate) all: Vec<Node>,
    /// What differs between the kinds, a sentence each.
    pub(crate) differences: Vec<String>,
    hosts: Vec<String>,
    /// The blocks that are there, rising; none where all are.
    there: Vec<u64>,
    /// Of each of them the place in `all`.
    of_block: Vec<usize>,
    /// No block is beyond this.
    most: u64,
    /// What stands for chance.
    drawn: Drawn,
}

impl Nodes {
    /// Reads which machines there were off the plan, and what they are off the machines' file.
    pub(super) fn read(run: &Path, plan: &Plan) -> Result<Self> {
        let most = plan.blocks.max(crate::plan::check::MOST_BLOCKS);
        let Some(shards) = plan.shards.as_ref().filter(|shards| !shards.parts.is_empty()) else {
            return Ok(Self { hosts: vec![plan.host.clone()], most, ..Self::default() });
        };
        let mut found = Self { most, ..Self::default() };
        for part in &shards.parts {
            if !found.hosts.contains(&part.host) {
                found.hosts.push(part.host.clone());
            }
            if let Some(node) = found.all.iter_mut().find(|node| node.name == part.node) {
                node.shards.push(part.shard);
            } else {
                let (name, shards) = (part.node.clone(), vec![part.shard]);
                found.all.push(Node { name, shards, kind: 0, sentence: String::new() });
            }
        }
        found.all.sort_by(|one, other| one.name.cmp(&other.name));
        found.there = (1..=plan.blocks).filter(|block| plan.has_block(*block)).collect();
        let node = |block: &u64| found.all.iter().position(|node| node.shards.contains(&shards.of_block(*block)));
        found.of_block = found.there.iter().filter_map(node).collect();
        if found.all.len() > 1 {
            found.sort_kinds(&machines::read(run, plan)?);
        }
        found.draw();
        Ok(found)
    }

    /// Machines of one kind stand for others of it where they are many.
    fn draw(&mut self) {
        if self.all.len() >= FEWEST_MACHINES && self.kinds() == 1 {
            self.drawn = Drawn::Machines([None].into_iter().chain(self.of_block.iter().copied().map(Some)).collect());
        }
    }

    fn sort_kinds(&mut self, machines: &machines::Machines) {
        let mut kinds = Vec::new();
        for node in &mut self.all {
            let Some(machine) = node.shards.first().and_then(|shard| machines.get(shard)) else { continue };
            node.sentence = machine.sentence();
            let known = kinds.iter().position(|(_, kind)| identity::differences(kind, machine).is_empty());
            node.kind = known.unwrap_or(kinds.len());
            if known.is_none() {
                kinds.push((node.name.clone(), machine.clone()));
            }
        }
        let Some(((first, machine), others)) = kinds.split_first() else { return };
        for (name, other) in others {
            let differing = identity::differences(machine, other);
            let said = differing.iter().map(|one| format!("{} {} and {}", one.what, one.then, one.now));
            self.differences.push(format!("{first} and {name} differ: {}", said.collect::<Vec<_>>().join("; ")));
        }
    }

    /// How many kinds of machines there are.
    pub(crate) fn kinds(&self) -> usize {
        self.all.iter().map(|node| node.kind + 1).max().unwrap_or(1)
    }

    /// What the values of this run are draws of.
    pub(crate) fn drawn(&self) -> &Drawn {
        &self.drawn
    }

    /// Whether its machines stand for others of their kind.
    pub(crate) fn are_drawn(&self) -> bool {
        self.drawn != Drawn::Blocks
    }

    /// The machines of one kind alone, whose blocks are numbered through.
    pub(super) fn of_kind(&self, kind: usize) -> Self {
        let kept: Vec<usize> = (0..self.all.len()).filter(|node| self.all[*node].kind == kind).collect();
        let all = kept.iter().map(|node| Node { kind: 0, ..self.all[*node].clone() }).collect();
        let place = |node: &usize| kept.binary_search(node).ok();
        let of_block: Vec<usize> = self.of_block.iter().filter_map(place).collect();
        let there = (1..=of_block.len() as u64).collect();
        let mut part = Self { all, of_block, there, differences: Vec::new(), drawn: Drawn::Blocks, ..self.clone() };
        part.draw();
        part
    }

    /// The number of a block among those that are there, from 1; an error where no row of this run can be in it.
    pub(super) fn block(&self, block: u64) -> Result<u64> {
        ensure!(block <= self.most, "block {block}: no run has so many");
        if block == 0 || self.all.is_empty() {
            return Ok(block);
        }
        match self.there.binary_search(&block) {
            Ok(at) => Ok(at as u64 + 1),
            Err(_) => anyhow::bail!("block {block} is of a shard that the run does not have"),
        }
    }

    /// Refuses a row of a machine that the run was not on.
    pub(super) fn check(&self, host: &str) -> Result<()> {
        let known = self.hosts.iter().any(|known| known == host);
        ensure!(known, "host '{host}': the run is of '{}', and two machines are not one run", self.hosts.join("', '"));
        Ok(())
    }

    /// The place in `all` of the machine that a block, as numbered here, was on.
    pub(crate) fn of_block(&self, block: u64) -> Option<usize> {
        usize::try_from(block).ok().and_then(|block| self.of_block.get(block.checked_sub(1)?)).copied()
    }
}
