//! What stands for chance in a run: its blocks, or machines that were drawn from many of one kind, with blocks of their own.
//!
//! Blocks of one machine share what that machine is, so of machines that stand for others each counts as one value, however many
//! blocks it has; what tests, intervals and exchanges then rest on is how many machines there are.

use super::{Sample, walsh};

/// From so many machines of one kind on they stand for others of it: the signed-rank test of 10 values reaches 0.2 %.
pub const FEWEST_MACHINES: usize = 10;

/// What the values of a run are draws of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Drawn {
    /// Blocks. What is claimed is claimed of the machines that they were on.
    #[default]
    Blocks,
    /// Machines: of each block, block 0 first, which one it was on. What is claimed is claimed of machines of their kind.
    Machines(Vec<Option<usize>>),
}

impl Drawn {
    /// Values by block, block 0 first, as one value for each draw: for each machine the Hodges-Lehmann estimate of its blocks, none
    /// where it has no value.
    pub fn fold(&self, by_block: Vec<Option<f64>>) -> Vec<Option<f64>> {
        let Self::Machines(machine_of) = self else { return by_block };
        let mut values = vec![Vec::new(); self.machines()];
        for (machine, value) in machine_of.iter().zip(by_block) {
            if let Some((machine, value)) = machine.zip(value) {
                values[machine].push(value);
            }
        }
        let one = |values: Vec<f64>| Sample::new(&values).ok().map(|sample| walsh::median(sample.sorted()));
        values.into_iter().map(one).collect()
    }

    /// The same without what lacks a value, of values that need not be laid out first where blocks are drawn.
    pub fn values(&self, by_block: impl Iterator<Item = Option<f64>>) -> Vec<f64> {
        match self {
            Self::Blocks => by_block.flatten().collect(),
            Self::Machines(_) => self.fold(by_block.collect()).into_iter().flatten().collect(),
        }
    }

    /// The same of pairs, of the blocks that have both.
    pub fn fold_pairs(&self, pairs: Vec<Option<(f64, f64)>>) -> Vec<(f64, f64)> {
        if *self == Self::Blocks {
            return pairs.into_iter().flatten().collect();
        }
        let (one, other) = pairs.into_iter().map(Option::unzip).unzip();
        self.fold(one).into_iter().zip(self.fold(other)).filter_map(|(one, other)| one.zip(other)).collect()
    }

    /// How many draws there are in a run of so many blocks.
    pub fn count(&self, blocks: u64) -> u64 {
        if let Self::Machines(_) = self { self.machines() as u64 } else { blocks }
    }

    /// The same in words.
    pub fn words(&self, blocks: u64) -> String {
        let what = if matches!(self, Self::Machines(_)) { "machines" } else { "blocks" };
        format!("{} {what}", self.count(blocks))
    }

    /// The blocks of each machine by their place among all, from 0 for block 1; nothing where blocks are drawn.
    pub(super) fn blocks_of_machines(&self) -> Option<Vec<Vec<usize>>> {
        let Self::Machines(machine_of) = self else { return None };
        let mut blocks = vec![Vec::new(); self.machines()];
        for (block, machine) in machine_of.iter().skip(1).enumerate() {
            if let Some(machine) = machine {
                blocks[*machine].push(block);
            }
        }
        blocks.retain(|blocks| !blocks.is_empty());
        Some(blocks)
    }

    fn machines(&self) -> usize {
        let Self::Machines(machine_of) = self else { return 0 };
        machine_of.iter().flatten().max().map_or(0, |last| last + 1)
    }
}
