//! A guess at how long trials take, before any has run: for plans, budgets and the first remaining times.

use std::time::Duration;

use harness::{Chunk, Workload};

use crate::cell::Cell;

/// Spawn, gates and exit of one trial, ns.
const TRIAL_NS: f64 = 6e6;

/// How long a trial of `cell` may take. Within a factor of two or three; what is measured replaces it.
pub fn trial(cell: &Cell) -> Duration {
    let is_process = ["process", "ipc"].iter().any(|word| cell.pool.contains(word));
    let start_ns = if is_process { 1.5e6 } else { 5e4 } * float(cell.workers.total());
    let dispatch_ns = match (cell.chunk, is_process) {
        (Chunk::Jobs(1), true) => 1500.0,
        (Chunk::Jobs(1), false) => 400.0,
        _ => 5.0,
    };
    let batch_ns = float(cell.jobs) * (job_ns(cell) + dispatch_ns);
    Duration::from_secs_f64((TRIAL_NS + start_ns + batch_ns * float(cell.batches)) / 1e9)
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
