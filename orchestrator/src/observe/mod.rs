//! What is read of a pool's process tree while it waits at a gate: memory, CPU time, switches, faults.

mod cpu_clock;
mod machine_load;
mod memory;
mod network;
mod tree;
mod work;

pub use cpu_clock::cpu_ns;
pub use machine_load::{Disturbance, MachineLoad};
pub use memory::Memory;
pub use network::listen_overflows;
pub use tree::{Tree, sweep};
pub use work::Work;

/// Everything that is read when the batch is done.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// Memory of the tree.
    pub memory: Memory,
    /// Work done by the tree since its start.
    pub work: Work,
    /// Processes in the tree.
    pub processes: u64,
    /// Whether the tree changed while it was read.
    pub changed: bool,
}

impl Reading {
    /// Reads all of it. The order is that of rising cost to the pool's own figures: status before counters, and PSS,
    /// which takes the kernel longest, last; then the tree once more.
    pub fn take(root: i32) -> Self {
        let tree = Tree::walk(root);
        let mut memory = Memory::of(&tree);
        let work = Work::of(&tree);
        memory.add_pss(&tree);
        let changed = tree.pids() != Tree::walk(root).pids();
        Self { memory, work, processes: tree.pids().len() as u64, changed }
    }
}
