//! Limits of this process that pools inherit: descriptors, and processes with their threads.

use rustix::process::{Resource, geteuid, getrlimit};

use super::{Finding, System};
use crate::guard::cgroup::Hierarchy;

/// Pools with 50 workers and a connection each, and the orchestrator's pipes, come to a tenth of it.
const DESCRIPTORS: u64 = 1024;
/// A worker a job at a thousand jobs.
const TASKS: u64 = 1000;

pub(super) fn findings(system: &System) -> Vec<Finding> {
    let own = getrlimit(Resource::Nproc).current.filter(|_| !geteuid().is_root());
    let all = system.number("proc/sys/kernel/threads-max");
    let tasks = [own, all, Hierarchy::least_of("pids", "pids.max")].into_iter().flatten().min();
    vec![descriptors(getrlimit(Resource::Nofile).current), threads(tasks)]
}

fn descriptors(most: Option<u64>) -> Finding {
    const NAME: &str = "descriptors";
    match most {
        Some(most) if most < DESCRIPTORS => Finding::warning(
            NAME,
            format!("{most} files and sockets open at once"),
            "http with many workers and pools of many processes end with status `limit`",
            "ulimit -n 4096 in the shell that starts poolbench",
        ),
        Some(most) => Finding::ok(NAME, format!("{most} files and sockets open at once")),
        None => Finding::ok(NAME, "no limit"),
    }
}

fn threads(most: Option<u64>) -> Finding {
    const NAME: &str = "threads";
    match most {
        Some(most) if most < TASKS => Finding::warning(
            NAME,
            format!("{most} processes and threads at once"),
            "pools with many workers end with status `limit`, which says how far they got",
            "raise the limit (ulimit -u, pids.max, TasksMax= of systemd), or ask for fewer --workers",
        ),
        Some(most) => Finding::ok(NAME, format!("{most} processes and threads at once")),
        None => Finding::ok(NAME, "no limit"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;

    #[test]
    fn little_is_warned_of_with_the_number() {
        assert_eq!([descriptors(Some(1024)).level, descriptors(None).level], [Level::Ok; 2]);
        assert_eq!([threads(Some(1000)).level, threads(None).level], [Level::Ok; 2]);
        for finding in [descriptors(Some(64)), threads(Some(64))] {
            assert!(finding.level == Level::Warning && finding.found.contains("64"), "{finding:?}");
        }
    }
}
