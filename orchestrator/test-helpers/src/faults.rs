//! Faults that go beyond a wrong word: hanging, flooding, dying, and processes and threads that stay.

use std::io::{self, Write};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio, exit, id};
use std::thread;
use std::time::Duration;

use crate::mode::Mode;
use crate::wire::{End, fail, say};

/// Longer than any test waits, short enough to end by itself if a test is killed.
const LONG: &str = "120";

/// Bells, colours, a second set of controls, a change of direction, a cell, code and HTML.
const STEERS: &str = "\u{7}\u{1b}[31m\u{9b}2J\u{202e}|`<b>";
/// The same in a string of JSON, with line ends.
pub(crate) const STEERS_IN_JSON: &str = "\\u0007\\u001b[31m\u{9b}2J\u{202e}|`<b>\\r\\nnext";

/// Never comes back.
pub(crate) fn hang() -> ! {
    loop {
        thread::sleep(Duration::from_secs(1));
    }
}

/// What happens in place of `ready`.
pub(crate) fn before_ready(mode: Mode) {
    match mode {
        Mode::Rubbish => say("hello, is anybody there?"),
        Mode::Nothing => exit(0),
        Mode::SilentHang => hang(),
        Mode::Flood => flood(&[b'x'; 4096]),
        Mode::FloodLines => flood(&b"a line\n".repeat(500)),
        _ => {}
    }
}

/// What happens in place of `started`.
pub(crate) fn before_started(mode: Mode) -> Result<(), End> {
    match mode {
        Mode::Limit => Err(fail("limit", "started 7 of 100 threads")),
        Mode::Unsupported => Err(fail("unsupported", "this pool cannot do that")),
        Mode::Internal => Err(fail("internal", "a worker died")),
        Mode::Steers => {
            let [own, here] = [std::env::current_exe(), std::env::current_dir()].map(Result::unwrap_or_default);
            let folders = format!("{} {} {}", own.display(), here.display(), std::env::var("HOME").unwrap_or_default());
            eprintln!("{folders}\nstderr {STEERS}\r\n\u{1b}[2J");
            Err(fail("internal", &format!("message {STEERS_IN_JSON} in {folders}")))
        }
        _ => Ok(()),
    }
}

/// What happens in place of `done`.
pub(crate) fn before_done(mode: Mode) {
    match mode {
        Mode::EarlyExit => exit(3),
        Mode::Killed => {
            let _ = Command::new("sh").args(["-c", &format!("kill -9 {}", id())]).status();
            hang();
        }
        Mode::StderrEndless => loop {
            flood_stderr();
        },
        Mode::ClosesStdout => {
            // Another program in the same process, which has neither end of the gate.
            let _ = sleeper().exec();
        }
        _ => {}
    }
}

/// A worker process for the modes that have one.
pub(crate) fn worker(mode: Mode) -> io::Result<Option<Child>> {
    match mode {
        Mode::EarlyWorker => sleeper().spawn().map(Some),
        Mode::WorkerHoldsGate => sleeper().stdin(Stdio::inherit()).stdout(Stdio::inherit()).spawn().map(Some),
        _ => Ok(None),
    }
}

/// Ends the worker.
pub(crate) fn dismiss(worker: Option<Child>) {
    if let Some(mut worker) = worker {
        let _ = worker.kill();
        let _ = worker.wait();
    }
}

/// Leaves a process in a group of its own, or as many threads as workers.
pub(crate) fn leave(mode: Mode, workers: u64) -> io::Result<()> {
    match mode {
        Mode::Grandchild => sleeper().process_group(0).spawn().map(drop),
        Mode::ThreadsLeft => {
            (0..workers).for_each(|_| drop(thread::spawn(|| hang())));
            Ok(())
        }
        _ => Ok(()),
    }
}

/// What happens when all gates are passed.
pub(crate) fn at_end(mode: Mode) {
    match mode {
        Mode::BabbleAfterStopped => say("one more thing"),
        Mode::FloodAfterStopped => flood(&b"a line\n".repeat(500)),
        _ => {}
    }
}

/// Writes a MiB to stderr.
pub(crate) fn flood_stderr() {
    let mut err = io::stderr().lock();
    for _ in 0..256 {
        let _ = err.write_all(&[b'e'; 4096]);
    }
}

fn sleeper() -> Command {
    let mut command = Command::new("sleep");
    command.arg(LONG).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn flood(part: &[u8]) -> ! {
    let mut out = io::stdout().lock();
    while out.write_all(part).is_ok() {}
    exit(1);
}
