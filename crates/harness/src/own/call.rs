//! A library as a pool's process has it: loaded behind private descriptors, watched while it opens.

use std::collections::BTreeSet;
use std::fs;

use nix::sys::signal::Signal;

use super::{Library, Own};
use crate::error::Result;
use crate::signals::forget_inherited_signals;
use crate::stdio;
use crate::threads::threads_up;

impl Library {
    /// Opens the library of `own` for this process: what it prints goes to stderr and what it reads is nothing. What it does
    /// to the process while it opens is said on stderr; an ignored SIGCHLD, under which no pool could wait for its workers, is
    /// undone.
    pub fn open_for_process(own: &Own) -> Result<Self> {
        stdio::keep_private()?;
        let before = (handled(), threads_up().unwrap_or(0));
        let library = Self::open(own)?;
        let threads = threads_up().unwrap_or(0).saturating_sub(before.1);
        let changed: BTreeSet<String> =
            handled().symmetric_difference(&before.0).map(|(_, signal)| name(*signal)).collect();
        if threads > 0 {
            stdio::complaint(&format!("{} has started threads of its own: {threads}", own.file_name()));
        }
        if !changed.is_empty() {
            stdio::complaint(&format!(
                "{} has changed what signals do: {}",
                own.file_name(),
                Vec::from_iter(changed).join(", ")
            ));
            forget_inherited_signals();
        }
        Ok(library)
    }
}

/// What glibc keeps for its threads, and handles from the first one on.
const OF_THREADS: [i32; 2] = [32, 33];

/// The signals that are not left to the kernel, each with whether it is handled (else it is ignored).
fn handled() -> BTreeSet<(bool, i32)> {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = |name: &str| {
        let digits = status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        digits.and_then(|digits| u64::from_str_radix(digits, 16).ok()).unwrap_or(0)
    };
    let is_set = |mask: u64, signal: i32| mask >> (signal - 1) & 1 == 1 && !OF_THREADS.contains(&signal);
    let signals = |mask: u64| (1..=64).filter(move |signal| is_set(mask, *signal));
    let [ignored, caught] = ["SigIgn:", "SigCgt:"].map(mask);
    signals(ignored).map(|signal| (false, signal)).chain(signals(caught).map(|signal| (true, signal))).collect()
}

fn name(signal: i32) -> String {
    Signal::try_from(signal).map_or_else(|_| format!("signal {signal}"), |signal| signal.as_str().to_owned())
}
