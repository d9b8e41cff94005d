//! What else the machine does: other processes, the hypervisor, swap; over one second.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::thread::sleep;
use std::time::{Duration, Instant};

use procfs::process::all_processes;

use super::{Finding, System};
use crate::observe::MachineLoad;

/// How long it looks.
const LOOK: Duration = Duration::from_secs(1);
/// Share of the machine that others may have, as for a trial.
const FOREIGN: f64 = 0.02;
/// Share that the hypervisor may take.
const STEAL: f64 = 0.005;
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
        memory(system),
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
    let found = format!("{:.1} % of the machine in the last second", share * 100.0);
    if share <= FOREIGN {
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
    let found = format!("{:.1} % in the last second", share.unwrap_or(0.0) * 100.0);
    if share.is_none_or(|share| share <= STEAL) {
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
    let kib = |name| system.field("proc/meminfo", name).unwrap_or(0);
    let (total, free) = (kib("SwapTotal"), kib("SwapFree"));
    if total == 0 {
        return Finding::ok(NAME, "none");
    }
    let found =
        format!("{} MiB of {} MiB used, {moved} pages moved in the last second", (total - free) / 1024, total / 1024);
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

fn memory(system: &System) -> Finding {
    const NAME: &str = "memory";
    let free = system.field("proc/meminfo", "MemAvailable").unwrap_or(0);
    let found = format!("{} MiB available", free / 1024);
    if free >= LITTLE_MEMORY_KIB {
        return Finding::ok(NAME, found);
    }
    Finding::warning(
        NAME,
        found,
        "the kernel takes pages back while pools run: faults and times grow",
        "end what is not needed, or choose fewer jobs",
    )
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
        assert_eq!([swap(&system, 0).level, memory(&system).level], [Level::Ok, Level::Warning]);
        fs::write(
            root.path().join("proc/meminfo"),
            "MemAvailable: 1048576 kB\nSwapTotal: 2048 kB\nSwapFree: 1024 kB\n",
        )
        .unwrap();
        assert_eq!([swap(&system, 0).level, memory(&system).level], [Level::Note, Level::Ok]);
        let moving = swap(&system, 7);
        assert!(moving.level == Level::Warning && moving.found.contains("1 MiB of 2 MiB"), "{moving:?}");
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
