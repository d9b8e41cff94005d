//! What a run has left on the machine: processes, by the folder that they work in, and control groups, by its id.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, Result};
use procfs::process::{Process, all_processes};

/// Where control groups are mounted.
const GROUPS: &str = "/sys/fs/cgroup";
/// Limits made by this process.
static MADE: AtomicU32 = AtomicU32::new(0);

/// Everything that the run with process id `run` in `folder` has left. Nothing of `poolbench`'s own tells it: every pool and
/// whatever it forks has the folder as its own, since none of the helpers leaves it.
pub(super) fn of(run: u32, folder: &Path) -> Result<Vec<String>> {
    let folder = folder.canonicalize()?;
    let id = format!("{run:08x}");
    let is_left = |process: &Process| {
        let works_here = process.cwd().is_ok_and(|cwd| cwd == folder);
        let words = process.cmdline().unwrap_or_default();
        works_here || words.iter().any(|word| word.len() == 16 && word.starts_with(&id))
    };
    let processes = all_processes()?.flatten().filter(is_left);
    let mut left: Vec<String> = processes.map(|process| describe(&process)).collect();
    left.extend(
        groups(Path::new(GROUPS), &format!("poolbench-run-{id}")).iter().map(|path| path.display().to_string()),
    );
    Ok(left)
}

fn describe(process: &Process) -> String {
    let state = process.stat().map_or('?', |stat| stat.state);
    format!("process {} {state} {}", process.pid(), process.cmdline().unwrap_or_default().join(" "))
}

fn groups(folder: &Path, prefix: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let below = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())).map(|entry| entry.path());
    below
        .flat_map(|path| {
            let named = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(prefix));
            if named { vec![path] } else { groups(&path, prefix) }
        })
        .collect()
}

/// A control group of its own that limits processes, for a test that has a fork bomb in it.
#[derive(Debug)]
pub(super) struct ProcessLimit {
    group: PathBuf,
    /// Where the run goes: with version 2 a group below, so that the groups that the run makes are below the limit too.
    home: PathBuf,
}

impl ProcessLimit {
    /// Takes the pids controller, of version 1 or 2.
    pub(super) fn make(most: u32) -> Result<Self> {
        let name = format!("poolbench-test-{}-{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        let version_one = Path::new(GROUPS).join("pids");
        let (group, home) = if version_one.is_dir() {
            (version_one.join(&name), version_one.join(&name))
        } else {
            (Path::new(GROUPS).join(&name), Path::new(GROUPS).join(&name).join("run"))
        };
        let limit = Self { group, home };
        fs::create_dir_all(&limit.home).with_context(|| format!("making {}", limit.home.display()))?;
        fs::write(limit.group.join("pids.max"), most.to_string()).context("limiting processes")?;
        if limit.home != limit.group {
            fs::write(limit.group.join("cgroup.subtree_control"), "+memory +pids").context("passing on controllers")?;
        }
        Ok(limit)
    }

    /// A command that enters the group and then becomes `program`.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", "echo $$ > \"$0\" && exec \"$@\""]).arg(self.home.join("cgroup.procs")).arg(program);
        command
    }
}

impl Drop for ProcessLimit {
    fn drop(&mut self) {
        // Empty unless the test has failed, and then it says so itself.
        for group in [&self.home, &self.group] {
            let _ = fs::remove_dir(group);
        }
    }
}
