//! A table with its heading and what is said under it, before it is printed, drawn or written as Markdown.

use super::table::{Style, is_number, prose, table};

/// Words in columns; every row has as many cells as the header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cells {
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Cells {
    /// Of a header and its rows.
    pub(crate) fn new(header: &[&str], rows: Vec<Vec<String>>) -> Self {
        Self { header: header.iter().map(|word| (*word).to_owned()).collect(), rows }
    }

    /// As text.
    pub(crate) fn text(&self, style: Style) -> String {
        table(style, &self.header.iter().map(String::as_str).collect::<Vec<_>>(), &self.rows)
    }

    /// Whether a column holds figures, which stand right.
    pub(crate) fn is_number(&self, column: usize) -> bool {
        is_number(&self.rows, column)
    }
}

/// A table that is understood by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Passage {
    pub(crate) heading: String,
    pub(crate) table: Cells,
    /// A sentence each.
    pub(crate) below: Vec<String>,
}

impl Passage {
    /// As text for a terminal.
    pub(crate) fn text(&self, style: Style) -> String {
        let below = self.below.iter().map(|said| prose(style, said) + "\n");
        let below: String = below.collect();
        format!("{}\n{}\n{below}", prose(style, &self.heading), self.table.text(style))
    }
}
