//! What a picture shows as CSV: whole numbers, each column with its unit in its name.

use crate::report::shown::Known;

/// Rows that are being written.
pub(super) struct Table {
    writer: csv::Writer<Vec<u8>>,
}

impl Table {
    /// With these columns before value, low and high end, which are in `unit`.
    pub(super) fn new(columns: &[&str], unit: &str) -> Self {
        let mut table = Self { writer: csv::Writer::from_writer(Vec::new()) };
        let ends = ["value", "low", "high"].map(|name| format!("{name}_{unit}"));
        table.line(columns.iter().map(|name| (*name).to_owned()).chain(ends));
        table
    }

    /// A row.
    pub(super) fn row(&mut self, cells: &[&dyn ToString], known: Known) {
        let values = [known.value, known.low, known.high].map(|value| format!("{value:.0}"));
        self.line(cells.iter().map(|cell| cell.to_string()).chain(values));
    }

    fn line(&mut self, cells: impl Iterator<Item = String>) {
        // Into memory, which does not fail.
        let _ = self.writer.write_record(cells.collect::<Vec<_>>());
    }

    /// All of it.
    pub(super) fn text(self) -> String {
        self.writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
    }
}
