//! CPU use of the whole machine, from which that of everybody else is told.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use super::cpu_ns;
use super::disturbance::{Disturbance, tick_ns};
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

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
