//! Tables for the terminal and as Markdown, and numbers as comparisons show them.

use comfy_table::{CellAlignment, Table, presets};

use super::data::{Measure, whole};
use crate::stats::{Interval, Verdict};

/// How a table is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Terminal,
    Markdown,
}

/// A table of words whose columns after the first stand right.
pub(crate) fn table(style: Style, header: &[&str], rows: Vec<Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(if style == Style::Markdown { presets::ASCII_MARKDOWN } else { presets::NOTHING });
    table.set_header(header);
    table.add_rows(rows);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    // Whatever follows a Markdown table without an empty line is another row of it.
    if style == Style::Markdown { format!("{table}\n") } else { table.to_string() }
}

/// A median as people read it; empty where there is none.
pub(crate) fn value(measure: Measure, median: f64) -> String {
    if median.is_finite() { measure.text(whole(median)) } else { String::new() }
}

/// A ratio of B to A in words: `+12.0 % (+10.1 to +14.2)`; empty where there is none.
pub(crate) fn difference(estimate: Option<f64>, interval: Option<Interval>) -> String {
    let Some(estimate) = estimate else { return String::new() };
    let percent = |log: f64| 100.0 * log.exp_m1();
    match interval.map(|interval| (percent(interval.low()), percent(interval.high()))) {
        Some((low, high)) => format!("{:+.1} % ({low:+.1} to {high:+.1})", percent(estimate)),
        None => format!("{:+.1} %", percent(estimate)),
    }
}

/// The verdict about B as a newcomer reads it.
pub(crate) fn verdict(verdict: Verdict, measure: Measure) -> String {
    let is_memory = measure.is_memory();
    match verdict {
        Verdict::Same if is_memory => "same (within 3 % or 1 MiB)".to_owned(),
        Verdict::Same => "same (within 3 %)".to_owned(),
        Verdict::Faster => if is_memory { "takes less" } else { "faster" }.to_owned(),
        Verdict::Slower => if is_memory { "takes more" } else { "slower" }.to_owned(),
        Verdict::Unclear => "unclear: more blocks may tell".to_owned(),
        Verdict::TooFewBlocks => "too few blocks to say".to_owned(),
    }
}
