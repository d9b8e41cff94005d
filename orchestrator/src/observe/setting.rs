//! What the system lets this process and its pools have: processors, quota, scheduling class. Figures taken under two
//! settings are those of two machines.

use std::fs::File;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::proc::record;
use super::quota::QUOTA;
use crate::process::affinity::Cpus;

/// What this process may use. What a record does not have is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// Processors by affinity, such as `0-1` or `0,2-3`.
    #[serde(default)]
    pub affinity: String,
    /// CPU time that a quota leaves, thousandths of a core; 0 for no quota.
    #[serde(default)]
    pub quota_permille: Option<u64>,
    /// The scheduling class: `other`, `batch`, `idle`, `fifo`, `rr`, `deadline`, `ext`.
    #[serde(default)]
    pub policy: String,
    /// Of `other` and `batch`, from -20 to 19; less is more CPU time.
    #[serde(default)]
    pub nice: Option<i64>,
    /// Of `fifo` and `rr`, from 1 to 99; 0 for the others.
    #[serde(default)]
    pub priority: Option<u64>,
}

/// The kernel's numbers of the scheduling classes; 4 is unused.
const POLICIES: [&str; 8] = ["other", "fifo", "rr", "batch", "", "idle", "deadline", "ext"];

/// Opened once: it is read before every trial.
static STAT: LazyLock<Option<File>> = LazyLock::new(|| File::open("/proc/self/stat").ok());

impl Setting {
    /// That of this process now: some ten microseconds.
    pub fn read() -> Self {
        let stat = STAT.as_ref().and_then(record).unwrap_or_default();
        // The name in parentheses may hold anything; `state` behind it is field 3.
        let fields: Vec<&str> = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().collect();
        let field = |number: usize| fields.get(number - 3).copied();
        let number = field(41).and_then(|policy| policy.parse::<usize>().ok());
        Self {
            affinity: Cpus::allowed().map_or_else(|_| String::new(), |cpus| cpus.ranges()),
            quota_permille: Some(QUOTA.permille().unwrap_or(0)),
            policy: number.and_then(|number| POLICIES.get(number)).map_or("", |word| word).to_owned(),
            nice: field(19).and_then(|nice| nice.parse().ok()),
            priority: field(40).and_then(|priority| priority.parse().ok()),
        }
    }

    /// The quota in words.
    pub fn quota(&self) -> Option<String> {
        self.quota_permille.map(|permille| match permille {
            0 => "none".to_owned(),
            // Hundredths of a core are as exact as anybody sets it.
            some => format!("{}.{:02} cores", some / 1000, some % 1000 / 10),
        })
    }

    /// The scheduling class in words, with what ranks a process in it.
    pub fn class(&self) -> Option<String> {
        let known = (!self.policy.is_empty()).then_some(&self.policy)?;
        Some(match (known.as_str(), self.nice, self.priority) {
            ("fifo" | "rr", _, Some(priority)) => format!("{known}, priority {priority}"),
            ("other" | "batch", Some(nice), _) => format!("{known}, nice {nice}"),
            _ => known.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use procfs::process::Process;

    #[test]
    fn the_class_of_this_process_reads_as_the_library_reads_it() {
        let (ours, theirs) = (Setting::read(), Process::myself().unwrap().stat().unwrap());
        assert_eq!(ours.nice, Some(theirs.nice));
        assert_eq!(ours.priority, theirs.rt_priority.map(u64::from));
        assert_eq!(
            POLICIES.iter().position(|policy| *policy == ours.policy),
            theirs.policy.map(|number| number as usize)
        );
    }
}
