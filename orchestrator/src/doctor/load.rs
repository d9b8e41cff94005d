//! What else the machine does: other processes, the hypervisor, swap; over one second.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::thread::sleep;
use std::time::{Duration, Instant};

use harness::human;
use procfs::process::all_processes;

use super::{Finding, System};
use crate::guard::cgroup::Hierarchy;
use crate::observe::{FOREIGN_PERMILLE, MachineLoad, STEAL_PERMILLE};

/// How long it looks.
const LOOK: Duration = Duration::from_secs(1);
/// Less free memory than this, in KiB, and the kernel begins to reclaim.
const LITTLE_MEMORY_KIB: u64 = 512 * 1024;

pub(super) fn findings(system: &System) -> Vec<Finding> {
    let (before, load, pages) = (ticks_by_process(), MachineLoad::read(None), swapped_pages(system));
    let begun = Instant::now();
    sleep(LOOK);
    let during = MachineLoad::read(None).since(&load, 0);
    let capacity = begun.elapsed().as_secs_f64() * 1e9 * real(harness::cores());
    let share = |ns: Option<u64>| ns.map(|ns| real(ns) / capacity);
    let busiest = busiest(&before, &ticks_by_process());
    let moved = swapped_pages(system).saturating_sub(pages);
    vec![
        foreign(share(during.foreign_ns), &busiest),
        steal(share(during.steal_ns)),
        swap(system, moved),
        memory(system.field("proc/meminfo", "MemAvailable"), group_limit()),
    ]
}

fn foreign(share: Option<f64>, busiest: &[String]) -> Finding {
    const NAME: &str = "foreign CPU";
    let Some(share) = share else {
        return Finding::note(
            NAME,
            "this system exposes no exact count of its CPU time",
            "trials that others disturb cannot be told, are not tried again and widen every interval",
            "keep the machine quiet while it runs",
        );
    };
    let found = format!("{} of the machine in the last second", human::share(share));
    if share * 1000.0 <= real(FOREIGN_PERMILLE) {
        return Finding::ok(NAME, found);
    }
    let by = if busiest.is_empty() { String::new() } else { format!(", most of it by {}", busiest.join(", ")) };
    Finding::warning(
        NAME,
        found + &by,
        "pools share the cores with others: times grow by chance, disturbed trials are tried again and the run gets longer",
        "end it or wait; more --blocks narrow the intervals again",
    )
}

fn steal(share: Option<f64>) -> Finding {
    const NAME: &str = "steal";
    let Some(share) = share else {
        return Finding::note(
            NAME,
            "not exposed by this system",
            "should a hypervisor give the processor to other machines, batches stand still and nothing shows it",
            "nothing on a machine of your own; else trust comparisons within blocks",
        );
    };
    let found = format!("{} in the last second", human::share(share));
    if share * 1000.0 <= real(STEAL_PERMILLE) {
        return Finding::ok(NAME, found);
    }
    Finding::warning(
        NAME,
        found,
        "the hypervisor gives the processor to other machines: batches stand still without knowing it",
        "measure at another hour or on a machine with cores of its own",
    )
}

fn swap(system: &System, moved: u64) -> Finding {
    const NAME: &str = "swap";
    let kib = |name| system.field("proc/meminfo", name);
    let Some((total, free)) = kib("SwapTotal").zip(kib("SwapFree")) else {
        return Finding::note(
            NAME,
            "not exposed by this system",
            "should there be swap and memory get short, resident figures would shrink instead of the run failing",
            "nothing while memory is free",
        );
    };
    if total == 0 {
        return Finding::ok(NAME, "none");
    }
    let (used, all) = (size(total.saturating_sub(free)), size(total));
    let found = format!("{used} of {all} used, {moved} pages moved in the last second");
    if moved > 0 {
        return Finding::warning(
            NAME,
            found,
            "memory that is swapped out is missing in every resident figure, and its return is time",
            "free memory, or swapoff for the run",
        );
    }
    Finding::note(
        NAME,
        found,
        "should memory get short, resident figures would shrink instead of the run failing",
        "nothing while memory is free",
    )
}

/// `free` of the machine in KiB, `limit` of the own control groups in bytes.
fn memory(free: Option<u64>, limit: Option<u64>) -> Finding {
    const NAME: &str = "memory";
    let Some(free) = free else {
        return Finding::note(
            NAME,
            "how much is available is not exposed by this system",
            "should it get short, the kernel takes pages back while pools run: faults and times grow",
            "see to it yourself that memory is free",
        );
    };
    // Version 1 says a number near 2^63 where there is no limit.
    let limit = limit.map(|bytes| bytes / 1024).filter(|kib| *kib < free);
    let found = format!("{} available", size(free));
    match limit {
        Some(kib) if kib < LITTLE_MEMORY_KIB => Finding::warning(
            NAME,
            format!("{found}, of which the control group may use {}", size(kib)),
            "pools that need more are killed and end as `crashed`; close to it, faults and times grow",
            "raise the group's limit (memory.max, MemoryMax= of systemd, --memory of a container), or choose fewer jobs",
        ),
        Some(kib) => Finding::ok(NAME, format!("{found}, of which the control group may use {}", size(kib))),
        None if free >= LITTLE_MEMORY_KIB => Finding::ok(NAME, found),
        None => Finding::warning(
            NAME,
            found,
            "the kernel takes pages back while pools run: faults and times grow",
            "end what is not needed, or choose fewer jobs",
        ),
    }
}

/// The least limit on memory that this process's group and those above have, in bytes, in either version.
fn group_limit() -> Option<u64> {
    let limits = ["memory.max", "memory.limit_in_bytes"].map(|file| Hierarchy::least_of("memory", file));
    limits.into_iter().flatten().min()
}

/// A size given in KiB, as people read it.
fn size(kib: u64) -> String {
    human::size(kib.saturating_mul(1024))
}

fn swapped_pages(system: &System) -> u64 {
    ["pswpin", "pswpout"].iter().filter_map(|name| system.field("proc/vmstat", name)).sum()
}

/// CPU time of every process in ticks, and its name.
fn ticks_by_process() -> HashMap<i32, (u64, String)> {
    let stats = all_processes().into_iter().flatten().flatten().filter_map(|process| process.stat().ok());
    stats.map(|stat| (stat.pid, (stat.utime + stat.stime, stat.comm))).collect()
}

/// Up to three names of the processes that used most in between, above two ticks.
fn busiest(before: &HashMap<i32, (u64, String)>, after: &HashMap<i32, (u64, String)>) -> Vec<String> {
    let mut used: HashMap<&str, u64> = HashMap::new();
    for (pid, (ticks, name)) in after {
        let then = before.get(pid).map_or(0, |(ticks, _)| *ticks);
        *used.entry(name).or_default() += ticks.saturating_sub(then);
    }
    let mut used: Vec<_> = used.into_iter().filter(|(_, ticks)| *ticks > 2).collect();
    used.sort_unstable_by_key(|(name, ticks)| (Reverse(*ticks), *name));
    used.into_iter().take(3).map(|(name, _)| name.to_owned()).collect()
}

fn real(number: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a share is shown with one digit")]
    let real = number as f64;
    real
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;
    use std::fs;

    #[test]
    fn others_are_named_and_steal_is_told() {
        assert_eq!(foreign(Some(0.02), &[]).level, Level::Ok);
        let busy = foreign(Some(0.5), &["cc1".to_owned()]);
        assert!(
            busy.level == Level::Warning && busy.found.contains("50.0 %") && busy.found.contains("cc1"),
            "{busy:?}"
        );
        assert_eq!(foreign(None, &[]).level, Level::Note);
        assert_eq!([steal(Some(0.004)).level, steal(Some(0.006)).level], [Level::Ok, Level::Warning]);
    }

    #[test]
    fn swap_is_a_warning_when_pages_move() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("proc")).unwrap();
        let system = System::at(root.path());
        fs::write(root.path().join("proc/meminfo"), "MemAvailable: 100 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n").unwrap();
        assert_eq!(swap(&system, 0).level, Level::Ok);
        fs::write(
            root.path().join("proc/meminfo"),
            "MemAvailable: 1048576 kB\nSwapTotal: 2048 kB\nSwapFree: 1024 kB\n",
        )
        .unwrap();
        assert_eq!(swap(&system, 0).level, Level::Note);
        let moving = swap(&system, 7);
        assert!(moving.level == Level::Warning && moving.found.contains("1.00 MiB of 2.00 MiB"), "{moving:?}");
    }

    #[test]
    fn memory_is_what_the_machine_has_and_the_group_lets_it_use() {
        const MIB: u64 = 1 << 20;
        let level = |free_mib: u64, limit| memory(Some(free_mib * 1024), limit).level;
        assert_eq!([level(511, None), level(512, None)], [Level::Warning, Level::Ok]);
        assert_eq!([level(9000, Some(511 * MIB)), level(9000, Some(512 * MIB))], [Level::Warning, Level::Ok]);
        let limited = memory(Some(9000 * 1024), Some(60 * MIB));
        assert!(limited.found.contains("60.0 MiB") && limited.found.contains("8.79 GiB"), "{limited:?}");
        let unlimited = memory(Some(9000 * 1024), Some(9_223_372_036_854_771_712));
        assert_eq!((unlimited.level, unlimited.found.as_str()), (Level::Ok, "8.79 GiB available"));
    }

    #[test]
    fn what_is_not_exposed_is_a_note_and_no_number() {
        let root = tempfile::tempdir().unwrap();
        for finding in [steal(None), memory(None, None), swap(&System::at(root.path()), 0)] {
            assert!(finding.level == Level::Note && finding.found.contains("not exposed"), "{finding:?}");
        }
    }

    #[test]
    fn the_busiest_come_first_and_one_name_once() {
        let names = ["idle", "cc1", "make", "make"];
        let at = |ticks: [u64; 4]| {
            (1..).zip(names.map(str::to_owned)).zip(ticks).map(|((pid, name), ticks)| (pid, (ticks, name))).collect()
        };
        assert_eq!(busiest(&at([5, 5, 5, 5]), &at([6, 105, 65, 65])), ["make", "cc1"]);
    }
}
