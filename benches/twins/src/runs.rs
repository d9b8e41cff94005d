//! Running the programs under comparison: found beside this one, their CPU time and output taken when they end.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;
use std::{env, fs};

use anyhow::{Context as _, Result, ensure};
use wait4::Wait4 as _;

/// The machine's load averages: what others run at the same time disturbs the figures.
pub fn load() -> String {
    fs::read_to_string("/proc/loadavg").unwrap_or_default().split(' ').take(3).collect::<Vec<_>>().join(" ")
}

/// A program beside this one.
pub fn beside(name: &str) -> Result<PathBuf> {
    let path = env::current_exe()?.with_file_name(name);
    ensure!(path.is_file(), "{name} is not beside this program: build the workspace first");
    Ok(path)
}

/// User and system time of one whole run of a program that reads `input`, its threads included; it must end well.
pub fn cpu_time(program: &str, args: &[&str], input: &str) -> Result<Duration> {
    let mut command = Command::new(beside(program)?);
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::null());
    let mut child = command.spawn().with_context(|| format!("starting {program}"))?;
    // The few bytes fit the pipe; a program that does not read them is judged by its exit status.
    let _ = child.stdin.take().map(|mut stdin| stdin.write_all(input.as_bytes()));
    let ended = child.wait4().with_context(|| format!("waiting for {program}"))?;
    ensure!(ended.status.success(), "{program} {}: {}", args.join(" "), ended.status);
    Ok(ended.rusage.utime + ended.rusage.stime)
}

/// What one whole run of a program prints; it must end well.
pub fn printed(program: &str, args: &[&str]) -> Result<String> {
    let output = Command::new(beside(program)?).args(args).stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let output = output.with_context(|| format!("running {program}"))?;
    ensure!(output.status.success(), "{program} {}: {}", args.join(" "), output.status);
    Ok(String::from_utf8(output.stdout)?)
}
