//! How long trials may take, before any has run: for plans, budgets and the first remaining times. What block 0 takes
//! replaces it.

use std::time::Duration;

use harness::{Chunk, Kind, Workload};

use super::cell::Cell;

/// Batches below this are short, ns: a disturbance of 1 ms, which is let pass, is more than 5 % of them. It is more than 1000
/// reads of any clock, of which the slowest takes some us.
pub const SHORT_BATCH_NS: f64 = 20e6;

/// A trial of a pool without workers, ns: 1.6 ms from spawn to exit, the rest is what is read at the gates, a glance at the
/// cores and the row.
const TRIAL_NS: f64 = 4.5e6;

/// What an interpreter of Python takes until it has begun and ended, ns: 60 ms, and 300 with a library such as eventlet.
const INTERPRETER_NS: f64 = 150e6;

/// How many times longer a job that computes takes in Python, measured for `compute` and `factor`.
const INTERPRETED: f64 = 10.0;

/// What the workers and the jobs of one kind of pool cost, ns. From whole blocks of `small-compute` and `all` on 2 cores of an
/// EPYC at a load of 11 to 26, the least of each cell where it was tried three times; scaled to `small-compute` as it once took
/// 6 min 6 s. What uses both cores at once takes 1.7 times as long at such a load. The jobs are from the table of docs/POOLS.md.
#[expect(clippy::struct_field_names, reason = "the unit stands in the name")]
struct Costs {
    /// A worker from its start to its end, with what is read of it at the gates.
    worker_ns: f64,
    /// Waking a worker for a batch, the mean of pools that keep them and such that start them anew.
    wake_ns: f64,
    /// A job that is handed over alone.
    job_ns: f64,
}

fn costs(kind: Kind) -> Costs {
    let [worker_ns, wake_ns, job_ns] = match kind {
        Kind::Serial => [0.0, 0.0, 0.0],
        Kind::Threads => [165e3, 8e3, 80.0],
        Kind::Futures => [200e3, 8e3, 200.0],
        Kind::Async | Kind::Coroutines => [100e3, 1e3, 400.0],
        Kind::Green => [10e3, 0.5e3, 20.0],
        Kind::Isolates => [20e6, 15e6, 2000.0],
        Kind::Processes => [2e6, 20e3, 700.0],
        Kind::Hybrid => [200e3, 8e3, 700.0],
    };
    Costs { worker_ns, wake_ns, job_ns }
}

/// A job that a pool hands over alone, ns, where that is not what its kind takes.
fn alone_ns(pool: &str) -> Option<f64> {
    Some(match pool {
        "chili" | "paralight" | "rayon" | "threads-counter" => 15.0,
        "spawn" => 4e4,
        "threadpool" => 230.0,
        "tokio-blocking" => 350.0,
        "futures-pool" => 500.0,
        "futures-threads" => 30.0,
        "smol-local" => 170.0,
        "tokio-local" => 520.0,
        "futures-processes" => 2500.0,
        "ipc-channel" => 3800.0,
        "shm" | "shm-ring" => 20.0,
        "py-mp-threadpool" | "py-mp-threadpool-imap" | "py-mp-threadpool-imap-unordered" => 4e3,
        "py-futures-threads" | "py-eventlet" | "py-gevent" | "py-asyncio" => 17e3,
        "py-futures-processes" => 110e3,
        // The other pools of processes.
        _ if is_python(pool) => 23e3,
        _ => return None,
    })
}

/// Whether a pool is a guest in Python, by its name.
fn is_python(pool: &str) -> bool {
    pool.starts_with("py-")
}

/// The most jobs of a pool that wait at once.
fn at_once(pool: &str) -> u64 {
    // It shares what is left only while it computes.
    if pool == "chili" { 3 } else { u64::MAX }
}

/// A job of a chunk, ns: its slot and its share of the chunk.
const CHUNKED_NS: f64 = 20.0;

/// How long a trial of `cell` may take, whose pool is of the kind with that word, without those that are tried again.
pub fn trial(cell: &Cell, kind: &str) -> Duration {
    let kind = kind_of(cell, kind);
    let start_ns = if is_python(cell.real_pool()) { INTERPRETER_NS } else { 0.0 };
    let ns = TRIAL_NS
        + start_ns
        + costs(kind).worker_ns * float(cell.workers.total())
        + batch_of(cell, kind) * float(cell.batches);
    Duration::try_from_secs_f64(ns / 1e9).unwrap_or(Duration::MAX)
}

/// How long a batch of `cell` may take, ns.
pub fn batch_ns(cell: &Cell) -> f64 {
    batch_of(cell, kind_of(cell, ""))
}

fn batch_of(cell: &Cell, kind: Kind) -> f64 {
    let woken = float(cell.workers.total().min(cell.jobs));
    jobs_of(cell, kind) + woken * costs(kind).wake_ns
}

/// What all jobs of a batch take, ns: the part that grows with their number.
fn jobs_of(cell: &Cell, kind: Kind) -> f64 {
    let pool = cell.real_pool();
    let alone_ns = alone_ns(pool).unwrap_or_else(|| costs(kind).job_ns);
    let chunked_ns = alone_ns.min(CHUNKED_NS);
    let handing_ns = match cell.chunk {
        Chunk::Jobs(jobs) => (alone_ns / float(jobs.max(1))).max(chunked_ns),
        _ => chunked_ns,
    };
    float(cell.jobs) * (job_ns(cell) + handing_ns) + waiting_ns(cell, at_once(pool))
}

/// The jobs at which the shortest batch of `cells` is no longer short, rounded up to one digit, and how long it is now, ns;
/// nothing if it is long enough, or has no jobs.
pub fn too_short<'a>(cells: impl IntoIterator<Item = &'a Cell>) -> Option<(u64, u64)> {
    // Of the user's own jobs nothing is known before they have run.
    let known = cells.into_iter().filter(|cell| cell.workload.own().is_none());
    let shortest = known.min_by(|one, other| batch_ns(one).total_cmp(&batch_ns(other)))?;
    let now_ns = batch_ns(shortest);
    if shortest.jobs == 0 || now_ns >= SHORT_BATCH_NS {
        return None;
    }
    let jobs = whole(float(shortest.jobs) * SHORT_BATCH_NS / jobs_of(shortest, kind_of(shortest, "")));
    let digit = 10_u64.pow(jobs.max(1).ilog10());
    Some((jobs.div_ceil(digit) * digit, whole(now_ns)))
}

/// A job of the user's own, of which nothing is known before it has run.
pub(super) const OWN_JOB: Duration = Duration::from_micros(20);

/// The kind by its word; a plan of schema 1 has none, and the name must do.
fn kind_of(cell: &Cell, word: &str) -> Kind {
    let known = Kind::ALL.into_iter().find(|(_, known)| *known == word).map(|(kind, _)| kind);
    let is = |words: &[&str]| words.iter().any(|word| cell.pool.contains(word));
    known.unwrap_or(match () {
        () if cell.real_pool() == Kind::Serial.word() => Kind::Serial,
        () if is(&["process", "ipc", "shm"]) => Kind::Processes,
        () => Kind::Threads,
    })
}

/// What one job takes off the cores and the server, ns.
fn job_ns(cell: &Cell) -> f64 {
    let cores = float(cell.workers.total().min(harness::cores()).max(1));
    let busy = if is_python(cell.real_pool()) { cores / INTERPRETED } else { cores };
    match cell.workload.workload() {
        Workload::Noop | Workload::Fail(_) | Workload::Panic(_) | Workload::Abort(_) => 5.0,
        Workload::Compute => 115.0 / busy,
        // Trial division by odd numbers up to the root, and most numbers have a small factor.
        Workload::Factor { first } => 0.4 * float(first.saturating_add(cell.jobs)).sqrt() / busy,
        Workload::Spin(span) | Workload::Skew(span) => float(span.ns) / busy,
        Workload::Sleep(_) => 2e3,
        // Client and server together use so much CPU for a new connection.
        Workload::Http(_) | Workload::HttpNative(_) => 6e4,
        Workload::File { .. } => 5000.0 / busy,
        Workload::Own(_) => 1e9 * OWN_JOB.as_secs_f64() / busy,
    }
}

/// What the jobs of a batch wait in rounds, as many at once as there are workers and the pool lets wait, ns.
fn waiting_ns(cell: &Cell, at_once: u64) -> f64 {
    let each = match cell.workload.workload() {
        // Timers are late by as much.
        Workload::Sleep(span) => float(span.ns) + 1e5,
        Workload::Http(_) | Workload::HttpNative(_) => cell.workload.delay().map_or(0.0, |delay| float(delay.ns)),
        _ => return 0.0,
    };
    each * float(cell.jobs.div_ceil(cell.workers.total().min(at_once).max(1)))
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
