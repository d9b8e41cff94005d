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

/// Logarithms of a cell's values.
pub(super) fn logs_of(mut values: Vec<Option<f64>>) -> Result<Logs, BadSample> {
    for (block, value) in values.iter_mut().enumerate() {
        *value = value.map(|value| paired::log(block, value)).transpose()?;
    }
    Ok(values)
}

/// How many values a pool has in a cell, and their median; infinite without one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Middle {
    pub(super) count: usize,
    median: f64,
}

impl Middle {
    pub(super) fn of(logs: &Logs) -> Self {
        let values: Vec<f64> = logs.iter().flatten().copied().collect();
        let median = Sample::new(&values).map_or(f64::INFINITY, |sample| sample.median());
        Self { count: values.len(), median }
    }
}

/// The pool with the lowest median in each cell; none of an empty table.
pub(super) fn best_of_cells(table: &Table<Middle>, cells: usize) -> Vec<usize> {
    let best_of = |cell: usize| {
        let medians = table.iter().map(|(pool, row)| (*pool, row[cell].median));
        medians.min_by(|one, other| one.1.total_cmp(&other.1)).map(|(pool, _)| pool)
    };
    (0..cells).filter_map(best_of).collect()
}
