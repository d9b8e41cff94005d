//! The processes of a pool: the tree under its root, and whatever was left to the orchestrator by parents that died.

use std::collections::BTreeSet;

use procfs::process::Process;
use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};

/// A process tree at one moment.
#[derive(Debug, Default)]
pub struct Tree {
    members: Vec<Process>,
}

impl Tree {
    /// Walks from `root` over the children of every thread. The list is reliable while the tree waits at a gate.
    pub fn walk(root: i32) -> Self {
        let mut tree = Self::default();
        let mut seen = BTreeSet::new();
        let mut open = vec![root];
        while let Some(pid) = open.pop() {
            if !seen.insert(pid) {
                continue;
            }
            if let Ok(process) = Process::new(pid) {
                open.extend(children(&process));
                tree.members.push(process);
            }
        }
        tree
    }

    /// The members, the root first.
    pub fn members(&self) -> &[Process] {
        &self.members
    }

    /// The members' process ids in order.
    pub fn pids(&self) -> BTreeSet<i32> {
        self.members.iter().map(Process::pid).collect()
    }
}

fn children(process: &Process) -> Vec<i32> {
    let Ok(tasks) = process.tasks() else { return Vec::new() };
    let lists = tasks.flatten().filter_map(|task| task.children().ok());
    lists.flatten().filter_map(|pid| i32::try_from(pid).ok()).collect()
}

/// Kills and reaps every process under the orchestrator but those in `keep`, until none is left; how many there were.
/// Since the orchestrator is the subreaper, processes whose parents have died are among its children.
pub fn sweep(keep: &[i32]) -> usize {
    let mut killed = BTreeSet::new();
    let Ok(myself) = Process::myself() else { return 0 };
    loop {
        let strays: Vec<i32> = children(&myself).into_iter().filter(|pid| !keep.contains(pid)).collect();
        if strays.is_empty() {
            return killed.len();
        }
        for stray in strays {
            for pid in Tree::walk(stray).pids().into_iter().filter_map(Pid::from_raw) {
                let _ = kill_process(pid, Signal::KILL);
                killed.insert(pid.as_raw_nonzero());
            }
            let _ = waitpid(Pid::from_raw(stray), WaitOptions::empty());
        }
    }
}
