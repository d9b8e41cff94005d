//! Processes of a run wherever they are, by the mark in the environment that they were started with.

use std::ffi::OsStr;
use std::fs;

use crate::process::environment::MARK;

/// The processes that have this run's mark in the environment they were started with.
pub(super) fn marked(id: &str) -> Vec<i32> {
    let mark = format!("{MARK}={id}");
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid| has_variable(*pid, mark.as_ref())).collect()
}

fn has_variable(pid: i32, variable: &OsStr) -> bool {
    // A zombie has none.
    let environ = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
    environ.split(|byte| *byte == 0).any(|found| found == variable.as_encoded_bytes())
}
