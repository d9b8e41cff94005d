//! What is said of trials of the user's own jobs beyond what is said of all.

use std::collections::HashSet;

use crate::plan::cell::Cell;
use crate::pools::wire::Description;
use crate::process::tell;
use crate::trial::Trial;
use crate::trial::status::Status;

/// What a line of the jobs' own has at most, in characters.
const LINE: usize = 200;

/// What the Rust of a pool says on stderr of a thread whose guard page was touched.
const OVERFLOWED: &str = "overflowed its stack";
/// The library whose coroutines have small stacks; everything else runs jobs on threads.
const COROUTINES: &str = "corosensei";

/// Adds to what is said of a trial's end where that points at the jobs; `is_sound` where these jobs have been run to their end
/// before, on stacks of 2 MiB and more.
pub(super) fn explain(trial: &mut Trial, cell: &Cell, about: &Description, is_sound: bool) {
    if cell.workload.own().is_none() {
        return;
    }
    let on_small_stacks = about.library == COROUTINES && trial.done.is_none();
    let advice = match trial.status {
        Some(Status::Crashed) if trial.stderr.contains(OVERFLOWED) => {
            "; a job needs more stack than a thread of the pool has, which is 2 MiB"
        }
        Some(Status::Crashed) if is_sound && on_small_stacks && trial.message.contains("SIGSEGV") => {
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

/// Tells once what the user's own jobs have said on stdout and stderr, and each thing once that the pool says about their file.
pub(super) fn tell_of_words(spoken: &mut HashSet<String>, cell: &Cell, trial: &Trial) {
    let Some(own) = cell.workload.own() else { return };
    let (name, about_it) = (cell.workload.to_string(), format!("{} has ", own.file_name()));
    let (said, printed): (Vec<&str>, Vec<&str>) = trial.stderr.lines().partition(|line| line.starts_with(&about_it));
    for line in said {
        if spoken.insert(format!("{name}: {line}")) {
            tell(format_args!("{name}: {line}"));
        }
    }
    if let Some(line) = printed.first().filter(|_| spoken.insert(name.clone())) {
        let line: String = line.chars().take(LINE).collect();
        tell(format_args!(
            "{name} on {}: '{line}' was printed; printing takes time, and what was printed last is in notes.jsonl",
            cell.pool
        ));
    }
}
