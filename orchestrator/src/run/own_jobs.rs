//! What is said of trials of the user's own jobs beyond what is said of all.

use std::collections::HashSet;

use harness::Kind;

use crate::plan::cell::Cell;
use crate::pools::wire::Description;
use crate::process::tell;
use crate::trial::Trial;
use crate::trial::status::Status;

/// What a line of the jobs' own has at most, in characters.
const LINE: usize = 200;

/// Adds to what is said of a trial's end where that points at the jobs.
pub(super) fn explain(trial: &mut Trial, cell: &Cell, about: &Description) {
    if cell.workload.own().is_none() {
        return;
    }
    let is_green = about.kind == Kind::Green.word();
    let advice = match trial.status {
        Some(Status::Crashed) if is_green && trial.message.contains("SIGSEGV") => {
            "; its coroutines have stacks of 256 KiB, which a job that needs more overruns"
        }
        Some(Status::Crashed) => "; `poolbench check-job` runs its jobs alone",
        Some(Status::Failed) if trial.message.starts_with("failed jobs") => "; `poolbench check-job` says which",
        Some(Status::Timeout) => "; `poolbench check-job` says how long a job takes",
        Some(Status::Mismatch) => "; or its jobs are not thread-safe, which `poolbench check-job` looks for",
        _ => return,
    };
    trial.message.push_str(advice);
}

/// Tells once what the user's own jobs, or the pool about them, have said on stdout and stderr.
pub(super) fn tell_of_words(spoken: &mut HashSet<String>, cell: &Cell, trial: &Trial) {
    let name = cell.workload.to_string();
    let first = trial.stderr.lines().next().filter(|_| cell.workload.own().is_some());
    if let Some(line) = first.filter(|_| spoken.insert(name.clone())) {
        let line: String = line.chars().take(LINE).collect();
        tell(format_args!(
            "{name} on {}: '{line}' was printed; printing takes time, and what was printed last is in notes.jsonl",
            cell.pool
        ));
    }
}
