//! The siege of a run: hostile pools, a blow at some moment, and then the look at what is left.

mod left;
mod rows;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::limit::Limit;
use crate::stoppable::make_children_stoppable;
use crate::user::tasks_beyond_present;

/// The ways of `hostile` that are tried.
pub const WAYS: [&str; 10] = [
    "escape",
    "escape-hang",
    "hang-birth",
    "hang-start",
    "hang-batch",
    "hang-stop",
    "bomb",
    "bomb-birth",
    "closed",
    "flood",
];
/// How long `poolbench` and what it started may take to go once they have to.
const PATIENCE: Duration = Duration::from_secs(40);
/// Processes that a run with a fork bomb in it may have at once: the test's own limit, not the machine's.
const MOST_PROCESSES: u32 = 80;

/// Rows of a whole run: 2 pools at 2 sizes in 2 blocks, since what hangs in two is not tried in a third.
pub const ROWS: usize = 2 * 2 * 2;

/// What ends a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blow {
    /// Only the trials' own time limit.
    Timeout,
    /// A signal to the orchestrator.
    Signal(Signal),
}

/// How a run is besieged.
#[derive(Debug)]
pub struct Siege<'a> {
    /// The orchestrator, with `hostile` and the pools beside it.
    pub poolbench: &'a Path,
    /// The user it runs as, if not this one.
    pub user: Option<u32>,
    /// What its pool does.
    pub way: &'static str,
    /// What ends it.
    pub blow: Blow,
    /// When, after its start.
    pub moment: Duration,
}

/// One run under siege and its folder.
struct Camp<'a> {
    siege: &'a Siege<'a>,
    folder: TempDir,
}

impl Siege<'_> {
    /// Whether the machine is safe from it: an error says why no limit can be set around a fork bomb. What an ordinary user
    /// has besides comes and goes, so that only a user who has nothing else can be limited as such.
    pub fn is_bounded(&self) -> Result<()> {
        match self.user {
            _ if !self.is_bomb() => Ok(()),
            Some(user) => tasks_beyond_present(user, MOST_PROCESSES.into()).map(drop),
            None => Limit::processes(MOST_PROCESSES).map(drop),
        }
    }

    fn is_bomb(&self) -> bool {
        self.way.starts_with("bomb")
    }

    /// Runs, strikes, looks at what is left, resumes, and looks again. How many rows the blow left; an error says what
    /// survived or was lost.
    pub fn lay(&self) -> Result<usize> {
        let camp = Camp::pitch(self)?;
        let rows = camp.strike().and_then(|()| camp.resume());
        rows.with_context(|| format!("{} {:?} after {:?}: {}", self.way, self.blow, self.moment, camp.stderr()))
    }
}

impl<'a> Camp<'a> {
    fn pitch(siege: &'a Siege) -> Result<Self> {
        let folder = TempDir::new()?;
        fs::set_permissions(folder.path(), Permissions::from_mode(0o777))?;
        let hostile = siege.poolbench.with_file_name("hostile");
        ensure!(hostile.is_file(), "{} does not exist; `make test` builds it", hostile.display());
        let way = siege.way;
        let list = format!("[[pool]]\nname = \"{way}\"\ncommand = [\"{}\", \"{way}\"]\n", hostile.display());
        fs::write(folder.path().join("pools.toml"), list)?;
        Ok(Self { siege, folder })
    }

    /// Runs and strikes; an error if anything is left.
    fn strike(&self) -> Result<()> {
        let pools = format!("{},serial", self.siege.way);
        let words =
            ["run", "--pools", &pools, "--workload", "noop", "--jobs", "1,2", "--batches", "1", "--blocks", "1"];
        let more = ["--twin", "none", "--timeout", "150ms", "--out", "r", "--host", "test", "--seed", "1"];
        let (mut command, _limit) = self.command(&[&words[..], &more].concat())?;
        let mut run = command.spawn().context("starting poolbench")?;
        if let Blow::Signal(signal) = self.siege.blow {
            sleep(self.siege.moment);
            if let Some(pid) = Pid::from_raw(run.id().cast_signed()) {
                // It may have ended already.
                let _ = kill_process(pid, signal);
            }
        }
        self.ended(&mut run).map(drop)
    }

    /// Goes on to the end; the rows that were there before.
    fn resume(&self) -> Result<usize> {
        let run = self.folder.path().join("r");
        if !run.join("trials.csv").exists() {
            return Ok(0);
        }
        let rows = rows::unbroken(&run)?;
        let (mut command, _limit) = self.command(&["resume", "r"])?;
        let status = self.ended(&mut command.spawn().context("starting poolbench")?)?;
        ensure!(matches!(status.code(), Some(0 | 1)), "resume ended with {status}");
        rows::whole(&run, ROWS)?;
        Ok(rows)
    }

    /// A command of `poolbench`, and what must be kept while it runs. Each gets a limit of its own: what has been killed counts
    /// in the last one until init has reaped it.
    fn command(&self, words: &[&str]) -> Result<(Command, Option<Limit>)> {
        make_children_stoppable();
        let path = self.folder.path();
        let needs_limit = self.siege.is_bomb() && self.siege.user.is_none();
        let limit = needs_limit.then(|| Limit::processes(MOST_PROCESSES)).transpose()?;
        let mut command = match (&limit, self.siege.user) {
            (Some(limit), _) => limit.command(self.siege.poolbench),
            // Does not bind root.
            (None, Some(user)) if self.siege.is_bomb() => {
                let mut command = tasks_beyond_present(user, MOST_PROCESSES.into())?;
                command.arg(self.siege.poolbench);
                command
            }
            (None, _) => Command::new(self.siege.poolbench),
        };
        command.args(words).args(["--pools-from", "pools.toml"]).current_dir(path).stdout(Stdio::null());
        command.stderr(fs::OpenOptions::new().append(true).create(true).open(path.join("stderr"))?);
        if let Some(user) = self.siege.user {
            command.uid(user).gid(user);
        }
        Ok((command, limit))
    }

    /// Waits for the orchestrator and then for the last of what it has started.
    fn ended(&self, run: &mut Child) -> Result<ExitStatus> {
        let began = Instant::now();
        let status = loop {
            match run.try_wait()? {
                Some(status) => break status,
                None if began.elapsed() > PATIENCE => {
                    run.kill()?;
                    run.wait()?;
                    bail!("poolbench did not end");
                }
                None => sleep(Duration::from_millis(2)),
            }
        };
        let began = Instant::now();
        loop {
            let left = left::of(run.id(), self.folder.path())?;
            if left.is_empty() {
                return Ok(status);
            }
            if began.elapsed() > PATIENCE {
                bail!("left after {status}: {}", left.join("; "));
            }
            sleep(Duration::from_millis(5));
        }
    }

    fn stderr(&self) -> String {
        fs::read_to_string(self.folder.path().join("stderr")).unwrap_or_default()
    }
}
