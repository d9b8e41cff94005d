//! What the server counts. One thread owns it all, so plain cells are exact.

use std::cell::Cell;

use rustix::time::{ClockId, clock_gettime};
use serde_json::json;

/// Everything counted since the start or the last reset.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    /// Connections accepted.
    pub(crate) accepted: Count,
    /// Complete requests, whatever they asked for and whatever they got.
    pub(crate) requests: Count,
    /// Answers handed to the kernel whole, whatever their status.
    pub(crate) responses: Count,
    /// Requests that met a fault as configured.
    pub(crate) faults: Count,
    /// Connections that sent something else than a request, or were too slow about it.
    pub(crate) bad_requests: Count,
    /// Connections that broke, clients that left before their answer, and times that no connection could be accepted.
    pub(crate) io_errors: Count,
    open: Cell<u64>,
    max_open: Cell<u64>,
    /// CPU time of the process at the last reset, ns.
    cpu_base: Cell<u64>,
}

/// One counter.
#[derive(Debug, Default)]
pub(crate) struct Count(Cell<u64>);

impl Count {
    pub(crate) fn add(&self) {
        self.0.set(self.0.get() + 1);
    }
}

impl Counters {
    /// A request came in.
    pub(crate) fn enter(&self) {
        self.requests.add();
        let open = self.open.get() + 1;
        self.open.set(open);
        self.max_open.set(self.max_open.get().max(open));
    }

    /// A request is over, answered or not.
    pub(crate) fn leave(&self) {
        self.open.set(self.open.get() - 1);
    }

    /// Requests in progress.
    pub(crate) fn open(&self) -> u64 {
        self.open.get()
    }

    /// All values as one line of JSON.
    pub(crate) fn json(&self) -> String {
        json!({
            "accepted": self.accepted.0.get(),
            "requests": self.requests.0.get(),
            "responses": self.responses.0.get(),
            "faults": self.faults.0.get(),
            "bad_requests": self.bad_requests.0.get(),
            "io_errors": self.io_errors.0.get(),
            "open": self.open.get(),
            "max_open": self.max_open.get(),
            "cpu_ns": cpu_ns() - self.cpu_base.get(),
        })
        .to_string()
    }

    /// Sets all to zero, except what is still open, which is also the new maximum.
    pub(crate) fn reset(&self) {
        for count in
            [&self.accepted, &self.requests, &self.responses, &self.faults, &self.bad_requests, &self.io_errors]
        {
            count.0.set(0);
        }
        self.max_open.set(self.open.get());
        self.cpu_base.set(cpu_ns());
    }
}

/// CPU time of this process so far, ns, all threads, user and system.
fn cpu_ns() -> u64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    // A process clock counts up from zero.
    time.tv_sec.unsigned_abs() * 1_000_000_000 + time.tv_nsec.unsigned_abs()
}
