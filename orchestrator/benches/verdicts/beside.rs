//! hyperfine on the same commands: what its ratio and the figure after its "+-" say.

use std::fmt;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::judge::share;

/// What hyperfine said, in counts.
#[derive(Default)]
pub(crate) struct Beside {
    is_missing: bool,
    comparisons: u32,
    /// Equal commands whose ratio is further from 1 than the figure after it.
    alarms: u32,
    /// The same of the 5 % slower one, with the right sign and with the wrong one.
    found: u32,
    wrong_sign: u32,
}

impl Beside {
    /// Runs `serial`, `slower` and `serial` again, `runs` times each.
    pub(crate) fn compare(&mut self, serial: &Path, slower: &Path, jobs: u64, rate: u64, runs: usize) -> Result<()> {
        let json = tempfile::NamedTempFile::new().context("making a file for hyperfine's figures")?;
        let line = |pool: &Path| {
            format!("{} --workload spin:5us --jobs {jobs} --spin-rate {rate} --batches 1", pool.display())
        };
        let mut command = Command::new("hyperfine");
        command.args(["-N", "--style", "none", "--warmup", "1", "--runs", &runs.to_string(), "--export-json"]);
        command.arg(json.path()).args([line(serial), line(slower), line(serial)]);
        let Ok(status) = command.stdout(Stdio::null()).stderr(Stdio::null()).status() else {
            self.is_missing = true;
            return Ok(());
        };
        ensure!(status.success(), "hyperfine ended with {status}");
        let text = fs::read_to_string(json.path()).context("reading hyperfine's figures")?;
        let figures: Value = serde_json::from_str(&text).context("reading hyperfine's figures")?;
        let figure = |at: usize, name: &str| figures["results"][at][name].as_f64().context("hyperfine gave no figure");
        let sample = |at| Ok::<_, anyhow::Error>((figure(at, "mean")?, figure(at, "stddev")?));
        let (first, slower, again) = (sample(0)?, sample(1)?, sample(2)?);
        self.comparisons += 1;
        self.alarms += u32::from(says(first, again).is_some());
        self.found += u32::from(says(first, slower) == Some(true));
        self.wrong_sign += u32::from(says(first, slower) == Some(false));
        Ok(())
    }
}

/// Whether `b` is called slower than `a`; nothing if the printed ratio is within its "+-" of 1. Each is a mean and a
/// standard deviation, and the ratio's deviation is that of hyperfine's own formula.
fn says(a: (f64, f64), b: (f64, f64)) -> Option<bool> {
    let (fast, slow) = if a.0 <= b.0 { (a, b) } else { (b, a) };
    let ratio = slow.0 / fast.0;
    let deviation = ratio * (slow.1 / slow.0).hypot(fast.1 / fast.0);
    (ratio - deviation > 1.0).then_some(a.0 <= b.0)
}

impl fmt::Display for Beside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_missing {
            return writeln!(f, "hyperfine is not installed: nothing to hold this against");
        }
        let n = self.comparisons;
        let share = |count| share(count, n);
        let (alarms, found, wrong) = (share(self.alarms), share(self.found), share(self.wrong_sign));
        writeln!(f, "| hyperfine, ratio +- sd of the whole process | - | {alarms} | {found} | {wrong} |")
    }
}
