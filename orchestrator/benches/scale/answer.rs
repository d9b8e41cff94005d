//! Time and peak memory of one command, and what both grow by from one size of a run to the next.

use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use wait4::Wait4 as _;

/// What one command took of a run of so many rows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answer {
    pub(crate) rows: u64,
    pub(crate) seconds: f64,
    /// Peak resident memory, bytes. It counts from before the program is loaded, so it is never below this benchmark's own
    /// few MiB.
    pub(crate) peak: u64,
}

/// Runs one command so many times: the shortest time is kept, since others can only add to it, and the largest peak.
pub(crate) fn answer(rows: u64, arguments: &[&str], times: u32) -> Result<Answer> {
    let mut best = Answer { rows, seconds: f64::INFINITY, peak: 0 };
    for _ in 0..times {
        let began = Instant::now();
        let mut command = Command::new(env!("CARGO_BIN_EXE_poolbench"));
        let child = command.args(arguments).stdout(Stdio::null()).spawn().context("starting poolbench")?;
        let ended = child.wait4().context("waiting for poolbench")?;
        ensure!(ended.status.success(), "poolbench {} ended with {}", arguments.join(" "), ended.status);
        best.seconds = best.seconds.min(began.elapsed().as_secs_f64());
        best.peak = best.peak.max(ended.rusage.maxrss);
    }
    Ok(best)
}

/// A line for each step from one size to the next.
pub(crate) fn slopes(command: &str, answers: &[Answer]) -> String {
    let step = |pair: &[Answer]| {
        let [one, next] = pair else { return String::new() };
        #[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
        let (rows, bytes) = ((next.rows - one.rows) as f64, next.peak as f64 - one.peak as f64);
        let (each, million) = (bytes / rows, 1e6 * (next.seconds - one.seconds) / rows);
        format!("{command}, {} to {} rows: {each:.1} bytes a row, {million:.2} s a million rows\n", one.rows, next.rows)
    };
    answers.windows(2).map(step).collect()
}
