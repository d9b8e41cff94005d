//! One row's cells as the analysis takes them: by column, checked as they are read, and nothing copied.

use anyhow::{Context as _, Result, ensure};
use csv::ByteRecord;
use harness::columns::{COLUMNS, OF_FIRST_SCHEMA, is_word};

/// Where a column stands. Settled when this is compiled, because a file has millions of cells.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column(usize);

impl Column {
    /// The column of this name; there must be one.
    pub(super) const fn named(name: &str) -> Self {
        let mut at = 0;
        while !is_same(COLUMNS[at].as_bytes(), name.as_bytes()) {
            at += 1;
        }
        Self(at)
    }
}

const fn is_same(one: &[u8], other: &[u8]) -> bool {
    let mut same = 0;
    while same < one.len() && same < other.len() && one[same] == other[same] {
        same += 1;
    }
    one.len() == other.len() && same == one.len()
}

/// Where in a file each column stands: by its name, so that columns which somebody moved or added do no harm, and a file
/// of an older version has none of the later ones.
pub(super) struct Header {
    at: [Option<usize>; COLUMNS.len()],
    len: usize,
}

impl Header {
    /// Fails if a column of the first version lacks, or one stands there twice.
    pub(super) fn read(header: &ByteRecord) -> Result<Self> {
        let mut at = [None; COLUMNS.len()];
        for (place, name) in at.iter_mut().zip(COLUMNS) {
            let mut found = (0..header.len()).filter(|index| header[*index] == *name.as_bytes());
            *place = found.next();
            ensure!(found.next().is_none(), "it has the column '{name}' twice");
        }
        let lacking: Vec<&str> =
            COLUMNS[..OF_FIRST_SCHEMA].iter().zip(&at).filter(|(_, at)| at.is_none()).map(|(name, _)| *name).collect();
        let some = || lacking.iter().take(3).copied().collect::<Vec<_>>().join(", ");
        ensure!(lacking.is_empty(), "it lacks {} of its columns ({}); see docs/CSV.md", lacking.len(), some());
        Ok(Self { at, len: header.len() })
    }
}

/// A row that has a cell for every column of its file.
pub(super) struct Cells<'a> {
    header: &'a Header,
    record: &'a ByteRecord,
}

impl<'a> Cells<'a> {
    /// Fails if cells lack or are too many.
    pub(super) fn of(header: &'a Header, record: &'a ByteRecord) -> Result<Self> {
        ensure!(record.len() == header.len, "{} cells, the header has {} columns", record.len(), header.len);
        Ok(Self { header, record })
    }

    /// The bytes of a cell, whatever they are; none where the file has no such column.
    pub(super) fn bytes(&self, column: Column) -> &'a [u8] {
        self.header.at[column.0].map_or(b"", |at| &self.record[at])
    }

    /// A word; may be empty.
    pub(super) fn text(&self, column: Column) -> Result<&'a str> {
        let cell = self.bytes(column);
        let text = std::str::from_utf8(cell).ok().filter(|text| is_word(text));
        text.with_context(|| format!("{}: '{}' is not a word", COLUMNS[column.0], cell.escape_ascii()))
    }

    /// A number; none where the cell is empty.
    pub(super) fn number(&self, column: Column) -> Result<Option<u64>> {
        let text = self.text(column)?;
        if text.is_empty() {
            return Ok(None);
        }
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits.then(|| text.parse().ok()).flatten();
        let wrong = || format!("{}: '{text}' is not a whole number below 2^64", COLUMNS[column.0]);
        Ok(Some(number.with_context(wrong)?))
    }

    /// A number that must be there.
    pub(super) fn required(&self, column: Column) -> Result<u64> {
        self.number(column)?.with_context(|| format!("{} is empty", COLUMNS[column.0]))
    }
}
