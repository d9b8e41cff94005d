//! Which blocks of a setup have their accepted row, and which row that is.

use std::collections::HashMap;

/// Blocks that are kept together. A row takes 9 bytes where all of them have one, 300 where it is the only one.
const TOGETHER: usize = 32;

/// An accepted row: its line, and a hash of all its bytes. Another row is taken for the same once in 2^32 cases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    /// 0 for none; beyond 2^32 - 1 that.
    line: u32,
    hash: u32,
}

impl Row {
    pub(super) fn new(line: u64, hash: u64) -> Self {
        let hash = (hash >> 32) as u32;
        Self { line: u32::try_from(line).unwrap_or(u32::MAX).max(1), hash }
    }

    pub(super) fn is_same(self, other: Self) -> bool {
        self.hash == other.hash
    }

    pub(super) fn line(self) -> u32 {
        self.line
    }
}

/// The rows of one setup by block.
#[derive(Debug, Default)]
pub(super) struct Seen {
    rows: HashMap<u64, Box<[Row; TOGETHER]>>,
    count: usize,
}

impl Seen {
    /// Notes the row of a block; the one that it has already, which stays.
    pub(super) fn insert(&mut self, block: u64, row: Row) -> Option<Row> {
        let together = self.rows.entry(block / TOGETHER as u64).or_default();
        let slot = usize::try_from(block % TOGETHER as u64).ok().and_then(|at| together.get_mut(at))?;
        if *slot != Row::default() {
            return Some(*slot);
        }
        *slot = row;
        self.count += 1;
        None
    }

    /// How many blocks have a row.
    pub(super) fn len(&self) -> usize {
        self.count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_row_of_a_block_stays_whatever_the_order() {
        let mut seen = Seen::default();
        let row = |line| Row::new(line, line << 40);
        for block in [40, 1, 10_000_000, u64::MAX, 0, 31, 32] {
            assert_eq!(seen.insert(block, row(block / 7 + 2)), None, "block {block}");
        }
        let other = seen.insert(40, row(99)).unwrap();
        assert_eq!((other.line(), other.is_same(row(7)), other.is_same(row(99))), (7, true, false));
        assert_eq!((seen.len(), seen.insert(41, row(5))), (7, None));
        assert_eq!(Row::new(1 << 40, 0).line(), u32::MAX, "no other line is named instead");
    }
}
