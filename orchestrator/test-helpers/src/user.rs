//! Another user for a test: one without any right, whom nobody else on the machine is.

use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio, id};
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, Result, ensure};
use procfs::process::{Process, all_processes};
use rustix::process::{Resource, geteuid, getrlimit, getuid};

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
/// the hard limit is lower than that, or if the user has tasks that cannot be seen from here, as in another container.
pub fn tasks_beyond_present(user: u32, more: u64) -> Result<Command> {
    let present = tasks(user)?;
    let hard = getrlimit(Resource::Nproc).maximum.unwrap_or(u64::MAX);
    ensure!(present + more <= hard, "{} tasks would be needed, the hard limit is {hard}", present + more);
    let at_most = |tasks: u64| {
        let mut command = Command::new("prlimit");
        command.arg(format!("--nproc={tasks}:{tasks}"));
        command
    };
    let mut forks = at_most(present + more / 2);
    forks.args(["sh", "-c", "true & wait"]).stderr(Stdio::null()).current_dir("/");
    if user != getuid().as_raw() {
        forks.uid(user).gid(user);
    }
    ensure!(forks.status()?.success(), "user {user} has more tasks than the {present} that can be seen");
    Ok(at_most(present + more))
}

/// `program`, limited like that, as this user or, since no such limit binds root, as a stranger.
pub fn limited(program: &Path, more: u64) -> Result<Command> {
    let other = if geteuid().is_root() { Some(stranger(program)?) } else { None };
    let mut command = tasks_beyond_present(other.unwrap_or(getuid().as_raw()), more)?;
    command.arg(program);
    if let Some(user) = other {
        command.uid(user).gid(user);
    }
    Ok(command)
}

/// How many processes and threads of `user` the system counts: what has been killed counts until somebody has reaped it.
fn tasks(user: u32) -> Result<u64> {
    let of_user = |process: Process| process.status().ok().filter(|status| status.ruid == user);
    let own = all_processes().context("reading /proc")?.flatten().filter_map(of_user);
    Ok(own.map(|status| status.threads.max(1)).sum())
}
