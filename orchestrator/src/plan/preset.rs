//! What to run, as a preset's TOML or the command line's flags say it, read into sets of cells.

use std::collections::BTreeMap;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use harness::{Chunk, Kind, MAX_BATCHES, MAX_JOBS, Staff, Window};
use serde::Deserialize;
use toml::Value;

pub use super::presets::names;
use super::presets::{self, Source};
use super::spec::Spec;

/// A preset: sets of cells, and how often they are run.
#[derive(Debug)]
pub struct Preset {
    /// Its name, the first part of the run's.
    pub name: String,
    /// One line for people.
    pub title: String,
    /// The time that the whole run may take.
    pub budget: Option<Duration>,
    /// Blocks to analyse.
    pub blocks: Option<u64>,
    /// Lists of guests that its pools come from, as paths from the folder of the sources.
    pub pools_from: Vec<String>,
    /// What is varied.
    pub sets: Vec<CellSet>,
}

/// A product of values, from which the planner makes cells.
#[derive(Clone, Debug)]
pub struct CellSet {
    /// Pools by name; all if empty.
    pub pools: Vec<String>,
    /// Pools that are left out.
    pub except: Vec<String>,
    /// Kinds of pools; all if empty.
    pub kinds: Vec<String>,
    /// Workloads.
    pub workloads: Vec<Spec>,
    /// Batch sizes.
    pub jobs: Vec<u64>,
    /// Workers.
    pub workers: Workers,
    /// Chunk policies; each pool's default if empty.
    pub chunks: Vec<Chunk>,
    /// Window policies; each pool's default if empty.
    pub windows: Vec<Window>,
    /// Batches in a trial.
    pub batches: u64,
}

/// How many workers a cell has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Workers {
    /// The workload's default: the cores, or 50 (8 processes) for jobs that wait.
    Default,
    /// That many.
    Staff(Staff),
    /// As many as cores.
    Cores,
    /// As many as jobs.
    Jobs,
    /// By the pool's kind, with `default` for the others.
    ByKind(BTreeMap<String, Staff>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: String,
    budget: Option<String>,
    blocks: Option<u64>,
    #[serde(default)]
    pools_from: Vec<String>,
    cells: Vec<Set>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Set {
    pools: Option<Value>,
    except: Option<Value>,
    kinds: Option<Value>,
    workload: Value,
    jobs: Value,
    workers: Option<Value>,
    chunk: Option<Value>,
    window: Option<Value>,
    batches: Option<u64>,
}

impl Preset {
    /// With these pools alone, if there are any.
    #[must_use]
    pub fn narrowed(mut self, pools: &[String]) -> Self {
        if !pools.is_empty() {
            for set in &mut self.sets {
                let also = |name: &String| set.pools.is_empty() || set.pools.contains(name);
                set.pools = pools.iter().filter(|name| also(name)).cloned().collect();
            }
            self.sets.retain(|set| !set.pools.is_empty());
        }
        self
    }

    /// Reads the preset called `name`, or the file if `name` is a path to one.
    pub fn load(name: &Path) -> Result<Self> {
        let Source { name, place, text } = presets::find(name)?;
        Self::parse(&name, &text).with_context(|| format!("in the preset {place}"))
    }

    fn parse(name: &str, text: &str) -> Result<Self> {
        let File { title, budget, blocks, pools_from, cells } = toml::from_str(text)?;
        let budget = budget.map(|text| humantime::parse_duration(&text).context("budget")).transpose()?;
        let sets = cells.into_iter().map(CellSet::try_from).collect::<Result<_>>()?;
        ensure!(harness::columns::is_word(name), "a preset's file name must be of a-z, 0-9, '.', '_' and '-'");
        Ok(Self { name: name.to_owned(), title, budget, blocks, pools_from, sets })
    }

    /// Says of the user's own jobs whether they wait; an error if there `must` be some, and are none.
    pub fn own_jobs(&mut self, must: bool, waits: bool) -> Result<()> {
        let specs = || self.sets.iter().flat_map(|set| &set.workloads);
        ensure!(
            !must || specs().any(|spec| spec.own().is_some()),
            "--waits and --unchecked are about jobs of your own: --workload lib:./x.so or py:./x.py:FUNCTION"
        );
        let specs = self.sets.iter_mut().flat_map(|set| &mut set.workloads);
        specs.for_each(|spec| spec.set_own(|own| own.waits = waits));
        Ok(())
    }

    /// All pools that it names.
    pub fn pools(&self) -> Vec<&str> {
        self.sets.iter().flat_map(|set| set.pools.iter().chain(&set.except)).map(String::as_str).collect()
    }
}

impl TryFrom<Set> for CellSet {
    type Error = anyhow::Error;

    fn try_from(set: Set) -> Result<Self> {
        let pools = words("pools", set.pools.as_ref())?;
        Ok(Self {
            pools: if pools == ["all"] { Vec::new() } else { pools },
            except: words("except", set.except.as_ref())?,
            kinds: kinds(words("kinds", set.kinds.as_ref())?)?,
            workloads: parsed("workload", &words("workload", Some(&set.workload))?)?,
            jobs: sizes(&set.jobs)?,
            workers: set.workers.as_ref().map_or(Ok(Workers::Default), workers)?,
            chunks: parsed("chunk", &words("chunk", set.chunk.as_ref())?)?,
            windows: parsed("window", &words("window", set.window.as_ref())?)?,
            batches: within("batches", 1, MAX_BATCHES, set.batches.unwrap_or(1))?,
        })
    }
}

/// One word or a list of them; numbers are words too.
fn words(key: &str, value: Option<&Value>) -> Result<Vec<String>> {
    let word = |value: &Value| match value {
        Value::String(text) => Ok(text.clone()),
        Value::Integer(number) => Ok(number.to_string()),
        other => bail!("{key} = {other}: words or numbers are accepted"),
    };
    match value {
        None => Ok(Vec::new()),
        Some(Value::Array(items)) => items.iter().map(word).collect(),
        Some(one) => Ok(vec![word(one)?]),
    }
}

fn parsed<T: FromStr<Err = String>>(key: &str, words: &[String]) -> Result<Vec<T>> {
    words.iter().map(|word| word.parse().map_err(anyhow::Error::msg).with_context(|| key.to_owned())).collect()
}

fn kinds(words: Vec<String>) -> Result<Vec<String>> {
    let known = Kind::ALL.map(|(_, word)| word);
    match words.iter().find(|word| !known.contains(&word.as_str())) {
        Some(word) => bail!("kinds: '{word}' is none of {}", known.join(", ")),
        None => Ok(words),
    }
}

/// A number, a list of numbers, or `{ upto = 4096, count = 40 }` for sizes spread evenly up to a largest.
fn sizes(value: &Value) -> Result<Vec<u64>> {
    if let Value::Table(table) = value {
        let field = |name: &str| table.get(name).and_then(Value::as_integer).and_then(|n| u64::try_from(n).ok());
        let (Some(upto), Some(count @ 1..=10_000)) = (field("upto"), field("count")) else {
            bail!("jobs = {value}: write {{ upto = LARGEST, count = HOW_MANY }}, at most 10000 of them");
        };
        within("jobs", 0, MAX_JOBS, upto)?;
        return Ok((1..=count).map(|step| upto * step / count).collect());
    }
    let numbers = words("jobs", Some(value))?;
    numbers.iter().map(|word| number("jobs", 0, MAX_JOBS, word)).collect()
}

fn workers(value: &Value) -> Result<Workers> {
    match value {
        Value::String(word) => word.parse().map_err(anyhow::Error::msg),
        Value::Integer(_) => Ok(Workers::Staff(staff(value)?)),
        Value::Table(table) => {
            let entry = |(kind, value): (&String, &Value)| Ok((kind.clone(), staff(value)?));
            let names = table.keys().filter(|kind| *kind != "default").cloned().collect();
            kinds(names).context("workers")?;
            Ok(Workers::ByKind(table.iter().map(entry).collect::<Result<_>>()?))
        }
        other => bail!("workers = {other}: a number, \"PxT\", \"cores\", \"jobs\" or a table by kind is accepted"),
    }
}

fn staff(value: &Value) -> Result<Staff> {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.parse().map_err(anyhow::Error::msg)
}

impl FromStr for Workers {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "default" => Ok(Self::Default),
            "cores" => Ok(Self::Cores),
            "jobs" => Ok(Self::Jobs),
            _ => text.parse().map(Self::Staff).map_err(|why| format!("{why}; 'cores' and 'jobs' are, too")),
        }
    }
}

/// A whole number in a range; else the error names the range.
pub fn number(what: &str, least: u64, most: u64, text: &str) -> Result<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = digits.then(|| text.parse().ok()).flatten();
    let number = number.with_context(|| format!("{what} {text}: whole numbers from {least} to {most} are accepted"))?;
    within(what, least, most, number)
}

fn within(what: &str, least: u64, most: u64, number: u64) -> Result<u64> {
    ensure!((least..=most).contains(&number), "{what} {number}: whole numbers from {least} to {most} are accepted");
    Ok(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(cells: &str) -> Result<Preset> {
        Preset::parse("test", &format!("title = \"t\"\nbudget = \"10m\"\n[[cells]]\n{cells}"))
    }

    #[test]
    fn every_form_is_read() {
        let preset = parse(
            "workload = [\"compute\", \"http:5ms\"]\njobs = { upto = 4096, count = 40 }\nworkers = { default = 50, processes = 8, hybrid = \"2x25\" }\nchunk = [1, \"auto\"]",
        )
        .unwrap();
        let set = &preset.sets[0];
        assert_eq!((set.jobs.len(), set.jobs[0], set.jobs[39]), (40, 102, 4096));
        assert_eq!(set.chunks, [Chunk::Jobs(1), Chunk::Auto]);
        assert!(set.pools.is_empty() && set.windows.is_empty());
        assert_eq!(preset.budget, Some(Duration::from_mins(10)));
    }

    #[test]
    fn what_is_wrong_is_named_with_what_is_right() {
        for (cells, why) in [
            ("workload = \"compte\"\njobs = 1", "did you mean compute"),
            ("workload = \"noop\"\njobs = -1", "0 to 1000000000"),
            ("workload = \"noop\"\njobs = 1\nworkers = 0", "1 to 100000"),
            ("workload = \"noop\"\njobs = 1\nworkers = { hybrid = \"2x\" }", "PxT for P processes"),
            ("workload = \"noop\"\njobs = 1\nkinds = [\"thread\"]", "none of serial, threads"),
            ("workload = \"noop\"\njobs = 1\nworker = 2", "unknown field `worker`"),
            ("workload = \"noop\"\njobs = 1\nbatches = 0", "1 to 1000"),
        ] {
            let error = format!("{:#}", parse(cells).unwrap_err());
            assert!(error.contains(why), "{cells}: {error}");
        }
    }
}
