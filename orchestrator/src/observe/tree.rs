//! The processes of a pool: the tree under its root, and whatever was left to the orchestrator by parents that died.

use std::collections::BTreeSet;

use procfs::process::Process;
use rustix::process::{Pid, WaitOptions, waitpid};

use crate::cgroup::{self, Group};

/// Where the processes of a trial are found.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The pool's own process.
    pub root: i32,
    /// The trial's control groups, once the pool is in them.
    pub group: Option<&'a Group>,
    /// Children of the orchestrator that are not the pool's: watcher and web server.
    pub keep: &'a [i32],
}

/// A process tree at one moment.
#[derive(Debug, Default)]
pub struct Tree {
    members: Vec<Process>,
    dead: bool,
}

impl Tree {
    /// The pool's processes: from its group, or by their parents. The list is reliable while the tree waits at a gate.
    pub fn of(scope: Scope<'_>) -> Self {
        match scope.group {
            Some(group) => Self::of_group(scope.root, group),
            None => Self::of_children([scope.root].into_iter().chain(orphans(scope))),
        }
    }

    /// Walks from `root` over the children of every thread.
    pub fn walk(root: i32) -> Self {
        Self::of_children([root].into_iter())
    }

    fn of_group(root: i32, group: &Group) -> Self {
        let others = group.members().into_iter().filter(|pid| *pid != root);
        let members = [root].into_iter().chain(others).filter_map(|pid| Process::new(pid).ok());
        Self { members: members.collect(), dead: false }
    }

    fn of_children(roots: impl Iterator<Item = i32>) -> Self {
        let (mut tree, mut seen) = (Self::default(), BTreeSet::new());
        let mut open: Vec<i32> = roots.collect();
        open.reverse();
        while let Some(pid) = open.pop() {
            let Some(process) = seen.insert(pid).then(|| Process::new(pid).ok()).flatten() else { continue };
            if is_zombie(&process) {
                tree.dead = true;
            } else {
                open.extend(children(&process));
                tree.members.push(process);
            }
        }
        tree
    }

    /// The members, the root first if it lives.
    pub fn members(&self) -> &[Process] {
        &self.members
    }

    /// The members' process ids in order.
    pub fn pids(&self) -> BTreeSet<i32> {
        self.members.iter().map(Process::pid).collect()
    }

    /// Whether there was a process that has ended and not been reaped.
    pub fn has_dead(&self) -> bool {
        self.dead
    }
}

fn is_zombie(process: &Process) -> bool {
    process.stat().is_ok_and(|stat| stat.state == 'Z')
}

fn children(process: &Process) -> Vec<i32> {
    let Ok(tasks) = process.tasks() else { return Vec::new() };
    let lists = tasks.flatten().filter_map(|task| task.children().ok());
    lists.flatten().filter_map(|pid| i32::try_from(pid).ok()).collect()
}

/// Since the orchestrator is the subreaper, processes whose parents have died are among its children.
fn orphans(scope: Scope<'_>) -> Vec<i32> {
    let own = Process::myself().map(|myself| children(&myself)).unwrap_or_default();
    own.into_iter().filter(|pid| *pid != scope.root && !scope.keep.contains(pid)).collect()
}

/// Kills and reaps every process under the orchestrator but those in `keep`, until none is left; how many had to be killed.
pub fn sweep(keep: &[i32]) -> usize {
    cgroup::kill_all(|| {
        let strays = orphans(Scope { root: 0, group: None, keep });
        for pid in strays.iter().filter_map(|pid| Pid::from_raw(*pid)) {
            let _ = waitpid(Some(pid), WaitOptions::NOHANG);
        }
        Tree::of_children(strays.into_iter()).pids().into_iter().collect()
    })
}
