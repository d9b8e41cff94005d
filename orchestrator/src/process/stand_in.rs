//! Children that were there before: a script that starts a helper and then executes `poolbench` hands it a child, and to
//! the first process of a container come all orphans. What poolbench did not start must never be taken for a pool's; so a
//! second process of it does the work, to which nothing comes but its own, and the first one waits for it.

use std::env;
use std::os::unix::process::CommandExt as _;
use std::process::{self, Command, ExitCode};

use anyhow::{Context as _, Result, ensure};
use nix::sys::signal::{SigSet, Signal, kill, raise};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use rustix::process::{WaitId, WaitIdOptions, getppid, set_parent_process_death_signal, waitid};
use signal_hook::low_level::emulate_default_handler;

use super::signals::is_ignored;
use super::tell;

/// The variable that tells the second process that it is one: the first one's process id.
const FIRST: &str = "POOLBENCH_FIRST";
/// What is passed on. Whoever stops, continues or ends the first process means the second.
const PASSED_ON: [Signal; 6] =
    [Signal::SIGHUP, Signal::SIGINT, Signal::SIGQUIT, Signal::SIGTERM, Signal::SIGTSTP, Signal::SIGCONT];

/// Goes on in a second process if this one has children already or gets all orphans; how that one ended. Nothing where this
/// process is to do the work itself.
pub fn work_elsewhere() -> Result<Option<ExitCode>> {
    if let Some(first) = env::var_os(FIRST) {
        // A first process that is killed takes this one along; the watcher then removes the rest.
        if let Err(cause) = set_parent_process_death_signal(Some(rustix::process::Signal::KILL)) {
            tell(format_args!("poolbench: if process {} is killed, this one goes on ({cause})", first.display()));
        }
        let parent = getppid().map_or(0, |pid| pid.as_raw_nonzero().get());
        ensure!(first == parent.to_string().as_str(), "the process that was to wait for this one has ended");
        return Ok(None);
    }
    if !is_first_of_all() && !has_children() {
        return Ok(None);
    }
    // Taken by `wait` below, one after another. What comes before the second process is there waits for it.
    let heard = PASSED_ON.into_iter().filter(|signal| !is_ignored(*signal as i32)).chain([Signal::SIGCHLD]);
    let heard: SigSet = heard.collect();
    heard.thread_block().context("blocking signals")?;
    let own = env::current_exe().context("finding poolbench's own executable")?;
    let mut words = env::args_os();
    let mut command = Command::new(own);
    command.arg0(words.next().unwrap_or_default()).args(words).env(FIRST, process::id().to_string());
    // A group of its own: of what a terminal sends it gets one each, passed on, and not both.
    let second = command.process_group(0).spawn().context("starting a second process of poolbench")?;
    let status = end_of(Pid::from_raw(second.id().cast_signed()), &heard)?;
    heard.thread_unblock().context("unblocking signals")?;
    Ok(Some(match status {
        WaitStatus::Exited(_, code) => ExitCode::from(u8::try_from(code).unwrap_or(2)),
        WaitStatus::Signaled(_, signal, _) => {
            // Whoever waits for this process sees what has become of that one.
            let _ = emulate_default_handler(signal as i32);
            ExitCode::from(2)
        }
        _ => ExitCode::from(2),
    }))
}

/// Whether this is the first process of a container, to which the orphans of all others come.
fn is_first_of_all() -> bool {
    process::id() == 1
}

/// Whether there is any child, ended or not.
fn has_children() -> bool {
    waitid(WaitId::All, WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT).is_ok()
}

/// Passes signals on until the second process has ended; how it has.
fn end_of(second: Pid, heard: &SigSet) -> Result<WaitStatus> {
    loop {
        let signal = heard.wait().context("waiting for signals")?;
        if signal == Signal::SIGCHLD {
            if let Some(status) = reaped(second) {
                return Ok(status);
            }
            continue;
        }
        // It cannot have gone: it is not reaped yet.
        let _ = kill(second, signal);
        if signal == Signal::SIGTSTP {
            // Until somebody continues this process, which is passed on in its turn.
            let _ = raise(Signal::SIGSTOP);
        }
    }
}

/// How the second process has ended, if it has. Children that were there before are reaped only by the first process of a
/// container, whose duty that is: anywhere else their numbers may still mean something to whoever started them.
fn reaped(second: Pid) -> Option<WaitStatus> {
    let whom = if is_first_of_all() { None } else { Some(second) };
    loop {
        match waitpid(whom, Some(WaitPidFlag::WNOHANG)) {
            Ok(WaitStatus::StillAlive) | Err(_) => return None,
            Ok(status) if status.pid() == Some(second) => return Some(status),
            Ok(_) => {}
        }
    }
}
