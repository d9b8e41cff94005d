//! The tables, as Markdown.

use comfy_table::{CellAlignment, Table, presets};
use harness::{Kind, human};
use orchestrator::pools::Pool;
use orchestrator::stats::Sample;

use crate::measure::{BASE, Bench, real};
use crate::originals::{LOOP, Original};
use crate::rounds::{Cost, Costs, PEAKS, Peak, Question, Series, WINDOW};

/// What a counterpart of Python's should have less overhead by.
const GOAL: f64 = 20.0;
/// A bounded window should cost no more than this beyond the loop's peak, bytes.
const MB: u64 = 1_000_000;

/// What a dispatch costs on every pool, by kind.
pub(crate) fn costs(bench: &Bench, costs: &Costs) -> String {
    let header = [
        "pool",
        "a job, chunk 1",
        "overhead",
        "to serial",
        "10^6 jobs, own chunk: to serial",
        "10^3 jobs, own chunk: to serial",
        "bytes a job",
        &format!("peak, window {WINDOW}"),
    ];
    let by_kind = Kind::ALL.iter().flat_map(|(_, kind)| {
        bench.pools.values().filter(move |pool| pool.description.kind == *kind && pool.description.name != BASE)
    });
    let rows = by_kind.filter_map(|pool| Some(row(pool, costs.pools.get(&pool.description.name)?)));
    format!(
        "{}\n\nTimes are of `compute`, warm batches, on as many workers as cores: medians of the rounds, in brackets the\n\
         quartiles; `serial` ran before every four pools. *Overhead* is the time of all cores that a job takes beyond `serial`'s, as\n\
         in `poolbench summary`. A pool that is too dear for so many jobs has its own number beside it.\n\
         *Bytes a job* (empty jobs, chunk 1, all submitted at once) and *peak* (the same with a window of {WINDOW}) are medians\n\
         of {PEAKS} trials: resident for one process, charged for a tree, and held against `serial`'s in the same measure, which\n\
         has the 8 bytes of each result.",
        markdown(&header, rows.collect())
    )
}

fn row(pool: &Pool, cost: &Cost) -> Vec<String> {
    let series = |question| cost.series.get(&question).filter(|series: &&Series| !series.pairs.is_empty());
    let single = series(Question::Single);
    let text = |series: Option<&Series>, write: fn(&Series) -> String| series.map_or_else(String::new, write);
    vec![
        pool.description.name.clone(),
        text(single, |series| jobs_beside(series, 100_000, format!("{:.0} ns", median(series, |own, _| own)))),
        text(single, |series| format!("{:.0} ns", overhead(series))),
        text(single, |series| ratio(series, 100_000)),
        text(series(Question::Large), |series| ratio(series, 1_000_000)),
        text(series(Question::Small), |series| ratio(series, 1_000)),
        cost.all.map_or_else(String::new, bytes_each),
        cost.window.map_or_else(String::new, bounded),
    ]
}

/// The median of what `value` makes of each pair.
fn median(series: &Series, value: impl Fn(f64, f64) -> f64) -> f64 {
    sample(series, value).map_or(f64::NAN, |sample| sample.median())
}

fn sample(series: &Series, value: impl Fn(f64, f64) -> f64) -> Option<Sample> {
    let values: Vec<f64> = series.pairs.iter().map(|(own, serial)| value(*own, *serial)).collect();
    Sample::new(&values).ok()
}

/// What a job costs beyond its work, in the time of all cores, ns: the overhead of `poolbench summary`. All pools have as
/// many workers as there are cores.
fn overhead(series: &Series) -> f64 {
    let cores = real(harness::cores());
    median(series, |own, serial| own * cores - serial)
}

/// The pool's time over the loop's.
fn ratio(series: &Series, usual: u64) -> String {
    let Some(sample) = sample(series, |own, serial| own / serial) else { return String::new() };
    let (low, high) = sample.quartiles();
    jobs_beside(series, usual, format!("{} ({} to {})", digits(sample.median()), digits(low), digits(high)))
}

/// Three digits: 0.523, 1.94, 160.
fn digits(value: f64) -> String {
    match value {
        value if value < 1.0 => format!("{value:.3}"),
        value if value < 10.0 => format!("{value:.2}"),
        value if value < 100.0 => format!("{value:.1}"),
        value => format!("{value:.0}"),
    }
}

/// A figure, and the number of jobs where it is not the usual one.
fn jobs_beside(series: &Series, usual: u64, figure: String) -> String {
    if series.jobs == usual { figure } else { format!("{figure} [{} jobs]", series.jobs) }
}

/// Bytes a job beyond the loop's.
pub(crate) fn bytes(peak: Peak) -> f64 {
    (real(peak.own) - real(peak.serial)) / real(peak.jobs)
}

fn bytes_each(peak: Peak) -> String {
    let figure = format!("{:.0}", bytes(peak));
    if peak.jobs == 1_000_000 { figure } else { format!("{figure} [{} jobs]", peak.jobs) }
}

fn bounded(peak: Peak) -> String {
    let beyond = peak.own.saturating_sub(peak.serial);
    let mark = if beyond <= MB { "" } else { " **over 1 MB**" };
    let jobs = if peak.jobs == 1_000_000 { String::new() } else { format!(" [{} jobs]", peak.jobs) };
    format!("{} (+{}){mark}{jobs}", human::size(peak.own), human::size(beyond))
}

/// Python's pools, and how much less a job costs beyond the loop on those that stand for them.
pub(crate) fn originals(bench: &Bench, costs: &Costs, originals: &[Original]) -> String {
    let serial_ns = originals.iter().find(|original| original.name == LOOP).map_or(0.0, |serial| serial.job_ns);
    let header = ["original", "a job", "its overhead", "pool", "its overhead", "times less", "goal"];
    let mut rows = Vec::new();
    for original in originals.iter().filter(|original| original.name != LOOP) {
        let python_ns = original.overhead_ns(serial_ns);
        for (name, pool) in bench.pools.iter().filter(|(_, pool)| pool.description.mirrors.contains(&original.name)) {
            let single = costs.pools.get(name).and_then(|cost| cost.series.get(&Question::Single));
            let Some(own) = single.filter(|series| !series.pairs.is_empty()).map(overhead) else { continue };
            let factor = python_ns / own.max(1.0);
            rows.push(vec![
                original.name.clone(),
                format!("{:.2} us", original.job_ns / 1e3),
                format!("{:.2} us", python_ns / 1e3),
                pool.description.name.clone(),
                format!("{own:.0} ns"),
                format!("{factor:.0}"),
                if factor >= GOAL { "reached".to_owned() } else { format!("**under {GOAL:.0}**") },
            ]);
        }
    }
    format!(
        "{}\n\nPython's figures are those of `data/reference/python-originals.csv`: 100,000 jobs of `compute`, chunk 1, measured on\n\
         another day; ours are of the first table.",
        markdown(&header, rows)
    )
}

/// A table of words whose columns after the first stand right.
pub(crate) fn markdown(header: &[&str], rows: Vec<Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN);
    table.set_header(header);
    table.add_rows(rows);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.to_string()
}
