//! What the rows say of the entrants of a race: their values round by round, and what they took.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use anyhow::Result;

use crate::analysis::{Data, MEMORY_FLOOR, Measure, Point, Series, Setup, float, load, whole};
use crate::plan::Plan;
use crate::plan::cell::Cell;
use crate::plan::race::{Objective, Race};
use crate::stats::Sample;
use crate::trial::status::Status;

/// What is written for a trial that was cut off or not ok: so many times the least of its round.
const CUT_OFF: f64 = 5.0;

/// The entrants' rows, block 0 aside.
#[derive(Debug)]
pub struct Field {
    /// What is to be as small as can be.
    pub measure: Measure,
    /// What stands for memory.
    pub memory: Measure,
    series: Vec<Series>,
    blocks: u64,
}

impl Field {
    /// Reads the rows in a race's folder up to this round; a later one that is not whole yet tells nothing.
    pub fn read(path: &Path, plan: &Plan, race: &Race, rounds: u64) -> Result<Self> {
        let mut data = load(path)?;
        let all = data.groups.values_mut().flat_map(BTreeMap::values_mut);
        all.for_each(|series| series.points.retain_mut(|point| point.block <= rounds));
        let memory = data.memory();
        let measure = match race.objective {
            Objective::Time => Measure::Time,
            Objective::Cpu => Measure::Cpu,
            Objective::Memory => memory,
        };
        let blocks = data.blocks;
        Ok(Self { measure, memory, series: series(data, &plan.cells), blocks })
    }

    /// The values of a measure in the rounds from 1 to `rounds`, nothing where a trial was not ok.
    pub fn values(&self, cell: usize, measure: Measure, rounds: u64) -> Vec<Option<f64>> {
        let mut values = self.series[cell].by_block(measure, self.blocks.max(rounds));
        values.truncate(usize::try_from(rounds).unwrap_or(usize::MAX).saturating_add(1));
        values.split_off(1.min(values.len()))
    }

    /// The median of a measure over all rounds from `from` on; nothing if no trial has it.
    pub fn median(&self, cell: usize, measure: Measure, from: u64) -> Option<f64> {
        let points = self.series[cell].points.iter().filter(|point| point.block >= from);
        let values: Vec<f64> = points.filter_map(|point| point.value(measure)).map(float).collect();
        Sample::new(&values).ok().map(|sample| sample.median())
    }

    /// The logarithms of the first `rounds` rounds, by entrant: of who has left those up to then. What has no value gets that of
    /// a trial that was cut off.
    pub fn scores(&self, race: &Race, rounds: u64) -> Vec<Vec<f64>> {
        let values: Vec<Vec<Option<f64>>> =
            (0..race.entrants).map(|cell| self.values(cell, self.measure, rounds)).collect();
        let least = |round: usize| values.iter().filter_map(|own| own[round]).fold(f64::INFINITY, f64::min);
        let least: Vec<f64> = (0..usize::try_from(rounds).unwrap_or(0)).map(least).collect();
        let score = |own: &Vec<Option<f64>>, round: usize| own[round].unwrap_or(CUT_OFF * least[round]).ln();
        let ran = |cell: usize| (0..least.len()).filter(move |round| race.runs(cell, *round as u64 + 1));
        values.iter().enumerate().map(|(cell, own)| ran(cell).map(|round| score(own, round)).collect()).collect()
    }

    /// Whether any entrant has a value in every one of these rounds.
    pub fn has_values(&self, rounds: u64) -> bool {
        let has =
            |round: usize| (0..self.series.len()).any(|cell| self.values(cell, self.measure, rounds)[round].is_some());
        (0..usize::try_from(rounds).unwrap_or(0)).all(has)
    }

    /// In how many rounds an entrant was cut off.
    pub fn cut_off(&self, cell: usize) -> u64 {
        self.series[cell].not_ok.get(Status::Timeout.word()).copied().unwrap_or(0)
    }

    /// In how many rounds an entrant's trial was not ok for another reason.
    pub fn failed(&self, cell: usize) -> u64 {
        self.series[cell].not_ok.values().sum::<u64>() - self.cut_off(cell)
    }

    /// The medians of its first batch and of each other, ns.
    pub fn batches(&self, cell: usize) -> Option<(u64, u64)> {
        let points = &self.series[cell].points;
        let median = |of: fn(&Point) -> Option<u64>| {
            let values: Vec<f64> = points.iter().filter_map(|point| of(&point)).map(float).collect();
            Sample::new(&values).ok().map(|sample| whole(sample.median()))
        };
        let cold = median(|point| point.cold_ns)?;
        Some((cold, median(|point| point.warm_ns).unwrap_or(cold)))
    }

    /// A difference of the objective that is none.
    pub fn floor(&self) -> f64 {
        if self.measure.is_memory() { MEMORY_FLOOR } else { 0.0 }
    }
}

/// The race of a race's plan.
pub(crate) fn race_of(plan: &Plan) -> &Race {
    plan.race.as_ref().expect("the plan is that of a race")
}

/// The rows of each cell, in the plan's order.
fn series(data: Data, cells: &[Cell]) -> Vec<Series> {
    let setups = data.groups.into_values().flatten();
    let mut found: HashMap<Setup, Series> = setups.collect();
    cells.iter().map(|cell| found.remove(&setup(cell)).unwrap_or_default()).collect()
}

/// What rows call a cell.
pub fn setup(cell: &Cell) -> Setup {
    Setup {
        pool: cell.pool.clone(),
        workers: cell.workers.total(),
        chunk: cell.chunk.to_string(),
        window: cell.window.to_string(),
    }
}
