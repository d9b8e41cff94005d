//! The table of one setting: what each shape needs, what was read, how far that is off, and whether that is allowed.

use comfy_table::{CellAlignment, Table, presets};
use harness::columns::Row;
use orchestrator::record::peak::{Cells, Peak};

use crate::cases::{CASES, Case, Limit};
use crate::measure::{ROUNDS, Setting};

const KIB: i64 = 1024;

/// The table, and what in it is further off than it may be.
pub(crate) fn render(setting: Setting, rows: &[[Vec<Row>; 2]]) -> (String, Vec<String>) {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN);
    table.set_header(["shape", "truth", "low", "high", "worst", "complete", "method", "allowed"]);
    let mut failures = Vec::new();
    for (case, [with, without]) in CASES.iter().zip(rows) {
        let errors = Errors::of(*case, with, without);
        let allowed = errors.allowed(case.limit);
        let name = format!("{} {}x{}", case.shape, case.workers, case.mib);
        table.add_row([
            name.clone(),
            (case.truth_mib * 1024).to_string(),
            format!("{:+}", median(&errors.low)),
            format!("{:+}", median(&errors.high)),
            format!("{:+}", errors.worst()),
            if errors.is_complete() { "yes" } else { "no" }.to_owned(),
            with[0].mem_method.clone(),
            if allowed { "yes" } else { "NO" }.to_owned(),
        ]);
        failures.extend((!allowed).then(|| format!("{setting}: {name}: {errors:?}")));
    }
    for column in 1..5 {
        table.column_mut(column).expect("there are 8").set_cell_alignment(CellAlignment::Right);
    }
    let sentence = format!("{setting}: KiB; low and high are medians of {ROUNDS}, less the same with no payload");
    (format!("{sentence}\n\n{table}\n"), failures)
}

/// How far the two ends of the peak are off in each trial, in KiB.
#[derive(Debug)]
struct Errors {
    low: Vec<i64>,
    high: Vec<i64>,
    /// Whether the row says of itself that it misses nothing.
    complete: Vec<bool>,
    is_exact: bool,
    is_grouped: bool,
}

impl Errors {
    fn of(case: Case, with: &[Row], without: &[Row]) -> Self {
        let ends = |rows: &[Row], end: fn(&Peak) -> u64| -> Vec<i64> {
            rows.iter()
                .map(|row| Cells::from(row).most_exact().map_or(0, |peak| end(&peak).cast_signed() / KIB))
                .collect()
        };
        let off = |end: fn(&Peak) -> u64| {
            let empty = median(&ends(without, end));
            ends(with, end).iter().map(|kib| kib - empty - (case.truth_mib * 1024).cast_signed()).collect()
        };
        Self {
            low: off(|peak| peak.low),
            high: off(|peak| peak.high),
            complete: with.iter().map(|row| row.mem_complete == Some(1)).collect(),
            is_exact: with.iter().all(|row| Cells::from(row).most_exact().is_some_and(|peak| peak.low == peak.high)),
            is_grouped: with.iter().any(|row| row.cgroup_peak_bytes.is_some()),
        }
    }

    fn is_complete(&self) -> bool {
        self.complete.iter().all(|complete| *complete)
    }

    /// The error of largest size, of the complete rows if there are any: of an interval only the part that lies on the
    /// wrong side counts.
    fn worst(&self) -> i64 {
        let none = !self.complete.contains(&true);
        let rows = self.low.iter().zip(&self.high).zip(&self.complete).filter(|(_, complete)| none || **complete);
        let outside = rows.map(|((low, high), _)| if self.is_exact || *low > 0 { *low } else { (*high).min(0) });
        outside.max_by_key(|error| error.abs()).unwrap_or(0)
    }

    fn allowed(&self, limit: Limit) -> bool {
        let within = self.worst().abs() <= if limit == Limit::Held { 256 } else { 768 };
        // Only a tree without a group may miss something; a row that says so itself is in no rank.
        let may_miss = limit == Limit::Tree && !self.is_grouped;
        if may_miss { within || !self.complete.contains(&true) } else { within && self.is_complete() }
    }
}

fn median(values: &[i64]) -> i64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    sorted[sorted.len() / 2]
}
