//! Tables of words, as wide as the terminal and no wider, or as Markdown.

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, presets};

use super::pasted::{apart, together};
use crate::process::{plain, terminal};

/// How a table is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// For a terminal of so many columns.
    Terminal(usize),
    /// For a document.
    Markdown,
}

impl Style {
    /// For the terminal that reads stdout.
    pub(crate) fn of_stdout() -> Self {
        Self::Terminal(terminal::columns())
    }
}

/// What a cell takes beside its words: a space on each side.
const PADDING: usize = 2;
/// A last column with text is not made narrower than this.
const NARROWEST_TEXT: usize = 14;

/// A table whose columns of numbers stand right. What is too wide for the terminal is wrapped in the last column, and where
/// that is not enough the columns go on in a further table that begins with the same first one.
pub(crate) fn table(style: Style, header: &[&str], rows: &[Vec<String>]) -> String {
    let Style::Terminal(columns) = style else {
        let all: Vec<usize> = (0..header.len()).collect();
        // Whatever follows a Markdown table without an empty line is another row of it.
        return format!("{}\n", part(presets::ASCII_MARKDOWN, header, rows, &all));
    };
    let parts = parts(columns, header, rows);
    let texts = parts.into_iter().map(|indices| {
        let mut table = part(presets::NOTHING, header, rows, &indices);
        table.set_content_arrangement(ContentArrangement::Dynamic);
        // The space behind the last column is cut off below.
        table.set_width(u16::try_from(columns.saturating_add(1)).unwrap_or(u16::MAX));
        let last = indices.len() - 1;
        for (at, column) in table.column_iter_mut().enumerate() {
            if at != last || is_number(rows, indices[at]) {
                column.set_constraint(ColumnConstraint::ContentWidth);
            }
        }
        table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
    });
    texts.collect::<Vec<_>>().join("\n\n")
}

/// Whether a table stays within `columns` with no line wrapped.
pub(crate) fn fits(columns: usize, header: &[&str], rows: &[Vec<String>]) -> bool {
    (0..header.len()).map(|index| PADDING + natural(header, rows, index)).sum::<usize>() <= columns.saturating_add(1)
}

/// The characters of a column's longest cell.
fn natural(header: &[&str], rows: &[Vec<String>], index: usize) -> usize {
    let cells = rows.iter().map(|row| row[index].chars().count());
    cells.chain([header[index].chars().count()]).max().unwrap_or(0)
}

/// The columns of each table that it takes to stay within `columns`.
fn parts(columns: usize, header: &[&str], rows: &[Vec<String>]) -> Vec<Vec<usize>> {
    let width = |index: usize| {
        let natural = natural(header, rows, index);
        let is_last_text = index + 1 == header.len() && !is_number(rows, index);
        PADDING + if is_last_text { natural.min(NARROWEST_TEXT) } else { natural }
    };
    let mut parts = vec![vec![0]];
    let mut used = width(0);
    for index in 1..header.len() {
        let own = width(index);
        let part = parts.last_mut().expect("there is a first");
        if used + own > columns.saturating_add(1) && part.len() > 1 {
            parts.push(vec![0, index]);
            used = width(0) + own;
        } else {
            part.push(index);
            used += own;
        }
    }
    parts
}

fn part(preset: comfy_table::TableStyle, header: &[&str], rows: &[Vec<String>], indices: &[usize]) -> Table {
    let mut table = Table::new();
    table.load_style(preset);
    table.set_header(indices.iter().map(|index| header[*index]));
    table.add_rows(rows.iter().map(|row| indices.iter().map(|index| row[*index].as_str())));
    for (column, index) in table.column_iter_mut().zip(indices) {
        if is_number(rows, *index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// Whether a column holds figures: every cell that is not empty begins like one.
pub(super) fn is_number(rows: &[Vec<String>], index: usize) -> bool {
    let begins = |text: &str| text.starts_with(|first: char| first.is_ascii_digit() || "+-".contains(first));
    let mut cells = rows.iter().map(|row| row[index].as_str()).filter(|cell| !cell.is_empty()).peekable();
    cells.peek().is_some() && cells.all(begins)
}

/// Texts with a heading each, wrapped beside it; no heading at all leaves the text at the margin.
pub(crate) fn blocks(width: usize, said: &[(&str, String)]) -> String {
    if said.iter().all(|(heading, _)| heading.is_empty()) {
        return columns(width, said.iter().map(|(_, text)| [text.clone()]));
    }
    columns(width, said.iter().map(|(heading, text)| [(*heading).to_owned(), text.clone()]))
}

/// Columns at the margin without a header, the last one wrapped.
pub(crate) fn columns<const N: usize>(width: usize, rows: impl IntoIterator<Item = [String; N]>) -> String {
    let mut rows: Vec<[String; N]> = rows.into_iter().collect();
    let before: usize =
        (0..N - 1).map(|at| rows.iter().map(|row| 2 + row[at].chars().count()).max().unwrap_or(0)).sum();
    for last in rows.iter_mut().filter_map(|row| row.last_mut()) {
        *last = together(last, width.saturating_sub(before));
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
    table.add_rows(rows);
    for (at, column) in table.column_iter_mut().enumerate() {
        let is_last = at + 1 == N;
        column.set_padding((0, if is_last { 0 } else { 2 }));
        if !is_last {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    table.lines().map(|line| apart(line.trim_end())).collect::<Vec<_>>().join("\n")
}

/// Sentences, wrapped for a terminal.
pub(crate) fn prose(style: Style, text: &str) -> String {
    match style {
        Style::Terminal(columns) => blocks(columns, &[("", text.to_owned())]),
        Style::Markdown => text.to_owned(),
    }
}

/// A sentence on lines of its own, wrapped for a terminal; in a document an item of a list, of which nothing is markup.
pub(crate) fn item(style: Style, text: &str) -> String {
    match style {
        Style::Terminal(_) => format!("{}\n", prose(style, text)),
        Style::Markdown => format!("* {}\n", plain::markdown(text)),
    }
}

/// What stands over several tables, with the empty lines around it.
pub(crate) fn headline(style: Style, text: &str) -> String {
    match style {
        Style::Terminal(_) => format!("\n{text}\n"),
        Style::Markdown => format!("\n## {}\n\n", plain::markdown(text)),
    }
}

/// At most `most` of these words, as many as fit into `room`, and how many there are beyond them: `a, b +3`.
pub(crate) fn fitted(words: &[String], most: usize, room: usize) -> String {
    let with = |count: usize| {
        let more = words.len() - count;
        let named = words[..count].join(", ");
        match (count, more) {
            (_, 0) => named,
            (0, more) => format!("+{more}"),
            (_, more) => format!("{named} +{more}"),
        }
    };
    let fits = |count: &usize| with(*count).chars().count() <= room;
    (0..=words.len().min(most)).rev().find(fits).map_or_else(|| with(0), with)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(long: &str) -> Vec<Vec<String>> {
        let row = |words: [&str; 4]| words.map(str::to_owned).to_vec();
        vec![row(["a", "1.00 ms", "+3.00 %", long]), row(["longer-name", "23.0 ms", "-10.0 %", "same"])]
    }

    const HEADER: [&str; 4] = ["pool", "time", "difference", "verdict"];

    #[test]
    fn numbers_stand_right_and_the_last_column_is_wrapped() {
        let text = table(Style::Terminal(60), &HEADER, &rows("unclear: more blocks may tell whether there is one"));
        assert!(text.lines().all(|line| line.chars().count() <= 60 && line == line.trim_end()), "{text}");
        assert!(
            text.contains("    a            1.00 ms") || text.contains(" a            1.00 ms     +3.00 %"),
            "{text}"
        );
        assert!(text.lines().count() > 3, "it is wrapped: {text}");
    }

    #[test]
    fn what_does_not_fit_goes_on_below_with_the_same_first_column() {
        let text = table(Style::Terminal(40), &HEADER, &rows("unclear"));
        let firsts = text.lines().filter(|line| line.trim_start().starts_with("longer-name")).count();
        assert!(firsts == 2 && text.lines().all(|line| line.chars().count() <= 40), "{text}");
    }

    #[test]
    fn markdown_is_never_cut() {
        let text = table(Style::Markdown, &HEADER, &rows(&"word ".repeat(60)));
        assert_eq!(text.lines().filter(|line| line.starts_with('|')).count(), 4, "{text}");
    }
}
