//! The run's own web server: started once, told the delay of each trial, asked what it saw through its stdin.

use std::ffi::OsString;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use harness::Span;
use serde::Deserialize;

use crate::pools;
use crate::process::child::{Child, Heard};
use crate::process::{affinity, environment};

/// How long the server may take over one line.
const PATIENCE: Duration = Duration::from_secs(5);

/// A running `poolbench-server`.
#[derive(Debug)]
pub struct WebServer {
    child: Child,
    url: String,
    delay: Option<Span>,
}

/// What the server saw since the last reset.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub struct Seen {
    /// Complete requests.
    pub requests: u64,
    /// The most requests open at once.
    pub max_open: u64,
}

impl WebServer {
    /// Starts the server beside `poolbench` on a free port, pinned to `cpus` if any are named.
    pub fn start(cpus: Option<&affinity::Cpus>) -> Result<Self> {
        let path = pools::own_folder()?.join("poolbench-server");
        ensure!(path.is_file(), "{} does not exist; build it with `make`", path.display());
        let command: [OsString; 1] = [path.into_os_string()];
        let mut child = affinity::pinned(cpus, || Child::spawn(&command, environment::minimal()))??;
        let line = line(&mut child).context("starting the web server")?;
        let address = line.strip_prefix("listening ").with_context(|| format!("the web server said '{line}'"))?;
        Ok(Self { url: format!("http://{address}/"), child, delay: None })
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its process id.
    pub fn pid(&self) -> i32 {
        self.child.pid()
    }

    /// Holds every answer back for `delay` from now on.
    pub fn set_delay(&mut self, delay: Span) -> Result<()> {
        if self.delay != Some(delay) {
            let answer = self.ask(&format!("delay {delay}\n"))?;
            ensure!(answer.contains("\"ok\":true"), "the web server refuses a delay of {delay}: {answer}");
            self.delay = Some(delay);
        }
        Ok(())
    }

    /// Starts counting from zero.
    pub fn reset(&mut self) -> Result<()> {
        self.ask("reset\n").map(|_| ())
    }

    /// What it saw since the last reset.
    pub fn seen(&mut self) -> Result<Seen> {
        let answer = self.ask("stats\n")?;
        serde_json::from_str(&answer).with_context(|| format!("reading the web server's counts '{answer}'"))
    }

    fn ask(&mut self, question: &str) -> Result<String> {
        self.child.send(question.as_bytes());
        line(&mut self.child).with_context(|| format!("asking the web server for '{}'", question.trim()))
    }
}

impl Drop for WebServer {
    fn drop(&mut self) {
        // It ends when its stdin does; a second covers its drain when nobody waits for an answer.
        self.child.close_stdin();
        let _ = self.child.exit(Instant::now() + Duration::from_secs(1), None);
    }
}

fn line(child: &mut Child) -> Result<String> {
    match child.hear(Instant::now() + PATIENCE, None) {
        Heard::Line(line) => Ok(String::from_utf8_lossy(&line).into_owned()),
        Heard::Silence => bail!("the web server does not answer"),
        _ => bail!("the web server is gone: {}", child.last_words()),
    }
}
