//! CPU use of the whole machine, from which that of everybody else is told.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use super::cpu_ns;
use super::proc::record;

/// CPU time used by the machine, this process and the web server so far, and time taken by the hypervisor.
#[derive(Clone, Copy, Debug)]
pub struct MachineLoad {
    /// All processes together, ns; nothing where the system exposes no exact count.
    machine: Option<u64>,
    /// The orchestrator and the web server, ns.
    ours: u64,
    /// The web server alone, ns.
    server: Option<u64>,
    /// Time stolen by the hypervisor, ns, in ticks.
    steal: Option<u64>,
}

/// What a window shows of the machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Disturbance {
    /// CPU time of all other processes, ns.
    pub foreign_ns: Option<u64>,
    /// Time that the hypervisor took, ns.
    pub steal_ns: Option<u64>,
    /// CPU time of the web server, ns.
    pub server_ns: Option<u64>,
}

/// Counters of CPU time below the root of the system, in the order of preference: cgroup v1 in ns; v2 in us, on its own or
/// beside v1. Never the ticks of `/proc/stat`, which miss short bursts.
const V1: &str = "sys/fs/cgroup/cpuacct/cpuacct.usage";
const V2: [&str; 2] = ["sys/fs/cgroup/cpu.stat", "sys/fs/cgroup/unified/cpu.stat"];

impl MachineLoad {
    /// Reads it all, with the web server's process if there is one.
    pub fn read(server: Option<i32>) -> Self {
        let server_ns = server.and_then(cpu_ns);
        let own = rustix::process::getpid().as_raw_nonzero().get();
        Self {
            machine: machine_ns(),
            ours: cpu_ns(own).unwrap_or(0) + server_ns.unwrap_or(0),
            server: server_ns,
            steal: steal_ns(),
        }
    }

    /// What happened since `earlier` beside the `tree_ns` of CPU time that the pool itself used.
    pub fn since(&self, earlier: &Self, tree_ns: u64) -> Disturbance {
        let grown = |now: Option<u64>, then: Option<u64>| Some(now?.saturating_sub(then?));
        let known = tree_ns + self.ours.saturating_sub(earlier.ours);
        Disturbance {
            foreign_ns: grown(self.machine, earlier.machine).map(|all| all.saturating_sub(known)),
            steal_ns: grown(self.steal, earlier.steal),
            server_ns: grown(self.server, earlier.server),
        }
    }
}

impl Disturbance {
    /// Whether a window of `window_ns` on `cores` was disturbed: by more than 2 % of it and 1 ms of foreign CPU, or by more
    /// than 0.5 % and two ticks of steal. Looks at others only, so that it cannot favour a pool.
    pub fn is_noisy(&self, window_ns: u64, cores: u64) -> Option<bool> {
        let capacity = window_ns.saturating_mul(cores);
        let foreign = self.foreign_ns? > (capacity / 50).max(1_000_000);
        let steal = self.steal_ns.is_some_and(|steal| steal > (capacity / 200).max(2 * tick_ns()));
        Some(foreign || steal)
    }
}

/// Opened once: every trial reads it twice.
static MACHINE: LazyLock<Option<File>> = LazyLock::new(|| File::open(counter(Path::new("/"))?).ok());
static STAT: LazyLock<Option<File>> = LazyLock::new(|| File::open("/proc/stat").ok());

/// The counter of the whole machine. In a container the files of its own group stand in the same place, and counting that
/// group alone would hide everybody else; they are told apart by what the kernel puts beside them: `release_agent` in
/// the root group of version 1 only, `cgroup.events` and `cgroup.type` in all but the root group of version 2.
fn counter(root: &Path) -> Option<PathBuf> {
    let beside = |path: &Path, name| path.with_file_name(name).exists();
    let of_root_v1 = |path: &PathBuf| beside(path, "release_agent");
    let of_root_v2 = |path: &PathBuf| !beside(path, "cgroup.events") && !beside(path, "cgroup.type");
    let v1 = [root.join(V1)].into_iter().filter(of_root_v1);
    let v2 = V2.map(|path| root.join(path)).into_iter().filter(of_root_v2);
    v1.chain(v2).find(|path| path.exists())
}

fn machine_ns() -> Option<u64> {
    let text = record(MACHINE.as_ref()?)?;
    match text.lines().find_map(|line| line.strip_prefix("usage_usec ")) {
        Some(micros) => Some(micros.trim().parse::<u64>().ok()? * 1000),
        None => text.trim().parse().ok(),
    }
}

fn steal_ns() -> Option<u64> {
    let text = record(STAT.as_ref()?)?;
    // cpu user nice system idle iowait irq softirq steal
    text.lines().next()?.split_whitespace().nth(8)?.parse::<u64>().ok().map(|ticks| ticks * tick_ns())
}

fn tick_ns() -> u64 {
    1_000_000_000 / procfs::ticks_per_second().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const MS: u64 = 1_000_000;

    fn noisy(foreign_ns: u64, steal_ns: u64, window_ns: u64) -> Option<bool> {
        Disturbance { foreign_ns: Some(foreign_ns), steal_ns: Some(steal_ns), server_ns: None }.is_noisy(window_ns, 2)
    }

    #[test]
    fn two_percent_or_a_millisecond_of_foreign_cpu_whichever_is_more() {
        assert_eq!(noisy(4 * MS, 0, 100 * MS), Some(false));
        assert_eq!(noisy(4 * MS + 1, 0, 100 * MS), Some(true));
        assert_eq!(noisy(MS, 0, MS), Some(false));
        assert_eq!(noisy(MS + 1, 0, MS), Some(true));
    }

    #[test]
    fn steal_counts_from_two_ticks_and_no_counter_is_no_verdict() {
        assert_eq!(noisy(0, 2 * tick_ns(), MS), Some(false));
        assert_eq!(noisy(0, 2 * tick_ns() + 1, MS), Some(true));
        assert_eq!(Disturbance::default().is_noisy(MS, 2), None);
    }

    #[test]
    fn the_group_of_a_container_is_not_the_machine() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        };
        let found = || counter(root.path()).map(|path| path.strip_prefix(root.path()).unwrap().display().to_string());
        assert_eq!(found(), None);
        write(V1);
        write(V2[1]);
        write("sys/fs/cgroup/unified/cgroup.events");
        assert_eq!(found(), None);
        write(V2[0]);
        assert_eq!(found().as_deref(), Some(V2[0]));
        write("sys/fs/cgroup/cgroup.type");
        assert_eq!(found(), None);
        write("sys/fs/cgroup/cpuacct/release_agent");
        assert_eq!(found().as_deref(), Some(V1));
    }
}
