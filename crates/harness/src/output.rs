//! What a run by hand prints: a readable line, a JSON object, or a row of the CSV.

use crate::cli::Format;
use crate::columns::{COLUMNS, IS_NUMBER, Row, SCHEMA};
use crate::cores::cores;
use crate::error::Result;
use crate::gate::Hand;
use crate::human;
use crate::info::{Info, library_version};
use crate::jobs::Shape;
use crate::protocol::quoted;
use crate::stdio::line;
use crate::workload::Workload;

/// Prints a run by hand; true if all results were right.
pub(crate) fn print(info: &Info, shape: &Shape, batches: u64, hand: &Hand, format: Format) -> Result<bool> {
    let status = status(shape, hand);
    let row = || row(info, shape, batches, hand, status);
    // Words and numbers only: no cell ever needs quotes.
    let text = match format {
        Format::Human => sentence(info, shape, hand, status),
        Format::Json => json(&row()),
        Format::Csv { header: true } => format!("{}\n{}", COLUMNS.join(","), row().cells().join(",")),
        Format::Csv { header: false } => row().cells().join(","),
    };
    line(&text)?;
    Ok(status == "ok")
}

/// The status of the CSV: what came back, held against what is right.
fn status(shape: &Shape, hand: &Hand) -> &'static str {
    let right = hand.done.jobs == shape.jobs && hand.done.checksum == hand.right;
    match hand.done.failed() {
        0 if right => "ok",
        0 => "mismatch",
        _ => "failed",
    }
}

fn sentence(info: &Info, shape: &Shape, hand: &Hand, status: &str) -> String {
    let done = &hand.done;
    let batch_ns = done.warm_ns().or(done.cold_ns()).unwrap_or(0);
    let warm = if done.batch_ns.len() > 1 { "warm batch" } else { "batch" };
    let each =
        if shape.jobs > 0 { format!(" = {} a job", human::time_each(batch_ns, shape.jobs)) } else { String::new() };
    let stop = if info.stop_joined { format!(", stop {}", human::time(hand.stop_ns)) } else { String::new() };
    let peak = hand.peak_rss_bytes.map_or("unknown".to_owned(), human::size);
    let workers = if shape.workers.total() == 1 { "1 worker".to_owned() } else { format!("{} workers", shape.workers) };
    let errors: Vec<String> = done.errors.iter().map(|(class, count)| format!("{count} {class}")).collect();
    let verdict = match status {
        "ok" if matches!(shape.workload, Workload::Own(_)) => "all results the same when run again".to_owned(),
        "ok" => "all results right".to_owned(),
        "mismatch" => format!("WRONG RESULTS: {} jobs came back, checksum {}", done.jobs, done.checksum),
        _ => format!("FAILED JOBS: {}", errors.join(", ")),
    };
    format!(
        "{}: {} jobs of {} on {} (chunk {}, window {}): {warm} {}{each}; start {}{stop}; peak RSS {peak}; {verdict}",
        info.name,
        shape.jobs,
        shape.workload.label(),
        workers,
        shape.chunk,
        shape.window,
        human::time(batch_ns),
        human::time(hand.start_ns),
    )
}

fn row(info: &Info, shape: &Shape, batches: u64, hand: &Hand, status: &str) -> Row {
    let done = &hand.done;
    Row {
        schema: Some(SCHEMA),
        status: status.to_owned(),
        pool: info.name.to_owned(),
        kind: info.kind.word().to_owned(),
        library: info.library.to_owned(),
        version: library_version(info.library).to_owned(),
        workload: shape.workload.name().to_owned(),
        // The parameter of http is the server's delay, which is not known here, and never a URL.
        param: if shape.workload.needs_server() { String::new() } else { shape.workload.param() },
        jobs: Some(shape.jobs),
        workers: Some(shape.workers.total()),
        chunk: shape.chunk.to_string(),
        window: shape.window.to_string(),
        cores: Some(cores()),
        batches: Some(batches),
        start_ns: Some(hand.start_ns),
        batch_ns: done.cold_ns(),
        warm_batch_ns: done.warm_ns(),
        stop_ns: info.stop_joined.then_some(hand.stop_ns),
        peak_rss_bytes: hand.peak_rss_bytes,
        retries: Some(done.retries),
        errors: Some(done.failed()),
        checksum: done.checksum.clone(),
        ..Row::default()
    }
}

/// The row's filled cells as one object; numbers as numbers, words as strings.
fn json(row: &Row) -> String {
    let cells = row.cells();
    let named = COLUMNS.iter().zip(IS_NUMBER).zip(&cells).filter(|(_, cell)| !cell.is_empty());
    let members = named.map(|((name, is_number), cell)| {
        format!("{}:{}", quoted(name), if *is_number { cell.clone() } else { quoted(cell) })
    });
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}
