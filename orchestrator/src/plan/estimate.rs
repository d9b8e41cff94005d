//! A guess at how long trials take, before any has run: for plans, budgets and the first remaining times.

use std::time::Duration;

use harness::{Chunk, Workload};

use super::cell::Cell;

/// Spawn, gates and exit of one trial, ns.
const TRIAL_NS: f64 = 6e6;

/// Batches below this are short, ns: a disturbance of 1 ms, which is let pass, is more than 5 % of them. It is more than 1000
/// reads of any clock, of which the slowest takes some us.
pub const SHORT_BATCH_NS: f64 = 20e6;

/// How long a trial of `cell` may take. Within a factor of two or three; what is measured replaces it.
pub fn trial(cell: &Cell) -> Duration {
    let start_ns = if is_process(cell) { 1.5e6 } else { 5e4 } * float(cell.workers.total());
    Duration::from_secs_f64((TRIAL_NS + start_ns + batch_ns(cell) * float(cell.batches)) / 1e9)
}

/// How long a batch of `cell` may take, ns, as roughly.
pub fn batch_ns(cell: &Cell) -> f64 {
    let dispatch_ns = match (cell.chunk, is_process(cell)) {
        (Chunk::Jobs(1), true) => 1500.0,
        (Chunk::Jobs(1), false) => 400.0,
        _ => 5.0,
    };
    float(cell.jobs) * (job_ns(cell) + dispatch_ns)
}

/// The jobs at which the shortest batch of `cells` is no longer short, rounded up to one digit, and how long it is now, ns;
/// nothing if it is long enough, or has no jobs.
pub fn too_short<'a>(cells: impl IntoIterator<Item = &'a Cell>) -> Option<(u64, u64)> {
    let shortest = cells.into_iter().min_by(|one, other| batch_ns(one).total_cmp(&batch_ns(other)))?;
    let now_ns = batch_ns(shortest);
    if shortest.jobs == 0 || now_ns >= SHORT_BATCH_NS {
        return None;
    }
    let jobs = whole(float(shortest.jobs) * SHORT_BATCH_NS / now_ns);
    let digit = 10_u64.pow(jobs.max(1).ilog10());
    Some((jobs.div_ceil(digit) * digit, whole(now_ns)))
}

fn is_process(cell: &Cell) -> bool {
    ["process", "ipc"].iter().any(|word| cell.pool.contains(word))
}

/// What one job takes off the batch, its workers' number considered.
fn job_ns(cell: &Cell) -> f64 {
    let busy = float(cell.workers.total().min(harness::cores()));
    let waiting = float(cell.workers.total());
    match cell.workload.workload() {
        Workload::Noop | Workload::Fail(_) | Workload::Panic(_) => 5.0,
        Workload::Compute => 100.0 / busy,
        // Trial division by odd numbers up to the root, and most numbers have a small factor.
        Workload::Factor { first } => float(first + cell.jobs).sqrt() / busy,
        Workload::Spin(span) | Workload::Skew(span) => float(span.ns) / busy,
        Workload::Sleep(span) => (float(span.ns) + 1e6) / waiting,
        // Client and server together use about 40 us of CPU for a new connection.
        Workload::Http(_) | Workload::HttpNative(_) => {
            let delay = cell.workload.delay().map_or(0.0, |delay| float(delay.ns));
            (delay / waiting).max(6e4)
        }
        Workload::File { .. } => 5000.0 / busy,
    }
}

fn float(number: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    let float = number as f64;
    float
}

fn whole(number: f64) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an estimate above 0")]
    let whole = number.ceil() as u64;
    whole
}
