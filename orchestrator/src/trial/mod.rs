//! One trial: a fresh pool process through its gates, observed at each of them.

mod gates;
mod verdict;

use std::ffi::OsString;
use std::time::Duration;

use anyhow::Result;
use harness::protocol::Done;

use crate::affinity::{self, Cpus};
use crate::cgroup::{Group, Version};
use crate::child::Child;
use crate::guard::Guard;
use crate::observe::{Disturbance, Reading, Work, sweep};
use crate::signals::Interrupt;
use crate::status::Status;
use crate::webserver::{Seen, WebServer};
use verdict::End;

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
    /// The right checksum.
    pub checksum: String,
}

/// What came of a trial; what was not reached is not there.
#[derive(Debug, Default)]
pub struct Trial {
    /// How it ended; `None` while it runs.
    pub status: Option<Status>,
    /// What is to be said of that.
    pub message: String,
    /// The pool's last words on stderr.
    pub stderr: String,
    /// Time of `start`, ns.
    pub start_ns: Option<u64>,
    /// What the pool says of its batches.
    pub done: Option<Done>,
    /// Time of `stop`, ns.
    pub stop_ns: Option<u64>,
    /// From spawn to exit without the pauses at gates, ns.
    pub process_ns: Option<u64>,
    /// From the reply to `started` to the receipt of `done`, ns.
    pub window_ns: Option<u64>,
    /// Summed resident memory at `ready`, `started` and `stopped`, bytes.
    pub rss: [Option<u64>; 3],
    /// Everything read at `done`, or before a pool that hangs is killed.
    pub reading: Option<Reading>,
    /// The most memory of the whole tree at once up to `done`, or up to its end if that came before, in bytes; only
    /// where the trial had a control group that counts memory.
    pub charged_peak: Option<u64>,
    /// What of that the pool had brought along and given back by `done`, in bytes: whether before the peak, nobody knows.
    pub given_back: u64,
    /// Where that comes from.
    pub peak_version: Option<Version>,
    /// Work over the window.
    pub work: Option<Work>,
    /// What else used the machine over the window.
    pub disturbance: Option<Disturbance>,
    /// What the web server saw over the window.
    pub seen: Option<Seen>,
    /// Connections dropped by the system over the window.
    pub overflows: Option<u64>,
}

/// Runs one trial to its end, good or bad; nothing of it is left running.
pub fn run(ask: &Ask, server: Option<&mut WebServer>, interrupt: &Interrupt) -> Trial {
    let keep: Vec<i32> = ask.server.into_iter().chain([ask.guard.watcher()]).collect();
    let mut trial = go(ask, server, interrupt, &keep).unwrap_or_else(|why| {
        let End(status, message) = verdict::not_started(&why);
        Trial { status: Some(status), message, ..Trial::default() }
    });
    let strays = sweep(&keep);
    if strays > 0 {
        trial.add(&format!("it left {strays} processes behind, which were killed"));
    }
    trial
}

fn go(ask: &Ask, server: Option<&mut WebServer>, interrupt: &Interrupt, keep: &[i32]) -> Result<Trial> {
    let mut group = ask.guard.groups().trial()?;
    let child = affinity::pinned(ask.cpus, || Child::spawn(&ask.command, ask.env.clone()))??;
    let mut trial = gates::Driver::new(ask, child, group.as_ref(), keep, server, interrupt).drive();
    match group.as_mut().map_or(Ok(0), Group::end) {
        Ok(0) => {}
        Ok(left) => trial.add(&format!("it left {left} processes in its control group, which were killed")),
        Err(why) => trial.add(&format!("it left something behind: {why:#}")),
    }
    Ok(trial)
}

impl Trial {
    /// Adds to what is to be said.
    fn add(&mut self, what: &str) {
        let separator = if self.message.is_empty() { "" } else { "; " };
        self.message = format!("{}{separator}{what}", self.message);
    }
}
