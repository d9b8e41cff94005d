//! CPU use of the whole machine, from which that of everybody else is told.

use std::fs::File;
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

/// Root counters of CPU time in the order of preference: cgroup v1 in ns; v2 in us, on its own or beside v1. Never the
/// ticks of `/proc/stat`, which miss short bursts.
const ROOT_V1: &str = "/sys/fs/cgroup/cpuacct/cpuacct.usage";
const ROOT_V2: [&str; 2] = ["/sys/fs/cgroup/cpu.stat", "/sys/fs/cgroup/unified/cpu.stat"];

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

/// The first of these files that there is, opened once: every trial reads it twice.
static MACHINE: LazyLock<Option<File>> =
    LazyLock::new(|| [ROOT_V1].iter().chain(&ROOT_V2).find_map(|path| File::open(path).ok()));
static STAT: LazyLock<Option<File>> = LazyLock::new(|| File::open("/proc/stat").ok());

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
}
