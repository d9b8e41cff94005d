//! A process that runs jobs of the user's own, as poolbench drives it: this process never loads foreign code.

use std::ffi::OsString;
use std::time::Instant;

use anyhow::{Result, anyhow, ensure};
use harness::own::{Language, Own};
use serde::Deserialize;

use super::{Pool, own_folder};
use crate::process::affinity::{self, Cpus};
use crate::process::child::{Child, Heard};
use crate::process::signals::Interrupt;

/// The program that loads libraries, beside `poolbench`.
const PROGRAM: &str = "poolbench-job";
/// What loads Python modules, beside the list of the pools in Python.
const SCRIPT: &str = "poolbench_guest/own_job.py";

/// A process with the user's file in it.
#[derive(Debug)]
pub struct Runner<'a> {
    child: Child,
    interrupt: Option<&'a Interrupt>,
}

/// Why no answer came.
#[derive(Debug)]
pub enum Silent {
    /// The user wants to stop.
    Interrupted,
    /// It was waited for as long as it may take.
    TooLong,
    /// What it says, or how it ended.
    Gone(String),
}

/// What it says of its process with every answer.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub struct State {
    /// Resident memory, bytes.
    pub rss_bytes: u64,
    /// The most of it since the question, bytes.
    pub peak_bytes: u64,
    /// Threads, the first included.
    pub threads: u64,
}

/// What many jobs came to.
#[derive(Clone, Debug, Deserialize)]
pub struct Sum {
    /// Their part of a checksum, 16 hexadecimal digits.
    pub checksum: String,
    /// How many failed.
    pub failed: u64,
    /// The first that did.
    pub first_failed: Option<u64>,
    /// Time, ns.
    pub ns: u64,
    /// The process afterwards.
    #[serde(flatten)]
    pub state: State,
}

/// What single jobs came to.
#[derive(Clone, Debug, Deserialize)]
pub struct Each {
    /// Results in hexadecimal, nothing for those that failed.
    pub results: Vec<Option<String>>,
    /// Times, ns.
    pub ns: Vec<u64>,
    /// Jobs that came to different things on different threads.
    pub differing: Vec<u64>,
    /// The process afterwards.
    #[serde(flatten)]
    pub state: State,
}

/// The command of a process that runs jobs of `own`; for Python that of one of `pools` says which interpreter.
pub fn command<'a>(own: &Own, pools: impl IntoIterator<Item = &'a Pool>) -> Result<Vec<OsString>> {
    let argument = OsString::from(own.to_string());
    match own.language {
        Language::Library => {
            let program = own_folder()?.join(PROGRAM);
            ensure!(program.is_file(), "{} does not exist; build it with `make`", program.display());
            Ok(vec![program.into(), argument])
        }
        Language::Python => {
            let listed = |pool: &&Pool| pool.description.workloads.iter().any(|name| name == own.language.word());
            let guest = pools.into_iter().filter(listed).find_map(|pool| pool.guest.as_ref());
            let guest = guest.ok_or_else(|| {
                anyhow!("no pool in Python is there; name some with --pools-from guests/python/pools.toml")
            })?;
            let script = guest.globs.base.join(SCRIPT);
            ensure!(script.is_file(), "there is no {SCRIPT} beside the list of the pools in Python");
            Ok(vec![guest.command[0].clone(), script.into(), argument])
        }
    }
}

impl<'a> Runner<'a> {
    /// Starts it and waits until it has opened the user's file.
    pub fn start(
        command: &[OsString],
        env: Vec<(OsString, OsString)>,
        cpus: Option<&Cpus>,
        deadline: Instant,
        interrupt: Option<&'a Interrupt>,
    ) -> Result<(Self, State), Silent> {
        let child = affinity::pinned(cpus, || Child::spawn(command, env)).and_then(|child| child);
        let child = child.map_err(|why| Silent::Gone(format!("{why:#}")))?;
        let mut runner = Self { child, interrupt };
        let state = runner.answer(deadline)?;
        Ok((runner, state))
    }

    /// The checksum of jobs `first` to `end` - 1, shared out over so many threads.
    pub fn sum(&mut self, first: u64, end: u64, threads: u64, deadline: Instant) -> Result<Sum, Silent> {
        self.ask(&format!("sum {first} {end} {threads}\n"), deadline)
    }

    /// Every single result, which each of so many threads works out.
    pub fn each(&mut self, first: u64, end: u64, threads: u64, deadline: Instant) -> Result<Each, Silent> {
        self.ask(&format!("each {first} {end} {threads}\n"), deadline)
    }

    /// Lets it close and end; what it has printed meanwhile, on stdout or stderr.
    pub fn end(mut self, deadline: Instant) -> Result<String, Silent> {
        self.child.close_stdin();
        match self.child.exit(deadline, self.interrupt) {
            Ok(Some(status)) if status.success() => Ok(self.child.last_words()),
            Ok(Some(status)) => Err(Silent::Gone(format!("it ended with {status} while it closed"))),
            Ok(None) => Err(Silent::TooLong),
            Err(why) => Err(Silent::Gone(why.to_string())),
        }
    }

    fn ask<T: for<'de> Deserialize<'de>>(&mut self, question: &str, deadline: Instant) -> Result<T, Silent> {
        self.child.send(question.as_bytes());
        self.answer(deadline)
    }

    fn answer<T: for<'de> Deserialize<'de>>(&mut self, deadline: Instant) -> Result<T, Silent> {
        #[derive(Deserialize)]
        struct Error {
            error: String,
        }
        let line = match self.child.hear(deadline, self.interrupt) {
            Heard::Line(line) => line,
            Heard::Silence => return Err(Silent::TooLong),
            Heard::Interrupted => return Err(Silent::Interrupted),
            Heard::TooLong | Heard::Closed | Heard::Exited => return Err(self.gone(deadline)),
        };
        if let Ok(Error { error }) = serde_json::from_slice(&line) {
            return Err(Silent::Gone(error));
        }
        serde_json::from_slice(&line).map_err(|why| Silent::Gone(format!("its answer cannot be read: {why}")))
    }

    fn gone(&mut self, deadline: Instant) -> Silent {
        let how = match self.child.exit(deadline, self.interrupt) {
            Ok(Some(status)) => format!("its process ended with {status}"),
            Ok(None) => "it closed its stdout and went on running".to_owned(),
            Err(why) => why.to_string(),
        };
        let said = self.child.last_words();
        let last = said.lines().last().map_or(String::new(), |line| format!(", after it had printed '{line}'"));
        Silent::Gone(how + &last)
    }
}
