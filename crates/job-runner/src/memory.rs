//! What the process takes of memory and threads, as the kernel counts it; added to every answer.

use std::fs;

use serde_json::{Value, json};

/// Lets the kernel's peak begin anew. Some containers refuse that; the peak is then that of the whole life.
pub(crate) fn forget_peak() {
    let _ = fs::write("/proc/self/clear_refs", "5");
}

/// `answer` with resident memory, its peak since the question, bytes, and threads.
pub(crate) fn added_to(mut answer: Value) -> Value {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let number = |name: &str| -> Option<u64> {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse().ok()
    };
    let bytes = |name: &str| number(name).map(|kib| kib * 1024);
    answer["rss_bytes"] = json!(bytes("VmRSS:"));
    answer["peak_bytes"] = json!(bytes("VmHWM:"));
    answer["threads"] = json!(number("Threads:"));
    answer
}
