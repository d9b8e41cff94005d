//! Processors: how many may be used, whether something takes part of them away, and whether their speed changes.

use rustix::thread::{CpuSet, sched_getaffinity};

use super::{Finding, System};
use crate::process::affinity::Cpus;

pub(super) fn findings(system: &System) -> Vec<Finding> {
    let mut findings = vec![cores(online(system), allowed(), harness::cores())];
    findings.push(governor(system));
    findings.push(turbo(system));
    findings.push(threads_of_a_core(system));
    findings
}

/// Processors of the machine, where it says so.
fn online(system: &System) -> Option<u64> {
    let cpus = system.text("sys/devices/system/cpu/online")?.parse::<Cpus>().ok()?;
    Some(cpus.count())
}

/// Those that affinity leaves, where the system says so.
fn allowed() -> Option<u64> {
    let allowed = sched_getaffinity(None).ok()?;
    Some((0..CpuSet::MAX_CPU).filter(|cpu| allowed.is_set(*cpu)).count() as u64)
}

/// `usable` are those left by affinity and quota.
fn cores(online: Option<u64>, allowed: Option<u64>, usable: u64) -> Finding {
    const NAME: &str = "cores";
    let found = match online.or(allowed) {
        Some(all) if all >= usable => format!("{usable} usable of {all}"),
        _ => format!("{usable} usable"),
    };
    if allowed.is_some_and(|allowed| usable < allowed) {
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
    if allowed.zip(online).is_some_and(|(allowed, online)| allowed < online) {
        return Finding::note(
            NAME,
            format!("{found}: the others are taken away by affinity"),
            "pools use the cores that are left; the rest of the machine runs on the others",
            "nothing, if that was meant; else start without taskset",
        );
    }
    if online.is_none() {
        return Finding::note(
            NAME,
            format!("{found}; how many the machine has is not exposed"),
            "CPU use of others is held against the usable cores, which may be a part of the machine only",
            "nothing, or mount /sys",
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

fn threads_of_a_core(system: &System) -> Finding {
    const NAME: &str = "smt";
    match system.number("sys/devices/system/cpu/smt/active") {
        None => Finding::note(
            NAME,
            "not exposed",
            "should two threads share a core, as many workers as processors run at about 60 % each",
            "nothing",
        ),
        Some(1) => Finding::note(
            NAME,
            "two threads share a core",
            "with as many workers as processors each runs at about 60 %, so speed-up ends at half of them",
            "nothing, or --cpus with one processor of each core",
        ),
        Some(_) => Finding::ok(NAME, "a processor is a core"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;

    #[test]
    fn a_quota_and_a_single_core_are_warned_of_and_affinity_is_noted() {
        let cores = |online, allowed, usable| cores(Some(online), Some(allowed), usable);
        assert_eq!(cores(4, 4, 4).level, Level::Ok);
        assert_eq!(cores(4, 4, 2).level, Level::Warning);
        assert!(cores(4, 4, 2).found.contains("quota"));
        assert_eq!(cores(4, 2, 2).level, Level::Note);
        assert_eq!(cores(1, 1, 1).level, Level::Warning);
    }

    #[test]
    fn what_is_not_exposed_is_not_counted() {
        let nothing = System::at("/nonexistent");
        let unknown = cores(online(&nothing), Some(2), 2);
        assert_eq!((unknown.level, unknown.found.contains("2 usable of 2")), (Level::Note, true), "{unknown:?}");
        let refused = cores(None, None, 2);
        assert!(refused.level == Level::Note && refused.found.starts_with("2 usable;"), "{refused:?}");
        assert_eq!(cores(Some(4), None, 4).level, Level::Ok);
    }
}
