//! What a run has left on the machine: processes, by the folder that they work in, and control groups, by its id.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use procfs::process::{Process, all_processes};

/// Where control groups are mounted.
const GROUPS: &str = "/sys/fs/cgroup";

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
