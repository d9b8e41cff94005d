//! Processors: how many may be used, whether something takes part of them away, and whether their speed changes.

use rustix::thread::{CpuSet, sched_getaffinity};

use super::{Finding, System};
use crate::process::affinity::Cpus;

pub(super) fn findings(system: &System) -> Vec<Finding> {
    let mut findings = vec![cores(online(system), allowed(), harness::cores())];
    findings.push(governor(system));
    findings.push(turbo(system));
    findings.extend(threads_of_a_core(system));
    findings
}

fn online(system: &System) -> u64 {
    let online = system.text("sys/devices/system/cpu/online").and_then(|text| text.parse::<Cpus>().ok());
    online.map_or(1, |cpus| cpus.count())
}

fn allowed() -> u64 {
    let allowed =
        sched_getaffinity(None).map(|allowed| (0..CpuSet::MAX_CPU).filter(|cpu| allowed.is_set(*cpu)).count());
    allowed.map_or(1, |count| count as u64)
}

/// `usable` are those left by affinity and quota.
fn cores(online: u64, allowed: u64, usable: u64) -> Finding {
    const NAME: &str = "cores";
    let found = format!("{usable} usable of {online}");
    if usable < allowed {
        return Finding::warning(
            NAME,
            format!("{found}: a CPU quota takes the rest"),
            "the kernel stops all threads when the quota of a period is used up; times jump by whole periods",
            "run outside of the container or raise its quota to whole cores",
        );
    }
    if usable == 1 {
        return Finding::warning(
            NAME,
            found,
            "no two workers ever run at once: orchestrator, pool and everything else share the core",
            "use a machine with 2 cores and more; on this one only memory and overhead mean something",
        );
    }
    if allowed < online {
        return Finding::note(
            NAME,
            format!("{found}: the others are taken away by affinity"),
            "pools use the cores that are left; the rest of the machine runs on the others",
            "nothing, if that was meant; else start without taskset",
        );
    }
    Finding::ok(NAME, found)
}

fn governor(system: &System) -> Finding {
    const NAME: &str = "governor";
    match system.text("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor").as_deref() {
        None => Finding::note(
            NAME,
            "not exposed, as on virtual machines",
            "the host may change the clock rate and nothing shows it; pairs in one block suffer alike",
            "nothing; trust comparisons within blocks, not figures of different days",
        ),
        Some("performance") => Finding::ok(NAME, "performance"),
        Some(other) => Finding::warning(
            NAME,
            other,
            "the clock rate follows the load: short batches run at a low rate, and the first of them most",
            "cpupower frequency-set -g performance, and back afterwards",
        ),
    }
}

fn turbo(system: &System) -> Finding {
    const NAME: &str = "turbo";
    let boost = system.number("sys/devices/system/cpu/cpufreq/boost").map(|boost| boost == 1);
    let turbo = system.number("sys/devices/system/cpu/intel_pstate/no_turbo").map(|off| off == 0);
    match turbo.or(boost) {
        None => Finding::note(
            NAME,
            "not exposed",
            "one busy core may run faster than several; speed-ups then look smaller than they are",
            "nothing; compare pools with each other rather than with serial",
        ),
        Some(false) => Finding::ok(NAME, "off"),
        Some(true) => Finding::note(
            NAME,
            "on",
            "one busy core runs faster than several, and a warm one slower than a cold one; speed-ups look smaller",
            "switch it off for absolute figures; comparisons within blocks can do with it",
        ),
    }
}

fn threads_of_a_core(system: &System) -> Option<Finding> {
    let on = system.number("sys/devices/system/cpu/smt/active")? == 1;
    Some(if on {
        Finding::note(
            "smt",
            "two threads share a core",
            "with as many workers as processors each runs at about 60 %, so speed-up ends at half of them",
            "nothing, or --cpus with one processor of each core",
        )
    } else {
        Finding::ok("smt", "a processor is a core")
    })
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;

    #[test]
    fn a_quota_and_a_single_core_are_warned_of_and_affinity_is_noted() {
        assert_eq!(cores(4, 4, 4).level, Level::Ok);
        assert_eq!(cores(4, 4, 2).level, Level::Warning);
        assert!(cores(4, 4, 2).found.contains("quota"));
        assert_eq!(cores(4, 2, 2).level, Level::Note);
        assert_eq!(cores(1, 1, 1).level, Level::Warning);
    }
}
