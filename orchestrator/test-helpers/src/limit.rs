//! A control group that limits a run: the test's own limit, never the machine's. Takes root.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, id};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use procfs::process::Process;

/// Where control groups are mounted.
const GROUPS: &str = "/sys/fs/cgroup";
/// How long a killed process may still be in its group.
const MOMENT: Duration = Duration::from_secs(1);
/// Limits made by this process.
static MADE: AtomicU32 = AtomicU32::new(0);

/// A limited group; removed when dropped.
#[derive(Debug)]
pub struct Limit {
    group: PathBuf,
    /// Where the run goes: with version 2 a group below, so that the groups that the run makes are below the limit too.
    home: PathBuf,
}

impl Limit {
    /// At most `most` processes and threads at once.
    pub fn processes(most: u32) -> Result<Self> {
        Self::make("pids", ["pids.max"; 2], &most.to_string())
    }

    /// At most `most` bytes of memory; where there is swap, none of that.
    pub fn memory(most: u64) -> Result<Self> {
        let limit = Self::make("memory", ["memory.limit_in_bytes", "memory.max"], &most.to_string())?;
        for (file, most) in [("memory.swap.max", 0), ("memory.memsw.limit_in_bytes", most)] {
            let swap = limit.group.join(file);
            if swap.exists() {
                fs::write(&swap, most.to_string()).with_context(|| format!("writing to {file}"))?;
            }
        }
        Ok(limit)
    }

    /// CPU time of `percent` % of a core, in periods of 100 ms.
    pub fn cpu(percent: u64) -> Result<Self> {
        let quota = percent * 1000;
        if Path::new(GROUPS).join("cpu").is_dir() {
            return Self::make("cpu", ["cpu.cfs_quota_us"; 2], &quota.to_string());
        }
        Self::make("cpu", ["cpu.max"; 2], &format!("{quota} 100000"))
    }

    fn make(controller: &str, [version_one, version_two]: [&str; 2], most: &str) -> Result<Self> {
        let name = format!("poolbench-test-{}-{}", id(), MADE.fetch_add(1, Ordering::Relaxed));
        let old = Path::new(GROUPS).join(controller);
        let (limit, file) = if old.is_dir() {
            let group = old.join(own(controller)?).join(name);
            (Self { home: group.clone(), group }, version_one)
        } else {
            let group = Path::new(GROUPS).join(name);
            (Self { home: group.join("run"), group }, version_two)
        };
        fs::create_dir_all(&limit.home).with_context(|| format!("making {}", limit.home.display()))?;
        fs::write(limit.group.join(file), most).with_context(|| format!("writing to {file}"))?;
        if limit.home != limit.group {
            fs::write(limit.group.join("cgroup.subtree_control"), "+memory +pids").context("passing on controllers")?;
        }
        Ok(limit)
    }

    /// A command that enters the group and then becomes `program`.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", "echo $$ > \"$0\" && exec \"$@\""]).arg(self.home.join("cgroup.procs")).arg(program);
        command
    }
}

impl Drop for Limit {
    fn drop(&mut self) {
        // What was killed takes a moment to leave. Somebody stays only where the test has failed, and then it says so.
        let somebody = || fs::read_to_string(self.home.join("cgroup.procs")).is_ok_and(|ids| !ids.is_empty());
        let begun = Instant::now();
        while somebody() && begun.elapsed() < MOMENT {
            sleep(Duration::from_millis(1));
        }
        for group in [&self.home, &self.group] {
            let _ = fs::remove_dir(group);
        }
    }
}

/// The group of this process in a hierarchy of version 1, as a path below its mount.
fn own(controller: &str) -> Result<String> {
    let groups = Process::myself()?.cgroups()?.0;
    let group = groups.into_iter().find(|group| group.controllers.iter().any(|name| name == controller));
    let path = group.with_context(|| format!("this process is in no group of {controller}"))?.pathname;
    Ok(path.trim_start_matches('/').to_owned())
}
