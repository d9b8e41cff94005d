//! What a pool says of itself: the object that `--describe` prints.

use crate::protocol::{VERSION, quoted};

/// The family a pool belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// The calling thread alone.
    Serial,
    /// Operating-system threads.
    Threads,
    /// A future a job, waited for one by one.
    Futures,
    /// Tasks of an async runtime.
    Async,
    /// Coroutines on one thread.
    Green,
    /// Coroutines that a runtime spreads over threads, as goroutines are.
    Coroutines,
    /// Threads that share no heap, each with an interpreter of its own, as JavaScript's workers are.
    Isolates,
    /// Worker processes.
    Processes,
    /// Processes with threads in them.
    Hybrid,
}

impl Kind {
    /// Every kind with its word, in the order in which lists show them.
    pub const ALL: [(Self, &'static str); 9] = [
        (Self::Serial, "serial"),
        (Self::Threads, "threads"),
        (Self::Futures, "futures"),
        (Self::Async, "async"),
        (Self::Green, "green"),
        (Self::Coroutines, "coroutines"),
        (Self::Isolates, "isolates"),
        (Self::Processes, "processes"),
        (Self::Hybrid, "hybrid"),
    ];

    /// The word of `--describe` and of the CSV.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).expect("ALL names every kind").1
    }
}

/// What a pool says of itself.
#[derive(Clone, Copy, Debug)]
pub struct Info {
    /// The executable's file name without `pool-`.
    pub name: &'static str,
    /// One line for people.
    pub title: &'static str,
    /// The family.
    pub kind: Kind,
    /// The crate that schedules; `std` for the standard library.
    pub library: &'static str,
    /// What it stands for, e.g. `concurrent.futures.ThreadPoolExecutor.map`; empty if nothing.
    pub mirrors: &'static str,
    /// The pool that this is a variant of; empty if none.
    pub variant_of: &'static str,
    /// The allocator; `system` unless the binary names another.
    pub allocator: &'static str,
    /// Whether results come back in the order of the jobs.
    pub ordered: bool,
    /// Whether `stop` returns only when every worker is joined or reaped; else stop time stays empty.
    pub stop_joined: bool,
    /// What it can beyond running batches: `isolation`, where the caller lives on when a job takes its worker with it, and
    /// names the job.
    pub abilities: &'static [&'static str],
    /// The workloads it runs.
    pub workloads: &'static [&'static str],
    /// The chunk policies it takes, its default first; `n` stands for any number and `auto`.
    pub chunk: &'static [&'static str],
    /// The window policies it takes, its default first; `n` stands for any number.
    pub window: &'static [&'static str],
}

impl Info {
    /// The common case, for `Info { name: .., ..Info::DEFAULT }`.
    pub const DEFAULT: Self = Self {
        name: "",
        title: "",
        kind: Kind::Threads,
        library: "std",
        mirrors: "",
        variant_of: "",
        allocator: "system",
        ordered: false,
        stop_joined: true,
        abilities: &[],
        workloads: &crate::workload::RUN_HERE,
        chunk: &["n"],
        window: &["all", "n"],
    };

    /// The one JSON object of `--describe`.
    pub fn json(&self) -> String {
        let list = |words: &[&str]| words.iter().map(|w| quoted(w)).collect::<Vec<_>>().join(",");
        format!(
            "{{\"protocol\":{VERSION},\"name\":{},\"title\":{},\"kind\":{},\"library\":{},\"version\":{},\"mirrors\":{},\
             \"variant_of\":{},\"allocator\":{},\"ordered\":{},\"stop\":{},\"abilities\":[{}],\"workloads\":[{}],\"chunk\":[{}],\"window\":[{}]}}",
            quoted(self.name),
            quoted(self.title),
            quoted(self.kind.word()),
            quoted(self.library),
            quoted(library_version(self.library)),
            quoted(self.mirrors),
            quoted(self.variant_of),
            quoted(self.allocator),
            self.ordered,
            quoted(if self.stop_joined { "joined" } else { "async" }),
            list(self.abilities),
            list(self.workloads),
            list(self.chunk),
            list(self.window),
        )
    }
}

/// The version of a library as the lock file pins it (for `std` the compiler's); empty if it is not in there.
pub fn library_version(library: &str) -> &'static str {
    const VERSIONS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/versions.rs"));
    VERSIONS.iter().find(|(name, _)| *name == library).map_or("", |(_, version)| version)
}
