//! What recorded runs of one preset say of the spread from run to run: how far each cell moved beside the other pools, its scale by pool
//! and by workload and size, and the shape of what is left.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use anyhow::{Result, ensure};
use orchestrator::analysis::{Group, Measure, Setup, load};
use orchestrator::history::levels::{Levels, levels};
use orchestrator::stats::{Sample, typical};

/// A cell that did not move at all tells no scale; smaller ones count as this, logarithms.
const SMALLEST: f64 = 0.0005;

/// The spread of each cell and the moves that it is drawn from.
pub(crate) struct Recorded {
    /// Of each setup and workload its spread, a standard deviation of logarithms.
    pub(crate) spreads: Vec<Vec<Option<f64>>>,
    /// Of each setup in each pair of runs its moves by workload, in spreads: they stay together.
    pub(crate) moves: Vec<Vec<Option<f64>>>,
    runs: usize,
}

impl Recorded {
    /// Reads the runs; twins are left aside.
    pub(crate) fn read(folders: &[PathBuf]) -> Result<Self> {
        let runs: Vec<Levels> =
            folders.iter().map(|folder| Ok(levels(&load(folder)?, Measure::Time))).collect::<Result<_>>()?;
        let mut moved: BTreeMap<(Setup, usize), BTreeMap<Group, f64>> = BTreeMap::new();
        let mut pairs = 0;
        for (at, one) in runs.iter().enumerate() {
            for other in &runs[at + 1..] {
                for (group, setups) in moves(one, other) {
                    for (setup, by) in setups {
                        moved.entry((setup, pairs)).or_default().insert(group.clone(), by);
                    }
                }
                pairs += 1;
            }
        }
        let groups: Vec<Group> = runs
            .iter()
            .flat_map(BTreeMap::keys)
            .cloned()
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect();
        ensure!(!moved.is_empty(), "the runs have no cell in common");
        Ok(Self::of(&moved, &groups, folders.len()))
    }

    fn of(found: &BTreeMap<(Setup, usize), BTreeMap<Group, f64>>, groups: &[Group], runs: usize) -> Self {
        let by_group = |of: &BTreeMap<Group, f64>| -> Vec<Option<f64>> {
            groups.iter().map(|group| of.get(group).copied()).collect()
        };
        let rows: Vec<(&Setup, Vec<Option<f64>>)> =
            found.iter().map(|((setup, _), of)| (setup, by_group(of))).collect();
        let scales = scales(&rows, groups.len());
        let mut moves: Vec<Vec<Option<f64>>> = rows
            .iter()
            .map(|(setup, row)| row.iter().zip(&scales[setup]).map(|(by, scale)| Some((*by)? / (*scale)?)).collect())
            .collect();
        let all: Vec<f64> = moves.iter().flatten().copied().flatten().collect();
        let deviation = (all.iter().map(|by| by * by).sum::<f64>() / real(all.len())).sqrt();
        for by in moves.iter_mut().flatten().flatten() {
            *by /= deviation;
        }
        // A move is the difference of two runs, so a run's own spread is smaller by the root of two.
        let spread = |scale: &Option<f64>| Some((*scale)? * deviation / std::f64::consts::SQRT_2);
        let spreads = scales.values().map(|scales| scales.iter().map(spread).collect()).collect();
        Self { spreads, moves, runs }
    }

    /// How many cells there are.
    pub(crate) fn cells(&self) -> usize {
        self.spreads.iter().flatten().flatten().count()
    }
}

impl fmt::Display for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let spreads: Vec<f64> = self.spreads.iter().flatten().copied().flatten().collect();
        let spreads = Sample::new(&spreads).map_err(|_| fmt::Error)?;
        let shapes: Vec<f64> = self.moves.iter().flatten().copied().flatten().map(f64::abs).collect();
        let beyond =
            |spreads: f64| 100.0 * real(shapes.iter().filter(|by| **by > spreads).count()) / real(shapes.len());
        let percent = |p: f64| 100.0 * spreads.quantile(p);
        write!(
            f,
            "{} runs, {} cells; spread from run to run: {:.1} % in the middle, {:.1} % to {:.1} % in 8 of 10; moves beyond 2 spreads: {:.1} %, 3: \
             {:.1} %, 4: {:.1} % (normal ones: 4.6, 0.3, 0.01)",
            self.runs,
            self.cells(),
            percent(0.5),
            percent(0.1),
            percent(0.9),
            beyond(2.0),
            beyond(3.0),
            beyond(4.0)
        )
    }
}

/// The scale of each cell's moves: their logarithm is one of the setup and one of the workload and size.
fn scales<'a>(rows: &[(&'a Setup, Vec<Option<f64>>)], groups: usize) -> BTreeMap<&'a Setup, Vec<Option<f64>>> {
    let mut logs: BTreeMap<&Setup, Vec<Vec<f64>>> = BTreeMap::new();
    for (setup, row) in rows {
        let of = logs.entry(setup).or_insert_with(|| vec![Vec::new(); groups]);
        for (at, by) in row.iter().enumerate() {
            of[at].extend(by.map(|by| by.abs().max(SMALLEST).ln()));
        }
    }
    let table: Vec<Vec<Option<f64>>> = logs.values().map(|of| of.iter().map(|logs| median(logs)).collect()).collect();
    let of_setup = typical(&table, groups);
    let left = |at: usize| -> Vec<f64> {
        table.iter().zip(&of_setup).filter_map(|(row, setup)| Some(row[at]? - (*setup)?)).collect()
    };
    let of_group: Vec<Option<f64>> = (0..groups).map(|at| median(&left(at))).collect();
    let scale = |row: &[Option<f64>], setup: Option<f64>| -> Vec<Option<f64>> {
        let one = |(there, group): (&Option<f64>, &Option<f64>)| there.and(Some((setup? + (*group)?).exp()));
        row.iter().zip(&of_group).map(one).collect()
    };
    logs.into_keys().zip(&table).zip(of_setup).map(|((setup, row), of)| (setup, scale(row, of))).collect()
}

#[expect(clippy::cast_precision_loss, reason = "cells are few")]
fn real(count: usize) -> f64 {
    count as f64
}

/// How far each cell moved from one run to the other beside the cells of other pools in its group.
fn moves(one: &Levels, other: &Levels) -> BTreeMap<Group, BTreeMap<Setup, f64>> {
    let mut all = BTreeMap::new();
    for (group, setups) in one {
        let Some(others) = other.get(group) else { continue };
        let moved: Vec<(&Setup, f64)> =
            setups.iter().filter_map(|(setup, level)| Some((setup, others.get(setup)?.value - level.value))).collect();
        let of = moved.iter().filter_map(|(setup, by)| {
            let rest: Vec<f64> =
                moved.iter().filter(|(other, _)| other.pool != setup.pool).map(|(_, by)| *by).collect();
            Some(((*setup).clone(), by - median(&rest)?))
        });
        all.insert(group.clone(), of.collect());
    }
    all
}

fn median(values: &[f64]) -> Option<f64> {
    Sample::new(values).ok().map(|sample| sample.median())
}
