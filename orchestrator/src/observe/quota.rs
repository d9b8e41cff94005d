//! The CPU quota over this process, in its own control group or one above, and for how long it was held back by it.

use std::fs::File;
use std::path::Path;
use std::sync::LazyLock;

use super::proc::record;
use crate::guard::cgroup::Hierarchy;

/// The groups that may hold a quota. Pools stay below them: no group of a trial lies above a limit.
#[derive(Debug)]
pub struct Quota(Vec<Limited>);

/// A group's files, open as long as the process lives: they are read around every trial.
#[derive(Debug)]
struct Limited {
    /// `cpu.max` of version 2, `cpu.cfs_quota_us` of version 1.
    quota: File,
    /// `cpu.cfs_period_us`, of version 1 alone.
    period: Option<File>,
    /// `cpu.stat`.
    stat: Option<File>,
}

/// Those over this process.
pub static QUOTA: LazyLock<Quota> = LazyLock::new(|| {
    let groups = Hierarchy::groups_above("cpu");
    Quota(groups.iter().filter_map(|group| Limited::open(group)).collect())
});

impl Quota {
    /// CPU time that is left to this process and all others below the tightest quota, thousandths of a core; nothing where
    /// there is no quota.
    pub fn permille(&self) -> Option<u64> {
        self.0.iter().filter_map(Limited::permille).min()
    }

    /// Time for which quotas have held back this process's groups so far, ns, added up over cores; nothing where nobody
    /// counts it.
    pub fn throttled_ns(&self) -> Option<u64> {
        self.0.iter().filter_map(Limited::throttled_ns).reduce(|sum, ns| sum + ns)
    }
}

impl Limited {
    fn open(group: &Path) -> Option<Self> {
        let open = |name: &str| File::open(group.join(name)).ok();
        let period = open("cpu.cfs_period_us");
        Some(Self { quota: open("cpu.max").or_else(|| open("cpu.cfs_quota_us"))?, period, stat: open("cpu.stat") })
    }

    fn permille(&self) -> Option<u64> {
        let period = self.period.as_ref().and_then(record).unwrap_or_default();
        permille(&format!("{} {period}", record(&self.quota)?))
    }

    fn throttled_ns(&self) -> Option<u64> {
        throttled_ns(&record(self.stat.as_ref()?)?)
    }
}

/// Reads `QUOTA PERIOD`, both in us; no quota is `max` in version 2 and -1 in version 1.
fn permille(text: &str) -> Option<u64> {
    let mut words = text.split_whitespace().map(str::parse::<u64>);
    let (quota, period) = (words.next()?.ok()?, words.next()?.ok()?);
    quota.checked_mul(1000)?.checked_div(period)
}

/// Reads `cpu.stat`: version 1 counts in ns, version 2 in us.
fn throttled_ns(text: &str) -> Option<u64> {
    let number = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<u64>().ok());
    number("throttled_time ").or_else(|| number("throttled_usec ")?.checked_mul(1000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// A group as the kernel shows it.
    fn group(files: &[(&str, &str)]) -> (tempfile::TempDir, Option<Limited>) {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let limited = Limited::open(folder.path());
        (folder, limited)
    }

    #[test]
    fn both_versions_tell_the_quota_and_the_time_that_it_took() {
        let one = [
            ("cpu.cfs_quota_us", "150000\n"),
            ("cpu.cfs_period_us", "100000\n"),
            ("cpu.stat", "nr_periods 10\nnr_throttled 3\nthrottled_time 123456\n"),
        ];
        let two = [("cpu.max", "50000 100000\n"), ("cpu.stat", "usage_usec 5\nnr_throttled 3\nthrottled_usec 7\n")];
        let free = [("cpu.cfs_quota_us", "-1\n"), ("cpu.cfs_period_us", "100000\n")];
        let read = |files: &[(&str, &str)]| {
            let (_folder, limited) = group(files);
            let quota = Quota(limited.into_iter().collect());
            (quota.permille(), quota.throttled_ns())
        };
        assert_eq!(read(&one), (Some(1500), Some(123_456)));
        assert_eq!(read(&two), (Some(500), Some(7000)));
        assert_eq!(read(&free), (None, None));
        assert_eq!(read(&[("cpu.max", "max 100000\n"), ("cpu.stat", "usage_usec 5\n")]), (None, None));
        assert_eq!(read(&[]), (None, None));
    }

    #[test]
    fn the_tightest_quota_counts_and_all_hold_back() {
        let both = [("cpu.max", "300000 100000"), ("cpu.max", "20000 10000")];
        let made: Vec<_> = both.iter().map(|max| group(&[*max, ("cpu.stat", "throttled_usec 1\n")])).collect();
        let quota = Quota(made.into_iter().filter_map(|(_, limited)| limited).collect());
        assert_eq!((quota.permille(), quota.throttled_ns()), (Some(2000), Some(2000)));
    }
}
