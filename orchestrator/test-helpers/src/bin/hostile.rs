//! `hostile WAY [pool arguments...]`: a pool that refuses to die, in one of many ways.

use std::io::{self, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode, Stdio, exit};
use std::thread::sleep;
use std::time::{Duration, Instant};

use test_helpers::gates::{Phase, speak};
use test_helpers::runaway::{deaf, escape, multiply};

const WAYS: &str = "\
  escape          leaves processes in sessions and groups of their own, which ignore TERM, INT and HUP
  escape-hang     the same, and hangs in the batch
  hang-birth      never says ready
  hang-start      hangs after ready
  hang-batch      hangs after started
  hang-stop       hangs after done
  bomb            forks without end in the batch
  bomb-birth      forks without end before ready
  closed          leaves such processes, closes its stdout in the batch and hangs
  flood           leaves such processes and floods its stdout in the batch
";

/// Longer than any test lasts, and still an end if a test fails.
const LONG: Duration = Duration::from_mins(2);

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let Some(way) = words.first().filter(|way| WAYS.lines().any(|line| line.split_whitespace().next() == Some(way)))
    else {
        eprint!("hostile WAY [pool arguments...], where WAY is one of\n{WAYS}");
        return ExitCode::from(2);
    };
    deaf();
    speak(way, &words, |phase| act(way, phase));
    ExitCode::SUCCESS
}

fn act(way: &str, phase: Phase) {
    let (what, when) = way.split_once('-').unwrap_or((way, ""));
    match (what, when, phase) {
        ("escape" | "closed" | "flood", _, Phase::Birth | Phase::Start) => escape(LONG),
        ("escape", "hang", Phase::Batch)
        | ("hang", "birth", Phase::Birth)
        | ("hang", "start", Phase::Start)
        | ("hang", "batch", Phase::Batch)
        | ("hang", "stop", Phase::Stop) => hang(),
        ("bomb", "", Phase::Batch) | ("bomb", "birth", Phase::Birth) => multiply(Instant::now() + LONG / 2),
        ("closed", _, Phase::Batch) => {
            // The same process goes on as another program, which has neither end of the gate.
            let mut command = Command::new("sleep");
            command.arg(LONG.as_secs().to_string()).stdin(Stdio::null()).stdout(Stdio::null());
            panic!("sleep cannot be executed: {}", command.exec());
        }
        ("flood", _, Phase::Batch) => flood(),
        // A batch that takes a moment, so that it can be met in the middle.
        (_, _, Phase::Batch) => sleep(Duration::from_millis(20)),
        _ => {}
    }
}

fn hang() {
    sleep(LONG);
    exit(1);
}

fn flood() {
    let part = [b'x'; 4096];
    while io::stdout().write_all(&part).is_ok() {}
    hang();
}
