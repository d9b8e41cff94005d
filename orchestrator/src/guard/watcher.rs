//! A second process of `poolbench` that outlives the first: should that be killed, it ends and removes what is left.

use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use clap::{Arg, ArgMatches, value_parser};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};

use super::cgroup;
use super::marked::marked;

/// The hidden command of `poolbench`.
pub const COMMAND: &str = "watch";
/// What the watcher says when it is there.
const THERE: &[u8] = b"watching\n";
/// What it is told when nothing is left to do.
const DISMISSED: &[u8] = b"dismissed\n";
/// Between two looks for marked processes: one that was about to execute a pool shows its mark only then.
const SECOND_LOOK: Duration = Duration::from_millis(100);

/// The watcher as its run sees it.
#[derive(Debug)]
pub struct Watcher(Child);

impl Watcher {
    /// Starts `poolbench` as the watcher of the run `id`, whose groups are at `groups`.
    pub fn start<'a>(poolbench: &Path, id: &str, groups: impl Iterator<Item = &'a Path>) -> Result<Self> {
        let mut command = Command::new(poolbench);
        command.env_clear().arg(COMMAND).arg(id).args(groups).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().context("starting the watcher")?;
        let mut said = Vec::new();
        let stdout = child.stdout.take().context("the watcher has no stdout")?;
        let heard = stdout.take(THERE.len() as u64).read_to_end(&mut said);
        heard.context("waiting for the watcher")?;
        ensure!(said == THERE, "the watcher did not start; see above");
        Ok(Self(child))
    }

    /// Its process id.
    pub fn pid(&self) -> i32 {
        self.0.id().cast_signed()
    }

    /// How it ended, if it has; it is reaped then.
    pub fn end(&mut self) -> Option<String> {
        match self.0.try_wait() {
            Ok(None) => None,
            Ok(Some(status)) => Some(format!("has ended ({status})")),
            Err(cause) => Some(format!("is lost ({cause})")),
        }
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        // A watcher that has gone needs no dismissal.
        if let Some(mut stdin) = self.0.stdin.take() {
            let _ = stdin.write_all(DISMISSED);
        }
        let _ = self.0.wait();
    }
}

/// The hidden command line.
pub fn command() -> clap::Command {
    clap::Command::new(COMMAND)
        .hide(true)
        .arg(Arg::new("id").required(true))
        .arg(Arg::new("group").num_args(0..).value_parser(value_parser!(PathBuf)))
}

/// What the watcher does: waits until its run dismisses it or dies. Only the run holds the other end of its stdin.
pub fn watch(matches: &ArgMatches) -> Result<()> {
    // Whoever stops the run by its group or terminal must not stop the watcher.
    rustix::process::setsid().context("leaving the session")?;
    for signal in [SIGHUP, SIGINT, SIGQUIT, SIGTERM] {
        signal_hook::flag::register(signal, Arc::new(AtomicBool::new(false)))?;
    }
    // So that no file system is kept busy.
    std::env::set_current_dir("/").context("leaving the folder")?;
    // A run that has died already does not hear this; what it has left is to be removed all the same.
    let _ = io::stdout().write_all(THERE).and_then(|()| io::stdout().flush());
    let mut told = Vec::new();
    io::stdin().read_to_end(&mut told).context("waiting for the end of the run")?;
    if told != DISMISSED {
        let id: &String = matches.get_one("id").context("no id")?;
        clean_up(id, matches.get_many("group").into_iter().flatten().map(PathBuf::as_path))?;
    }
    Ok(())
}

fn clean_up<'a>(id: &str, mut groups: impl Iterator<Item = &'a Path> + Clone) -> Result<()> {
    // A look over all processes is not one moment, and a fork bomb may hide from it: two in a row must find nothing.
    let (begun, mut quiet) = (Instant::now(), 0);
    while quiet < 2 && begun.elapsed() < cgroup::LONGEST_KILL {
        groups.clone().for_each(cgroup::kill);
        quiet = if cgroup::kill_all(|| marked(id)) == 0 { quiet + 1 } else { 0 };
        sleep(SECOND_LOOK);
    }
    groups.try_for_each(|group| cgroup::remove(group).with_context(|| format!("removing {}", group.display())))
}
