//! Another user for a test: one without any right, whom nobody else on the machine is.

use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio, id};
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, Result, ensure};
use procfs::process::{Process, all_processes};
use rustix::process::{Resource, geteuid, getrlimit};

/// Numbers that neither people, packages nor systemd's dynamic users get.
const FIRST: u32 = 60_578;
const COUNT: u32 = 606;
/// Users drawn by this process.
static DRAWN: AtomicU32 = AtomicU32::new(0);

/// A user who is another one at every call, and in tests that run on this machine at the same time: limits on processes
/// count all of a user's. An error if this process may not become somebody else, or nobody else may run `program`.
pub fn stranger(program: &Path) -> Result<u32> {
    ensure!(geteuid().is_root(), "only root can become another user");
    let user = FIRST + id().wrapping_mul(7).wrapping_add(DRAWN.fetch_add(1, Ordering::Relaxed)) % COUNT;
    let mut command = Command::new(program);
    command.arg("--version").stdout(Stdio::null()).uid(user).gid(user).current_dir("/");
    let ended = command.status().with_context(|| format!("running {} as user {user}", program.display()))?;
    ensure!(ended.success(), "{} ended with {ended} as user {user}", program.display());
    Ok(user)
}

/// `prlimit` with what lets a command of `user` have at most `more` tasks beyond those that this user has now. An error if
/// the hard limit is lower than that.
pub fn tasks_beyond_present(user: u32, more: u64) -> Result<Command> {
    let most = tasks(user)? + more;
    let hard = getrlimit(Resource::Nproc).maximum.unwrap_or(u64::MAX);
    ensure!(most <= hard, "{most} processes and threads would be needed, the hard limit is {hard}");
    let mut command = Command::new("prlimit");
    command.arg(format!("--nproc={most}:{most}"));
    Ok(command)
}

/// How many processes and threads of `user` the system counts: what has been killed counts until somebody has reaped it.
fn tasks(user: u32) -> Result<u64> {
    let of_user = |process: Process| process.status().ok().filter(|status| status.ruid == user);
    let own = all_processes().context("reading /proc")?.flatten().filter_map(of_user);
    Ok(own.map(|status| status.threads.max(1)).sum())
}
