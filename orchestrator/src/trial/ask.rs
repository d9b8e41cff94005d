//! What a trial is to do, and what must come of it.

use std::ffi::OsString;
use std::time::Duration;

use crate::guard::Guard;
use crate::process::affinity::Cpus;

/// What a trial is to do and what must come of it.
#[derive(Debug)]
pub struct Ask<'a> {
    /// The pool's command and its arguments.
    pub command: Vec<OsString>,
    /// Its whole environment.
    pub env: Vec<(OsString, OsString)>,
    /// The processors it may use.
    pub cpus: Option<&'a Cpus>,
    /// How long the trial may take.
    pub timeout: Duration,
    /// How long its batches may take, from the reply at `started`; in a race a slow one is cut off.
    pub batches_within: Option<Duration>,
    /// The pool's own name.
    pub pool: &'a str,
    /// What sees to it that nothing is left behind.
    pub guard: &'a Guard,
    /// The web server's process, which outlives the trial.
    pub server: Option<i32>,
    /// Jobs in a batch.
    pub jobs: u64,
    /// Batches.
    pub batches: u64,
    /// The shortest time that a batch can take, ns; 0 where nothing can be said.
    pub shortest_ns: u64,
    /// What the results are held against.
    pub right: Right,
}

/// What the results of a trial are held against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Right {
    /// The right checksum.
    Sum(String),
    /// Nothing: the user goes on without.
    Unchecked,
    /// Nothing, although something was looked for.
    None,
}
