//! The pool under test: how it is called, what it says of itself, and how long anybody waits for it.

use std::ffi::OsString;
use std::time::{Duration, Instant};

use anyhow::Result;
use harness::Workload;

use super::finding::{Finding, Rule, Stop};
use crate::pools::wire::Description;
use crate::process::child::Child;
use crate::process::environment;
use crate::process::signals::Interrupt;

/// The pool under test.
#[derive(Debug)]
pub(super) struct Subject<'a> {
    /// The command that runs it, before its arguments.
    pub(super) command: &'a [OsString],
    /// What it says of itself.
    pub(super) about: Description,
    /// How long it may stay silent where it should speak.
    pub(super) patience: Duration,
    /// Whether the user wants to stop.
    pub(super) interrupt: Option<&'a Interrupt>,
    /// The web server's process, which is no trace of the pool.
    pub(super) spare: Option<i32>,
}

impl Subject<'_> {
    /// The whole command with `arguments`.
    pub(super) fn call(&self, arguments: &[String]) -> Vec<OsString> {
        call(self.command, arguments)
    }

    /// Starts it.
    pub(super) fn spawn(&self, arguments: &[String]) -> Result<Child, Stop> {
        let command = self.call(arguments);
        Child::spawn(&command, environment::minimal()).map_err(|why| {
            let expected = "a program that can be started".to_owned();
            let got = format!("{why:#}");
            let (rule, stderr, advice) = (Rule::Calling, String::new(), "");
            Stop::Broken(Box::new(Finding { rule, expected, got, advice, command, stderr, hung: false, at_once: true }))
        })
    }

    /// When patience with a pool that is waited for from now on ends.
    pub(super) fn deadline(&self) -> Instant {
        Instant::now() + self.patience
    }

    /// The plainest workload that it lists and that needs no server.
    pub(super) fn plain(&self) -> Result<Workload, Stop> {
        let listed = harness::NAMES.iter().filter(|name| self.about.workloads.iter().any(|own| own == *name));
        let mut usable = listed.filter_map(|name| name.parse().ok());
        usable.next().ok_or_else(|| Stop::Skipped("it lists no workload that runs without a web server".to_owned()))
    }
}

/// `command` with `arguments` after its own.
pub(super) fn call(command: &[OsString], arguments: &[String]) -> Vec<OsString> {
    command.iter().cloned().chain(arguments.iter().map(OsString::from)).collect()
}
