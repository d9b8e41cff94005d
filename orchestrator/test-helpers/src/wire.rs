//! The gate: says an event and waits for the reply, or what a mode does in its place.

use std::io::{self, Read as _, Write as _};

use crate::faults;
use crate::mode::Mode;

/// The exit code of a trial that ends early.
pub(crate) struct End(pub(crate) u8);

/// Says an event and waits to be told to go on.
pub(crate) fn pass(mode: Mode, gate: &str, fields: &str) -> Result<(), End> {
    if mode == Mode::StderrFlood {
        faults::flood_stderr();
    }
    let filler = if mode == Mode::LongLine { format!(",\"filler\":\"{}\"", "x".repeat(70_000)) } else { String::new() };
    let line = format!("{{\"event\":\"{gate}\",{fields}{filler}}}");
    if mode == Mode::NoLineEnd {
        let mut out = io::stdout().lock();
        let _ = write!(out, "{line}").and_then(|()| out.flush());
        drop(out);
        faults::hang();
    }
    say(&line);
    if mode.word().strip_prefix("hang-at-") == Some(gate) {
        faults::hang();
    }
    if mode == Mode::DoesNotWait { Ok(()) } else { wait(mode) }
}

/// Writes a line and flushes it; whoever has gone away does not hear it.
pub(crate) fn say(line: &str) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// Says an error, which ends the trial.
pub(crate) fn fail(kind: &str, message: &str) -> End {
    say(&format!("{{\"event\":\"error\",\"kind\":\"{kind}\",\"message\":\"{message}\"}}"));
    End(1)
}

fn wait(mode: Mode) -> Result<(), End> {
    let mut reply = Vec::new();
    let mut byte = [0];
    // Byte by byte up to the line feed: what follows belongs to the next gate.
    while reply.last() != Some(&b'\n') && reply.len() < 3 && io::stdin().read(&mut byte).is_ok_and(|count| count > 0) {
        reply.push(byte[0]);
    }
    match reply.as_slice() {
        b"go\n" => Ok(()),
        b"" if mode == Mode::IgnoresEof => faults::hang(),
        b"" => Err(End(u8::from(mode == Mode::FailsAtEof))),
        _ if mode == Mode::TakesAnyReply => Ok(()),
        _ => Err(fail("unsupported", "that was no go")),
    }
}
