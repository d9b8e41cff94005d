//! A batch that a pool is asked to run, its command line, and what must come of it.

use harness::protocol::Ready;
use harness::{Chunk, Staff, Window, Workload, checksum};

use crate::pools::wire::Description;

/// What `--spin-rate` is set to: a nanosecond an iteration, so that no check has to calibrate.
const SPIN_RATE: u64 = 1_000_000_000;

/// A batch to run.
#[derive(Clone, Debug)]
pub(super) struct Case {
    /// What each job does.
    pub(super) workload: Workload,
    /// Jobs in a batch.
    pub(super) jobs: u64,
    /// The most jobs running at once.
    pub(super) workers: Staff,
    /// Jobs per dispatch.
    pub(super) chunk: Chunk,
    /// The most jobs under way.
    pub(super) window: Window,
    /// Whether the policies are left to the pool.
    pub(super) policies_unsaid: bool,
    /// Batches.
    pub(super) batches: u64,
    /// Whose results and failures are right, where jobs of a user's own do as a built-in workload does.
    pub(super) stands_for: Option<Workload>,
    /// Failed jobs by class, and attempts beyond the first and without a request, over all batches.
    pub(super) mishaps: Mishaps,
}

/// What goes wrong in a batch because it was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Mishaps {
    /// The class of every failed job.
    pub(super) class: String,
    /// Failed jobs.
    pub(super) failed: u64,
    /// Attempts beyond the first.
    pub(super) retries: u64,
    /// Attempts that failed before a request was sent.
    pub(super) unsent: u64,
}

impl Case {
    /// A few jobs on two workers, with the policies that the pool lists first.
    pub(super) fn new(about: &Description, workload: Workload, jobs: u64) -> Self {
        let chunk = Chunk::default_of(&about.chunk);
        let window = Window::default_of(&about.window);
        let mishaps = Mishaps::default();
        let workers = Staff::Workers(2);
        Self { workload, jobs, workers, chunk, window, policies_unsaid: false, batches: 1, stands_for: None, mishaps }
            .with_made_to_fail()
    }

    /// The same where the jobs of a user's own come to what those of `workload` come to.
    pub(super) fn standing_for(self, workload: Workload) -> Self {
        Self { stands_for: Some(workload), ..self }.with_made_to_fail()
    }

    /// The same on `workers` workers.
    pub(super) fn on(self, workers: u64) -> Self {
        self.staffed(Staff::Workers(workers))
    }

    /// The same on `workers`, be it a number or processes and threads.
    pub(super) fn staffed(self, workers: Staff) -> Self {
        Self { workers, ..self }
    }

    /// The same in `batches` batches.
    pub(super) fn times(self, batches: u64) -> Self {
        Self { batches, ..self }.with_made_to_fail()
    }

    /// The same with another chunk.
    pub(super) fn chunked(self, chunk: Chunk) -> Self {
        Self { chunk, ..self }
    }

    /// Counts the jobs that the workload makes fail.
    fn with_made_to_fail(mut self) -> Self {
        let failed = self.right().failures(self.jobs) * self.batches;
        if failed > 0 {
            self.mishaps = Mishaps { class: self.right().name().to_owned(), failed, ..Mishaps::default() };
        }
        self
    }

    /// The pool's arguments.
    pub(super) fn arguments(&self) -> Vec<String> {
        let mut options = vec![
            ("--workload", self.workload.to_string()),
            ("--jobs", self.jobs.to_string()),
            ("--workers", self.workers.to_string()),
        ];
        if !self.policies_unsaid {
            options.extend([("--chunk", self.chunk.to_string()), ("--window", self.window.to_string())]);
        }
        if self.batches != 1 {
            options.push(("--batches", self.batches.to_string()));
        }
        if matches!(self.workload, Workload::Spin(_) | Workload::Skew(_)) {
            options.push(("--spin-rate", SPIN_RATE.to_string()));
        }
        let words = options.into_iter().flat_map(|(option, value)| [option.to_owned(), value]);
        std::iter::once("--gate".to_owned()).chain(words).collect()
    }

    /// The right `ready` event of the pool that describes itself as `about`.
    pub(super) fn ready(&self, about: &Description) -> Ready {
        let workers = if about.is_serial() { 1 } else { self.workers.total() };
        let chunk = self.chunk.size(self.jobs, workers);
        Ready {
            protocol: about.protocol,
            pool: about.name.clone(),
            workers,
            chunk: chunk.unwrap_or(0),
            window: self.window.size(chunk).unwrap_or(0),
        }
    }

    /// The right checksum; a job that fails adds nothing.
    pub(super) fn checksum(&self) -> String {
        let all_fail = self.mishaps.failed == self.jobs * self.batches;
        checksum::text(if all_fail { 0 } else { self.right().checksum(self.jobs) })
    }

    /// The workload whose results are right.
    fn right(&self) -> &Workload {
        self.stands_for.as_ref().unwrap_or(&self.workload)
    }
}
