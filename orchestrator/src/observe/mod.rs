//! What is read of a pool's process tree while it waits at a gate: memory, CPU time, switches, faults.

mod account;
mod cores;
mod cpu_clock;
mod disturbance;
mod machine_load;
mod memory;
mod network;
mod proc;
mod quota;
mod setting;
mod tree;
mod work;

pub use account::Account;
pub use cores::{CoreState, Cores, SLOW};
pub use cpu_clock::cpu_ns;
pub use disturbance::{Disturbance, FOREIGN_PERMILLE, STEAL_PERMILLE};
pub use machine_load::MachineLoad;
pub use memory::Memory;
pub use network::listen_overflows;
pub use proc::Proc;
pub use quota::{QUOTA, Quota};
pub use setting::Setting;
pub use tree::{Scope, Tree};
pub use work::Work;

/// Everything that is read when the batch is done.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// The most memory that was charged to the trial's group at once, in bytes.
    pub charged_peak: Option<u64>,
    /// Memory of the tree.
    pub memory: Memory,
    /// Work done by the tree since its start.
    pub work: Work,
    /// Processes in the tree.
    pub processes: u64,
    /// Whether a process of the tree had ended; `None` where that could not be seen.
    pub dead: Option<bool>,
    /// Whether the tree changed while it was read.
    pub changed: bool,
}

impl Reading {
    /// Reads all of it. The peak comes first, since whatever is read costs memory; then the order is that of rising cost:
    /// status before counters, and PSS, which takes the kernel longest, last; then the tree once more.
    pub fn take(scope: Scope<'_>) -> Self {
        let charged_peak = scope.group.and_then(crate::guard::cgroup::Group::peak_bytes);
        let tree = Tree::of(scope);
        let mut memory = Memory::of(&tree);
        let work = Work::of(&tree, scope);
        memory.add_pss(&tree);
        let changed = tree.has_changed(scope);
        let processes = tree.members().len() as u64;
        let unowned =
            scope.account.is_some_and(|account| account.shows_dead(work.cpu_ns, work.live_ns, work.ended_threads_ns));
        let dead = tree.has_dead() || work.children_faults > 0 || unowned;
        let is_hidden = scope.account.is_none() && memory.hides_dead;
        let dead = (dead || !is_hidden).then_some(dead);
        Self { charged_peak, memory, work, processes, dead, changed }
    }
}
