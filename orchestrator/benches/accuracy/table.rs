//! The table of one setting: what each shape needs, what was read, how far that is off, and whether that is allowed.

use comfy_table::{CellAlignment, Table, presets};
use harness::columns::Row;
use orchestrator::peak::Peak;

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
            if errors.complete { "yes" } else { "no" }.to_owned(),
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
    complete: bool,
    is_exact: bool,
}

impl Errors {
    fn of(case: Case, with: &[Row], without: &[Row]) -> Self {
        let ends = |rows: &[Row], end: fn(&Peak) -> u64| -> Vec<i64> {
            rows.iter().map(|row| Peak::of(row).map_or(0, |peak| end(&peak).cast_signed() / KIB)).collect()
        };
        let off = |end: fn(&Peak) -> u64| {
            let empty = median(&ends(without, end));
            ends(with, end).iter().map(|kib| kib - empty - (case.truth_mib * 1024).cast_signed()).collect()
        };
        Self {
            low: off(|peak| peak.low),
            high: off(|peak| peak.high),
            complete: with.iter().all(|row| row.mem_complete == Some(1)),
            is_exact: with.iter().all(|row| Peak::of(row).is_some_and(|peak| peak.low == peak.high)),
        }
    }

    /// The error of largest size: of an interval only the part that lies on the wrong side counts.
    fn worst(&self) -> i64 {
        let outside = self
            .low
            .iter()
            .zip(&self.high)
            .map(|(low, high)| if self.is_exact || *low > 0 { *low } else { (*high).min(0) });
        outside.max_by_key(|error| error.abs()).unwrap_or(0)
    }

    fn allowed(&self, limit: Limit) -> bool {
        let within = |kib: i64| self.worst().abs() <= kib;
        // Rows that say themselves that they miss something are in no rank.
        !self.complete || within(if limit == Limit::Held { 256 } else { 768 })
    }
}

fn median(values: &[i64]) -> i64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    sorted[sorted.len() / 2]
}
