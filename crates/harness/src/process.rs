//! Worker processes: the command that re-executes this pool as a worker of the same batch, and its life line.

use std::io;
use std::process::Command;

use rustix::process::{Signal, set_parent_process_death_signal};

use crate::jobs::Jobs;

/// This pool's own executable, told to be a worker of the same jobs. The caller sets its stdin and stdout; the ends of
/// the gate must not be inherited.
pub fn worker_command(jobs: &Jobs) -> io::Result<Command> {
    let shape = jobs.shape();
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("--worker");
    let options = [
        ("--workload", shape.workload.to_string()),
        ("--jobs", shape.jobs.to_string()),
        ("--workers", shape.workers.to_string()),
        ("--chunk", shape.chunk.to_string()),
        ("--window", shape.window.to_string()),
    ];
    for (option, value) in options {
        command.args([option, &value]);
    }
    if shape.spin_rate > 0 {
        command.args(["--spin-rate", &shape.spin_rate.to_string()]);
    }
    Ok(command)
}

/// Asks the kernel to kill this process when the thread that started it ends. Should the parent have died before this
/// call, the end of file on stdin ends the process instead.
pub(crate) fn die_with_parent() -> io::Result<()> {
    Ok(set_parent_process_death_signal(Some(Signal::KILL))?)
}
