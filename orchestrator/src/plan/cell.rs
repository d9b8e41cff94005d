//! A cell: one combination of pool, workload, jobs, workers, chunk and window.

use std::fmt;

use harness::{Chunk, Staff, Window};
use serde::{Deserialize, Serialize};

use super::spec::Spec;
pub use crate::pools::TWIN;

/// What rows tell cells apart by: pool, workload, its parameter, jobs, workers, chunk, window.
pub type Key = [String; 7];

/// One combination of what is varied; in every block it is tried once.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cell {
    /// The pool's name in the CSV; the A/A twin has its own.
    pub pool: String,
    /// What the jobs do.
    #[serde(with = "crate::text")]
    pub workload: Spec,
    /// Jobs in a batch.
    pub jobs: u64,
    /// The most jobs that run at once, or processes and threads.
    #[serde(with = "crate::text::or_number")]
    pub workers: Staff,
    /// Jobs per dispatch.
    #[serde(with = "crate::text")]
    pub chunk: Chunk,
    /// The most jobs under way.
    #[serde(with = "crate::text")]
    pub window: Window,
    /// Batches in a trial.
    pub batches: u64,
    /// How jobs arrive; empty where a batch is there at once.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub arrive: String,
    /// The load that they are; empty where a batch is there at once.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub load: String,
}

impl Cell {
    /// The pool that is run, be it under its own name or as the twin.
    pub fn real_pool(&self) -> &str {
        self.pool.strip_suffix(TWIN).unwrap_or(&self.pool)
    }

    /// The same cell for the A/A twin.
    #[must_use]
    pub fn twin(&self) -> Self {
        Self { pool: format!("{}{TWIN}", self.pool), ..self.clone() }
    }

    /// Whether this is the A/A twin's.
    pub fn is_twin(&self) -> bool {
        self.pool.ends_with(TWIN)
    }

    /// The shortest time that one of its batches can take, ns; 0 where nothing can be said.
    pub fn shortest_batch_ns(&self) -> u64 {
        self.workload.workload().shortest_batch_ns(self.jobs, self.workers.total())
    }

    /// What cells must share to be compared: pairs of one group stay close in time.
    pub fn group(&self) -> (&'static str, String, u64) {
        (self.workload.name(), self.workload.param(), self.jobs)
    }

    /// What this cell's rows have in common and no other's.
    pub fn key(&self) -> Key {
        [
            self.pool.clone(),
            self.workload.name().to_owned(),
            self.workload.param(),
            self.jobs.to_string(),
            self.workers.total().to_string(),
            self.chunk.to_string(),
            self.window.to_string(),
        ]
    }

    /// The arguments of the pool's command line for this cell at the gates.
    pub fn arguments(&self, server_url: Option<&str>, spin_rate: u64) -> Vec<String> {
        let mut arguments = vec!["--gate".to_owned()];
        let options = [
            ("--workload", self.workload.argument(server_url)),
            ("--jobs", self.jobs.to_string()),
            ("--workers", self.workers.to_string()),
            ("--chunk", self.chunk.to_string()),
            ("--window", self.window.to_string()),
            ("--batches", self.batches.to_string()),
        ];
        arguments.extend(options.into_iter().flat_map(|(option, value)| [option.to_owned(), value]));
        if ["spin", "skew"].contains(&self.workload.name()) {
            arguments.extend(["--spin-rate".to_owned(), spin_rate.to_string()]);
        }
        arguments
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pool, workload, jobs, workers, chunk, window, .. } = self;
        write!(f, "{pool} {workload} x {jobs} on {workers} (chunk {chunk}, window {window})")
    }
}
