//! The processes of a pool: the tree under its root, and whatever was left to the orchestrator by parents that died.

use std::collections::BTreeSet;

use procfs::process::Process;
use rustix::process::{Pid, WaitOptions, getpid, waitpid};

use super::proc::{self, Status};
use crate::cgroup::{self, Group};

/// More processes than any pool has. A fork bomb would keep the walk busy for ever.
const MOST_MEMBERS: usize = 10_000;

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

/// A live process with its status.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    pub(super) pid: i32,
    pub(super) status: Status,
}

/// A process tree at one moment.
#[derive(Debug, Default)]
pub struct Tree {
    members: Vec<Member>,
    dead: bool,
}

impl Tree {
    /// The pool's processes: from its group, or by their parents. The list is reliable while the tree waits at a gate.
    pub fn of(scope: Scope<'_>) -> Self {
        match scope.group {
            // The kernel's list knows no zombies.
            Some(group) => Self::reading([scope.root].into_iter().chain(without_root(scope, group)), |_| Vec::new()),
            None => Self::reading([scope.root].into_iter().chain(orphans(scope)), children),
        }
    }

    /// Reads the status of `roots` and of what `below` finds under each, down to the last.
    fn reading(roots: impl Iterator<Item = i32>, below: impl Fn(&Member) -> Vec<i32>) -> Self {
        let (mut tree, mut seen) = (Self::default(), BTreeSet::new());
        let mut open: Vec<i32> = roots.collect();
        open.reverse();
        while let Some(pid) = open.pop().filter(|_| seen.len() < MOST_MEMBERS) {
            let Some(status) = seen.insert(pid).then(|| proc::status(pid)).flatten() else { continue };
            let member = Member { pid, status };
            // One that is about to end has given its memory back.
            if status.is_zombie || status.rss.is_none() {
                tree.dead = true;
            } else {
                open.extend(below(&member));
                tree.members.push(member);
            }
        }
        tree
    }

    /// The live members, the root first.
    pub(super) fn members(&self) -> &[Member] {
        &self.members
    }

    /// Their process ids in order.
    pub fn pids(&self) -> BTreeSet<i32> {
        self.members.iter().map(|member| member.pid).collect()
    }

    /// Whether there was a process that has ended and not been reaped.
    pub fn has_dead(&self) -> bool {
        self.dead
    }

    /// Whether its processes are no longer the same.
    pub(super) fn has_changed(&self, scope: Scope<'_>) -> bool {
        let now = match scope.group {
            Some(group) => without_root(scope, group).chain([scope.root]).collect(),
            None => Self::of(scope).pids(),
        };
        now != self.pids()
    }
}

fn without_root(scope: Scope<'_>, group: &Group) -> impl Iterator<Item = i32> {
    group.members().into_iter().filter(move |pid| *pid != scope.root)
}

fn children(member: &Member) -> Vec<i32> {
    let alone = [member.pid];
    if member.status.threads <= 1 {
        return proc::children(member.pid, &alone);
    }
    proc::children(member.pid, &proc::threads(member.pid))
}

/// Since the orchestrator is the subreaper, processes whose parents have died are among its children.
fn orphans(scope: Scope<'_>) -> impl Iterator<Item = i32> {
    let own = getpid().as_raw_nonzero().get();
    let children = proc::children(own, &proc::threads(own));
    children.into_iter().filter(move |pid| *pid != scope.root && !scope.keep.contains(pid))
}

/// `root` and everything under it over the children of every thread, with what has ended and was not reaped.
pub fn family(root: i32) -> Vec<Process> {
    let (mut family, mut seen, mut open) = (Vec::new(), BTreeSet::new(), vec![root]);
    while let Some(pid) = open.pop() {
        let Some(process) = seen.insert(pid).then(|| Process::new(pid).ok()).flatten() else { continue };
        let lists = process.tasks().into_iter().flatten().flatten().filter_map(|task| task.children().ok());
        open.extend(lists.flatten().filter_map(|pid| i32::try_from(pid).ok()));
        family.push(process);
    }
    family
}

/// Kills and reaps every process under the orchestrator but those in `keep`, until none is left; how many had to be killed.
pub fn sweep(keep: &[i32]) -> usize {
    cgroup::kill_all(|| {
        let strays: Vec<i32> = orphans(Scope { root: 0, group: None, keep }).collect();
        for pid in strays.iter().filter_map(|pid| Pid::from_raw(*pid)) {
            let _ = waitpid(Some(pid), WaitOptions::NOHANG);
        }
        Tree::reading(strays.into_iter(), children).pids().into_iter().collect()
    })
}
