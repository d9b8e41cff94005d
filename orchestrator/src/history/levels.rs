//! How long a cell takes in one run, with the moods of its blocks taken out: what all pools of a workload and size have in common
//! in a block is the machine's.

use std::collections::BTreeMap;

use crate::analysis::{Data, Group, Measure, Series, Setup};
use crate::plan::SMOKE_BLOCKS;
use crate::stats::Sample;

/// A cell in one run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// The logarithm of its median, the moods of the blocks taken out.
    pub value: f64,
    /// Whether it is of warm batches; a first batch is another thing.
    pub is_warm: bool,
}

/// The cells of a run, twins left out.
pub type Levels = BTreeMap<Group, BTreeMap<Setup, Level>>;

/// The level of every cell that has enough blocks to tell one.
pub fn levels(data: &Data, measure: Measure) -> Levels {
    let of_group = |setups: &BTreeMap<Setup, Series>| -> BTreeMap<Setup, Level> {
        let cells: Vec<Blocks> = setups
            .iter()
            .filter(|(setup, _)| !setup.is_twin())
            .filter_map(|(setup, series)| Blocks::of(setup, series, measure, data.blocks))
            .collect();
        cells.iter().map(|cell| (cell.setup.clone(), cell.level(&cells))).collect()
    };
    data.groups.iter().map(|(group, setups)| (group.clone(), of_group(setups))).collect()
}

/// A cell's blocks.
struct Blocks<'a> {
    setup: &'a Setup,
    median: f64,
    /// Distances from the median by block, logarithms.
    strays: Vec<Option<f64>>,
    is_warm: bool,
}

impl<'a> Blocks<'a> {
    /// None of fewer blocks than say anything.
    fn of(setup: &'a Setup, series: &Series, measure: Measure, blocks: u64) -> Option<Self> {
        let by_block: Vec<Option<f64>> =
            series.by_block(measure, blocks).into_iter().map(|value| value.map(f64::ln)).collect();
        let values: Vec<f64> = by_block.iter().copied().flatten().collect();
        if (values.len() as u64) < SMOKE_BLOCKS {
            return None;
        }
        let median = Sample::new(&values).ok()?.median();
        let strays = by_block.into_iter().map(|value| Some(value? - median)).collect();
        Some(Self { setup, median, strays, is_warm: series.points.iter().any(|point| point.warm_ns.is_some()) })
    }

    /// What is left when the mood of each block, the median stray of the other pools, is taken out.
    fn level(&self, all: &[Self]) -> Level {
        let others = || all.iter().filter(|other| other.setup.pool != self.setup.pool);
        let mood = |block: usize| {
            let strays: Vec<f64> = others().filter_map(|other| *other.strays.get(block)?).collect();
            Sample::new(&strays).map_or(0.0, |strays| strays.median())
        };
        let strays: Vec<f64> =
            self.strays.iter().enumerate().filter_map(|(block, stray)| Some((*stray)? - mood(block))).collect();
        let left = Sample::new(&strays).map_or(0.0, |strays| strays.median());
        Level { value: self.median + left, is_warm: self.is_warm }
    }
}
