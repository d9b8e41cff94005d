//! Pools by cells and blocks: which of them lack a cell, and which is the best of each.

use super::{BadSample, Sample, paired};

/// A pool that lacks cells, and so has no place over all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incomplete {
    /// Its number in the input.
    pub pool: usize,
    /// The cells in which it has too few values, or too few in the blocks of the best, ascending.
    pub missing: Vec<usize>,
}

/// Pools by their numbers in the input, with one thing for each cell.
pub(super) type Table<T> = Vec<(usize, Vec<T>)>;

/// The logarithms of one pool's values in one cell, by block.
pub(super) type Logs = Vec<Option<f64>>;

/// The pools with enough in every cell; the others are added to `incomplete`.
pub(super) fn complete<T>(
    table: Table<T>,
    incomplete: &mut Vec<Incomplete>,
    is_enough: impl Fn(&T) -> bool,
) -> Table<T> {
    let mut kept = Vec::new();
    for (pool, row) in table {
        let short = row.iter().enumerate().filter(|(_, cell)| !is_enough(cell));
        let missing: Vec<usize> = short.map(|(cell, _)| cell).collect();
        if missing.is_empty() {
            kept.push((pool, row));
        } else {
            incomplete.push(Incomplete { pool, missing });
        }
    }
    kept
}

/// Logarithms of all values, with no value at all for a cell that is absent.
pub(super) fn logs(pools: &[Vec<Vec<Option<f64>>>], cells: usize) -> Result<Table<Logs>, BadSample> {
    let log = |(block, value): (usize, &Option<f64>)| value.map(|value| paired::log(block, value)).transpose();
    let row = |cells_of_pool: &Vec<Vec<Option<f64>>>| {
        let cell = |cell| cells_of_pool.get(cell).into_iter().flatten().enumerate().map(log).collect();
        (0..cells).map(cell).collect::<Result<Vec<Logs>, _>>()
    };
    pools.iter().enumerate().map(|(pool, cells)| Ok((pool, row(cells)?))).collect()
}

/// The pool with the lowest median in each cell; none of an empty table.
pub(super) fn best_of_cells(table: &Table<Logs>, cells: usize) -> Vec<&Logs> {
    let median = |logs: &Logs| {
        let values: Vec<f64> = logs.iter().flatten().copied().collect();
        Sample::new(&values).map_or(f64::INFINITY, |sample| sample.median())
    };
    let best_of = |cell: usize| {
        let logs = table.iter().map(|(_, row)| &row[cell]);
        logs.min_by(|one, other| median(one).total_cmp(&median(other)))
    };
    (0..cells).filter_map(best_of).collect()
}
