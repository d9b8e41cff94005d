//! Pins a child to processors by pinning the orchestrator while it spawns: no code runs between fork and exec.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::str::FromStr;
use std::sync::LazyLock;

use anyhow::{Context as _, Result, anyhow, ensure};
use rustix::io::Errno;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use super::refusal::Refusal;

/// A set of processors, written like `0,2-3`; one named twice is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cpus(BTreeSet<usize>);

impl FromStr for Cpus {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("'{text}' is no list of processors such as 0 or 0,2-3, below {}", CpuSet::MAX_CPU);
        let number = |text: &str| text.parse::<usize>().ok().filter(|n| *n < CpuSet::MAX_CPU).ok_or_else(wrong);
        let mut cpus = BTreeSet::new();
        for part in text.split(',') {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            cpus.extend(number(first)?..=number(last)?);
        }
        if cpus.is_empty() { Err(wrong()) } else { Ok(Self(cpus)) }
    }
}

impl fmt::Display for Cpus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: Vec<String> = self.0.iter().map(usize::to_string).collect();
        f.write_str(&numbers.join(","))
    }
}

impl Cpus {
    /// Fails with the processors that do exist if one of these does not, and where the system lets nobody choose.
    pub fn check(&self) -> Result<()> {
        let allowed = sched_getaffinity(None).map_err(|cause| refused("sched_getaffinity", cause))?;
        sched_setaffinity(None, &allowed).map_err(|cause| refused("sched_setaffinity", cause))?;
        let present: Vec<usize> = (0..CpuSet::MAX_CPU).filter(|cpu| allowed.is_set(*cpu)).collect();
        let missing: Vec<&usize> = self.0.iter().filter(|cpu| !present.contains(cpu)).collect();
        ensure!(missing.is_empty(), "processors {missing:?} cannot be used here; there are {present:?}");
        Ok(())
    }

    /// Those that this process may use.
    pub fn allowed() -> Result<Self> {
        let allowed = sched_getaffinity(None).context("reading the allowed processors")?;
        Ok(Self((0..CpuSet::MAX_CPU).filter(|cpu| allowed.is_set(*cpu)).collect()))
    }

    /// Each by itself.
    pub fn each(&self) -> impl Iterator<Item = Self> {
        self.0.iter().map(|cpu| Self(BTreeSet::from([*cpu])))
    }

    /// The list with neighbours as ranges, such as `0-1`.
    pub fn ranges(&self) -> String {
        let cpus: Vec<usize> = self.0.iter().copied().collect();
        let runs = cpus.chunk_by(|one, next| one + 1 == *next).map(|run| match (run.first(), run.last()) {
            (Some(first), Some(last)) if first != last => format!("{first}-{last}"),
            (first, _) => first.map_or(String::new(), usize::to_string),
        });
        runs.collect::<Vec<_>>().join(",")
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.0.len() as u64
    }
}

fn refused(call: &'static str, cause: Errno) -> anyhow::Error {
    match Refusal::of(call, cause) {
        Some(refusal) => anyhow!("{refusal}, so that nothing can be pinned; run without it"),
        None => anyhow!("{call}: {cause}"),
    }
}

/// Runs `spawn` on `cpus`; what it starts inherits them, the caller gets its own back.
pub fn pinned<T>(cpus: Option<&Cpus>, spawn: impl FnOnce() -> T) -> Result<T> {
    let Some(cpus) = cpus else { return Ok(spawn()) };
    let own = sched_getaffinity(None).context("reading the allowed processors")?;
    let mut set = CpuSet::new();
    cpus.0.iter().for_each(|cpu| set.set(*cpu));
    sched_setaffinity(None, &set).with_context(|| format!("pinning to processors {cpus}"))?;
    let spawned = spawn();
    sched_setaffinity(None, &own).context("going back to all processors")?;
    Ok(spawned)
}

/// All processors of the machine that are online: the kernel counts on each, whichever a process may use.
pub fn online() -> u64 {
    static ONLINE: LazyLock<u64> = LazyLock::new(|| {
        let text = fs::read_to_string("/sys/devices/system/cpu/online").ok();
        let cpus = text.and_then(|text| text.trim().parse::<Cpus>().ok());
        cpus.map_or_else(harness::cores, |cpus| cpus.count())
    });
    *ONLINE
}

#[cfg(test)]
mod tests {
    use super::Cpus;

    #[test]
    fn lists_and_ranges_are_read_and_nonsense_is_not() {
        assert_eq!("0,2-4".parse::<Cpus>().unwrap().to_string(), "0,2,3,4");
        assert_eq!("0,2-4,6".parse::<Cpus>().unwrap().ranges(), "0,2-4,6");
        let twice: Cpus = "3,0,0-1,1".parse().unwrap();
        assert_eq!((twice.to_string().as_str(), twice.count()), ("0,1,3", 3));
        for text in ["", "a", "3-1", "1,", "-1", "99999"] {
            assert!(text.parse::<Cpus>().is_err(), "{text:?}");
        }
    }
}
