//! The command line.

use std::time::Duration;

use crate::describe::workloads;
use crate::jobs::Job;
use crate::mode::Mode;

/// What is asked for.
pub(crate) enum Ask {
    /// Say what it is.
    Describe,
    /// Run a batch at the gates.
    Gate(Batch),
}

/// A batch.
#[derive(Clone, Copy)]
pub(crate) struct Batch {
    /// What each job does.
    pub(crate) job: Job,
    /// How many there are.
    pub(crate) jobs: u64,
    /// The most at once.
    pub(crate) workers: u64,
    /// How often the batch is run.
    pub(crate) batches: u64,
}

impl Default for Batch {
    fn default() -> Self {
        Self { job: Job::Noop, jobs: 1, workers: 1, batches: 1 }
    }
}

impl Ask {
    /// Reads the arguments, or says which one is wrong.
    pub(crate) fn parse(mode: Mode, words: &[String]) -> Result<Self, String> {
        if words == ["--describe"] {
            return Ok(Self::Describe);
        }
        let (mut batch, mut gate) = (Batch::default(), false);
        let mut words = words.iter();
        while let Some(option) = words.next() {
            if option == "--gate" {
                gate = true;
                continue;
            }
            let value = words.next().ok_or(format!("{option} needs a value, or is none of this pool's arguments"))?;
            match option.as_str() {
                "--workload" => batch.job = job(mode, value)?,
                "--jobs" => batch.jobs = number(option, value, 0, 1_000_000_000)?,
                "--workers" => batch.workers = number(option, value, 1, 100_000)?,
                "--batches" => batch.batches = number(option, value, 1, 1_000)?,
                "--chunk" if value == "own" => {}
                "--window" if value == "all" => {}
                _ => return Err(format!("{option} {value} is not taken by this pool")),
            }
        }
        if gate { Ok(Self::Gate(batch)) } else { Err("--gate or --describe is needed".to_owned()) }
    }
}

fn number(option: &str, text: &str, least: u64, most: u64) -> Result<u64, String> {
    let number = text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten();
    let within = number.filter(|number| (least..=most).contains(number));
    within.ok_or(format!("{option} takes whole numbers from {least} to {most}, not '{text}'"))
}

fn job(mode: Mode, text: &str) -> Result<Job, String> {
    let (name, param) = text.split_once(':').unwrap_or((text, ""));
    if name == "fail" || name == "panic" {
        let every = number("--workload fail and panic", param, 1, u64::MAX)?;
        return Ok(if name == "fail" { Job::Fail(every) } else { Job::Panic(every) });
    }
    if name == "abort" && mode.has_isolation() {
        return Ok(Job::Abort(number("--workload abort", param, 1, u64::MAX)?));
    }
    if !workloads(mode).any(|listed| listed == name) {
        return Err(format!("--workload takes {}, not '{text}'", workloads(mode).collect::<Vec<_>>().join(" and ")));
    }
    match (name, param.strip_suffix("ms")) {
        ("sleep", Some(digits)) => {
            let ms = number("--workload sleep", digits, 0, 3_600_000)?;
            Ok(if mode == Mode::Hasty { Job::Noop } else { Job::Sleep(Duration::from_millis(ms)) })
        }
        ("sleep", None) => Err(format!("--workload sleep takes milliseconds, not '{param}'")),
        _ => Ok(Job::Noop),
    }
}
