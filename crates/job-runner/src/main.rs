//! `poolbench-job`: loads one library of the user's own, runs the jobs that it is asked for, and says what came of them.
//!
//! Asked through stdin in lines of four words, it answers each with one JSON object on stdout: `sum FIRST END THREADS` for the
//! checksum of jobs FIRST to END - 1, shared out over threads; `each FIRST END THREADS` for every single result, which each of
//! the threads works out for itself. It ends with its stdin.

mod answers;
mod memory;

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::ExitCode;

use harness::own::{Library, Own};
use harness::{Error, Workload, wire_in, wire_out};
use rustix::process::{Signal, set_parent_process_death_signal};
use serde_json::{Value, json};

fn main() -> ExitCode {
    harness::forget_inherited_signals();
    // Where the system refuses it the end of stdin ends this process, between two answers.
    let _ = set_parent_process_death_signal(Some(Signal::KILL));
    let Some(own) = std::env::args().nth(1).and_then(|text| of(&text)) else {
        eprintln!("poolbench-job is started by poolbench, not by hand: `poolbench check-job PATH`");
        return ExitCode::from(2);
    };
    let library = match Library::open_for_process(&own) {
        Ok(library) => library,
        Err(Error { kind, message }) => {
            say(&json!({"error": message, "kind": kind.word()}));
            return ExitCode::FAILURE;
        }
    };
    say(&memory::added_to(json!({"open": true})));
    answer_all(&library);
    library.close();
    ExitCode::SUCCESS
}

fn of(text: &str) -> Option<Own> {
    let workload: Workload = text.parse().ok()?;
    workload.own().cloned()
}

fn answer_all(library: &Library) {
    let Ok(questions) = wire_in().try_clone_to_owned() else { return };
    for question in BufReader::new(File::from(questions)).lines().map_while(Result::ok) {
        memory::forget_peak();
        let answer =
            answers::to(library, &question).unwrap_or_else(|| json!({"error": format!("cannot read '{question}'")}));
        say(&memory::added_to(answer));
    }
}

/// One line; where nobody reads it any more the next question does not come.
fn say(answer: &Value) {
    if let Ok(output) = wire_out().try_clone_to_owned() {
        let _ = File::from(output).write_all(format!("{answer}\n").as_bytes());
    }
}
