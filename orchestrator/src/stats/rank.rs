//! All pools in one list over many cells, in groups that the data can tell apart.
//!
//! A pool's score is the geometric mean, over the cells, of its ratio to the best pool of the cell: the median of the
//! ratios inside a block, since pairing is worth a factor of 1.5 in spread. Its interval draws the blocks again, the
//! same ones for every cell and pool, because a block touches them all. Which pool is the best of a cell, by its
//! median, is settled once: chosen anew in every draw, the lowest of many noisy medians would be too low each time,
//! and over many cells that would push every interval off its own estimate. A score or an interval may therefore
//! reach below 1: such a pool may in truth be the best.

use super::complete::{Incomplete, Logs, Table, best_of_cells, complete, logs};
use super::distances::Distances;
use super::number::real;
use super::resample::{Draws, RESAMPLES, expanded_interval};
use super::{Alpha, BadSample, Interval, Sample};

/// The pools that can be ranked and those that can't.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranking {
    /// From the lowest score to the highest.
    pub placed: Vec<Placed>,
    /// Pools that lack a cell, by their numbers in the input: named, not averaged away.
    pub incomplete: Vec<Incomplete>,
}

/// A pool's place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placed {
    /// Its number in the input.
    pub pool: usize,
    /// Its rank from 1. Pools of a group share one; a new group starts only where all its intervals lie above all of
    /// those before, so two pools of different ranks never overlap.
    pub rank: usize,
    /// Geometric mean of its ratios to the best of each cell: 1.2 takes a fifth more than the best.
    pub score: f64,
    /// Where that lies at the level asked for.
    pub interval: Interval,
}

/// Ranks pools by their values `[pool][cell][block]`, positive, none where a trial has no accepted value.
///
/// A cell with fewer than [`Alpha::fewest_blocks`] values makes its pool incomplete, as an absent one does. The best of
/// a cell is the best of the pools that lack none. Without any cell nothing is placed. Equal input and seed give equal
/// output. Fails on a value that is not finite and above 0; its position is that of the block.
pub fn rank(pools: &[Vec<Vec<Option<f64>>>], alpha: Alpha, seed: u64) -> Result<Ranking, BadSample> {
    let cells = pools.iter().map(Vec::len).max().unwrap_or(0);
    let fewest = alpha.fewest_blocks().max(2);
    let mut incomplete = Vec::new();

    let table = complete(logs(pools, cells)?, &mut incomplete, |logs| logs.iter().flatten().count() >= fewest);
    let table = complete(distances(&table, cells), &mut incomplete, |distances| distances.size() >= fewest);
    incomplete.sort_by_key(|one| one.pool);
    let placed = if cells == 0 { Vec::new() } else { group(place(&table, alpha, seed)?) };
    Ok(Ranking { placed, incomplete })
}

/// Every pool's distances from the best of each cell.
fn distances(table: &Table<Logs>, cells: usize) -> Table<Distances> {
    let best = best_of_cells(table, cells);
    let row = |row: &Vec<Logs>| row.iter().zip(&best).map(|(logs, best)| Distances::between(best, logs)).collect();
    table.iter().map(|(pool, logs)| (*pool, row(logs))).collect()
}

/// Scores and intervals of pools, each with a rank of its own. There is at least one cell.
fn place(table: &Table<Distances>, alpha: Alpha, seed: u64) -> Result<Vec<Placed>, BadSample> {
    let sizes = || table.iter().flat_map(|(_, row)| row).map(Distances::size);
    let (fewest, most) = (sizes().min().unwrap_or(0), sizes().max().unwrap_or(0));
    let mut draws = Draws::new(seed, most);
    let mut resampled = vec![Vec::with_capacity(RESAMPLES); table.len()];
    for _ in 0..RESAMPLES {
        draws.next();
        for ((_, row), scores) in table.iter().zip(&mut resampled) {
            scores.push(score(row, |distances| distances.median_of(draws.counts(distances.size()))));
        }
    }
    let place = |((pool, row), resampled): (&(usize, Vec<Distances>), Vec<f64>)| {
        let score = score(row, Distances::median);
        let interval = expanded_interval(&Sample::new(&resampled)?, fewest, alpha);
        let interval = interval.including(score).to_ratio();
        Ok(Placed { pool: *pool, rank: 1, score: score.exp(), interval })
    };
    table.iter().zip(resampled).map(place).collect()
}

/// A pool's mean distance over the cells.
fn score(row: &[Distances], median: impl FnMut(&Distances) -> f64) -> f64 {
    row.iter().map(median).sum::<f64>() / real(row.len())
}

/// Puts pools in order of their scores and gives one rank to all that no gap between intervals separates.
fn group(mut placed: Vec<Placed>) -> Vec<Placed> {
    placed.sort_by(|one, other| one.score.total_cmp(&other.score).then(one.pool.cmp(&other.pool)));
    for start in 1..placed.len() {
        let (before, after) = placed.split_at_mut(start);
        let highest = before.iter().map(|one| one.interval.high()).fold(0.0, f64::max);
        let is_apart = after.iter().all(|one| one.interval.lies_above(highest));
        after[0].rank = if is_apart { start + 1 } else { before[start - 1].rank };
    }
    placed
}
