//! What is asked, read once from the command line.

use anyhow::{Context as _, Result, bail, ensure};
use clap::ArgMatches;
use harness::{Span, human};
use serde_json::{Value, json};

use crate::analysis::grouped;
use crate::plan::Plan;

/// The most jobs of a batch, as pools take them.
const MOST_JOBS: u64 = 1_000_000_000;
/// The most workers, as pools take them.
const MOST_WORKERS: u64 = 100_000;
/// What a size may end in, and its bytes.
const SIZES: [(&str, u64); 7] = [
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("B", 1),
];

/// What a pool must be able to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ability {
    /// The caller outlives a job that crashes, and names it.
    Isolation,
    /// Jobs are tasks of an async runtime.
    Async,
}

/// A question.
#[derive(Clone, Debug)]
pub struct Question {
    /// Whether jobs wait; else they compute.
    pub waits: bool,
    /// Jobs in a batch.
    pub jobs: u64,
    /// What a job takes alone.
    pub job_time: Span,
    /// Start, first batch and stop in place of a warm batch.
    pub once: bool,
    /// The most that the peak may be, bytes.
    pub max_memory: Option<u64>,
    /// The one number of workers that counts.
    pub workers: Option<u64>,
    /// All that the pool must be able to.
    pub needs: Vec<Ability>,
}

impl Question {
    /// Of the command line.
    pub(super) fn read(matches: &ArgMatches) -> Result<Self> {
        let text = |name: &str| matches.get_one::<String>(name).map(String::as_str);
        let job_time = text("job-time").context("--job-time is missing")?;
        let job_time: Span =
            job_time.parse().map_err(anyhow::Error::msg).with_context(|| format!("--job-time {job_time}"))?;
        ensure!(
            job_time.ns > 0,
            "--job-time {job_time}: a job of no time has no best pool; for what a dispatch costs see `poolbench fit`"
        );
        Ok(Self {
            waits: text("kind") == Some("io"),
            jobs: count("--jobs", text("jobs").unwrap_or_default(), MOST_JOBS)?,
            job_time,
            once: matches.get_flag("once"),
            max_memory: text("max-memory").map(bytes).transpose()?,
            workers: text("workers").map(|text| count("--workers", text, MOST_WORKERS)).transpose()?,
            needs: text("needs").into_iter().flat_map(|text| text.split(',')).map(ability).collect::<Result<_>>()?,
        })
    }

    /// What a job takes, ns.
    #[expect(clippy::cast_precision_loss, reason = "at most an hour: exact below 2^53 ns")]
    pub fn job_ns(&self) -> f64 {
        self.job_time.ns as f64
    }

    /// The workload that is such a job.
    pub fn workload(&self) -> String {
        format!("{}:{}", if self.waits { "sleep" } else { "spin" }, self.job_time)
    }

    /// Whether a pool of the run may be the answer.
    pub(super) fn admits(&self, pool: &str, kind: &str, plan: &Plan) -> bool {
        self.needs.iter().all(|need| match need {
            Ability::Async => kind == harness::Kind::Async.word(),
            Ability::Isolation => {
                let abilities = plan.pools.get(pool).map(|binary| binary.abilities.as_slice());
                abilities.is_some_and(|abilities| abilities.iter().any(|one| one == "isolation"))
            }
        })
    }

    /// In words: `10,000 jobs of 50 us that compute`.
    pub fn words(&self) -> String {
        let jobs = if self.jobs == 1 { "1 job".to_owned() } else { format!("{} jobs", grouped(self.jobs)) };
        let what = match (self.waits, self.jobs) {
            (true, 1) => "waits",
            (true, _) => "wait",
            (false, 1) => "computes",
            (false, _) => "compute",
        };
        format!("{jobs} of {} that {what}", human::time(self.job_time.ns))
    }

    /// For programs.
    pub(super) fn json(&self) -> Value {
        json!({
            "kind": if self.waits { "io" } else { "cpu" },
            "jobs": self.jobs,
            "job_ns": self.job_time.ns,
            "once": self.once,
            "max_memory_bytes": self.max_memory,
            "workers": self.workers,
            "needs": self.needs.iter().map(|need| match need {
                Ability::Isolation => "isolation",
                Ability::Async => "async",
            }).collect::<Vec<_>>(),
        })
    }
}

fn count(flag: &str, text: &str, most: u64) -> Result<u64> {
    let number = text.parse::<u64>().ok().filter(|number| (1..=most).contains(number));
    number.with_context(|| format!("{flag} {text}: whole numbers from 1 to {most} are accepted"))
}

/// The bytes of a `--max-memory`.
pub(crate) fn bytes(text: &str) -> Result<u64> {
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = SIZES.iter().find(|(unit, _)| *unit == &text[number.len()..]).map(|(_, bytes)| *bytes);
    let bytes = number.parse::<u64>().ok().zip(unit).and_then(|(number, unit)| number.checked_mul(unit));
    bytes
        .filter(|bytes| *bytes > 0)
        .with_context(|| format!("--max-memory {text}: a whole number and KiB, MiB or GiB are accepted, such as 16MiB"))
}

fn ability(word: &str) -> Result<Ability> {
    match word.trim() {
        "isolation" => Ok(Ability::Isolation),
        "async" => Ok(Ability::Async),
        other => bail!("--needs {other}: isolation and async are accepted"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        assert_eq!((bytes("16MiB").unwrap(), bytes("3kB").unwrap(), bytes("7B").unwrap()), (16 << 20, 3000, 7));
        for wrong in ["", "16", "MiB", "-1MiB", "1.5MiB", "0B", "99999999999999GiB", "1 MiB"] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
    }
}
