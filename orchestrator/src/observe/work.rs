//! Work done by a process tree: CPU time, waiting for a core, context switches, page faults.

use super::proc::Proc;
use super::tree::Member;
use super::{Scope, Tree, cpu_ns};
use crate::guard::cgroup::{CpuTime, Group};

/// CPU time of dead threads below which their switches and waits are negligible, in ns.
const NEGLIGIBLE_NS: u64 = 100_000;

/// Work done by a tree since its start. What is read at two gates is subtracted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Work {
    /// CPU time, ns: exact in a group; without one exact for live members, in ticks for children that have ended.
    pub cpu_ns: u64,
    /// The part in the kernel, ns; without a group in ticks of 10 ms.
    pub sys_ns: u64,
    /// Page faults without a read.
    pub minor_faults: u64,
    /// Page faults with a read.
    pub major_faults: u64,
    /// Faults of children that have ended: above 0 it proves that one has.
    pub children_faults: u64,
    /// CPU time of the live processes alone, their ended threads included, ns.
    pub live_ns: u64,
    /// What of that their ended threads had used, ns.
    pub ended_threads_ns: u64,
    /// What only live threads tell; nothing if threads that did work have ended.
    pub threads: Option<ThreadWork>,
}

/// Counts that a thread takes with it when it ends.
#[derive(Clone, Copy, Debug, Default)]
pub struct ThreadWork {
    /// Voluntary context switches.
    pub voluntary: u64,
    /// Involuntary context switches.
    pub involuntary: u64,
    /// Time runnable without a core, ns.
    pub run_delay_ns: u64,
}

impl Work {
    /// Reads the counters of all members, and their CPU time from the group where it counts that: exact for its dead too,
    /// and read first, so that what is done meanwhile is never taken for work of the dead.
    pub fn of(tree: &Tree, scope: Scope<'_>) -> Self {
        let counted = scope.group.and_then(Group::cpu);
        let mut sum = Self { threads: Some(ThreadWork::default()), ..Self::default() };
        for member in tree.members() {
            sum.add(member, scope.proc);
        }
        match counted {
            Some(CpuTime { all_ns, sys_ns }) => Self { cpu_ns: all_ns, sys_ns, ..sum },
            None => sum,
        }
    }

    fn add(&mut self, member: &Member, proc: &Proc) {
        let own_ns = cpu_ns(member.pid).unwrap_or(0);
        self.cpu_ns += own_ns;
        self.live_ns += own_ns;
        if let Some(stat) = proc.stat(member.pid) {
            let tick_ns = 1_000_000_000 / procfs::ticks_per_second().max(1);
            self.cpu_ns += (stat.ended_user_ticks + stat.system_ticks[1]) * tick_ns;
            self.sys_ns += stat.system_ticks.iter().sum::<u64>() * tick_ns;
            self.minor_faults += stat.minor_faults.iter().sum::<u64>();
            self.major_faults += stat.major_faults.iter().sum::<u64>();
            self.children_faults += stat.minor_faults[1];
        }
        let live = live_threads(member, proc);
        self.ended_threads_ns += live.map_or(own_ns, |(_, live_ns)| own_ns.saturating_sub(live_ns));
        self.threads = self.threads.take().zip(live).and_then(|(sum, (own, live_ns))| {
            (own_ns.saturating_sub(live_ns) < NEGLIGIBLE_NS).then(|| ThreadWork {
                voluntary: sum.voluntary + own.voluntary,
                involuntary: sum.involuntary + own.involuntary,
                run_delay_ns: sum.run_delay_ns + own.run_delay_ns,
            })
        });
    }

    /// What was done since `earlier`.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        let threads = self.threads.zip(earlier.threads).map(|(now, then)| ThreadWork {
            voluntary: now.voluntary.saturating_sub(then.voluntary),
            involuntary: now.involuntary.saturating_sub(then.involuntary),
            run_delay_ns: now.run_delay_ns.saturating_sub(then.run_delay_ns),
        });
        let cpu_ns = self.cpu_ns.saturating_sub(earlier.cpu_ns);
        Self {
            cpu_ns,
            // Sampled ticks can run ahead of the exact clock.
            sys_ns: self.sys_ns.saturating_sub(earlier.sys_ns).min(cpu_ns),
            minor_faults: self.minor_faults.saturating_sub(earlier.minor_faults),
            major_faults: self.major_faults.saturating_sub(earlier.major_faults),
            threads,
            ..*self
        }
    }

    /// The same without `ns` of CPU time in user mode.
    #[must_use]
    pub fn without(self, ns: u64) -> Self {
        let cpu_ns = self.cpu_ns.saturating_sub(ns);
        // The sum is exact and the split sampled: what user time is too small for was counted as the kernel's.
        Self { cpu_ns, sys_ns: self.sys_ns.min(cpu_ns), ..self }
    }
}

/// The counts of a process's live threads, and the CPU time that they account for.
fn live_threads(member: &Member, proc: &Proc) -> Option<(ThreadWork, u64)> {
    let pid = member.pid;
    let (mut sum, mut live_ns) = (ThreadWork::default(), 0);
    for thread in member.threads.iter().copied() {
        // The first thread's counts stand in the process's status, which was read already.
        let status = if thread == pid { member.status } else { Proc::thread_status(pid, thread)? };
        let (used_ns, run_delay_ns) = proc.schedule(pid, thread)?;
        sum.voluntary += status.voluntary;
        sum.involuntary += status.involuntary;
        sum.run_delay_ns += run_delay_ns;
        live_ns += used_ns;
    }
    Some((sum, live_ns))
}
