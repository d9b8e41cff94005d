//! The processes of a pool: the tree under its root, and whatever was left to the orchestrator by parents that died.

use std::collections::BTreeSet;

use super::Account;
use super::proc::{self, Proc, Status};
use crate::guard::cgroup::Group;
use crate::process::family::MOST_MEMBERS;

/// Where the processes of a trial are found.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The pool's own process.
    pub root: i32,
    /// The reader, which keeps that process's files open.
    pub proc: &'a Proc,
    /// The trial's control groups, once the pool is in them.
    pub group: Option<&'a Group>,
    /// Its CPU time when it came into them, if they count that.
    pub account: Option<Account>,
    /// Children of the orchestrator that are not the pool's: watcher and web server.
    pub keep: &'a [i32],
}

/// A live process with its status and threads.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) pid: i32,
    pub(super) status: Status,
    pub(super) threads: Vec<i32>,
}

/// A process tree at one moment.
#[derive(Debug, Default)]
pub struct Tree {
    members: Vec<Member>,
    /// All that were seen, with those that had ended.
    seen: BTreeSet<i32>,
    /// Whether there may be more, which could not be read.
    is_partial: bool,
}

impl Tree {
    /// The pool's processes: from its group, or by their parents. The list is reliable while the tree waits at a gate.
    pub fn of(scope: Scope<'_>) -> Self {
        Self::reading(scope.proc, roots(scope).into_iter(), scope.looks_at_children())
    }

    /// Reads the status of `roots` and, if `deep`, of their children down to the last.
    fn reading(proc: &Proc, roots: impl Iterator<Item = i32>, deep: bool) -> Self {
        let mut tree = Self::default();
        let mut open: Vec<i32> = roots.collect();
        open.reverse();
        while let Some(pid) = open.pop().filter(|_| tree.seen.len() < MOST_MEMBERS) {
            let Some(status) = tree.seen.insert(pid).then(|| proc.status(pid)).flatten() else { continue };
            // One that is about to end has given its memory back.
            if !status.is_zombie && status.rss.is_some() {
                let threads = proc.threads(pid, status.threads);
                open.extend(if deep { proc.children(pid, &threads) } else { Vec::new() });
                tree.members.push(Member { pid, status, threads });
            }
        }
        tree.is_partial = proc.has_failed();
        tree
    }

    /// Whether there may be more processes, which could not be read: whatever is summed is not the whole then.
    pub(super) fn is_partial(&self) -> bool {
        self.is_partial
    }

    /// The live members, the root first.
    pub(super) fn members(&self) -> &[Member] {
        &self.members
    }

    /// Their process ids in order.
    pub fn pids(&self) -> BTreeSet<i32> {
        self.members.iter().map(|member| member.pid).collect()
    }

    /// Whether there was a process that has ended, reaped or not.
    pub fn has_dead(&self) -> bool {
        self.seen.len() > self.members.len()
    }

    /// Whether its processes are no longer the same: another list in the group, or another child of a member; or whether
    /// that cannot be told, since something could not be read.
    pub(super) fn has_changed(&self, scope: Scope<'_>) -> bool {
        let children = |member: &Member| scope.proc.children(member.pid, &member.threads);
        let parents = self.members.iter().filter(|_| scope.looks_at_children());
        let now: BTreeSet<i32> = parents.flat_map(children).chain(roots(scope)).collect();
        now != self.seen || scope.proc.has_failed() || self.is_partial
    }
}

impl Scope<'_> {
    /// Whether the tree is found by parents and children. The list of a group is complete but for the dead, of which the
    /// account of CPU time tells.
    fn looks_at_children(self) -> bool {
        self.group.is_none() || self.account.is_none()
    }
}

/// The root, and what is a member without being its child.
fn roots(scope: Scope<'_>) -> Vec<i32> {
    let members = scope.group.and_then(|group| scope.proc.opened(group.members()));
    let members = members.into_iter().flatten().filter(|pid| *pid != scope.root);
    let mut roots: Vec<i32> = [scope.root].into_iter().chain(members).collect();
    if scope.looks_at_children() {
        roots.extend(orphans(scope));
    }
    roots
}

/// Since the orchestrator is the subreaper, processes whose parents have died are among its children: those of its first
/// thread, to which the kernel gives orphans.
fn orphans(scope: Scope<'_>) -> impl Iterator<Item = i32> {
    let own = proc::own();
    let children = scope.proc.children(own, &[own]).into_iter();
    children.filter(move |pid| *pid != scope.root && !scope.keep.contains(pid))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::process::{Command, Stdio};

    #[test]
    fn a_tree_that_gets_a_process_has_changed() {
        let script = "read go; sleep 60 & echo started; read go; kill $!; wait";
        let mut shell = Command::new("sh");
        let mut shell = shell.args(["-c", script]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (mut go, mut said) = (shell.stdin.take().unwrap(), BufReader::new(shell.stdout.take().unwrap()));
        let root = shell.id().cast_signed();
        let proc = Proc::of(root);
        // Other tests have children of their own meanwhile, but no orphans.
        let scope = Scope { root, proc: &proc, group: None, account: None, keep: &[] };
        let before = Tree::of(scope);
        assert!(before.pids().contains(&root) && !before.has_changed(scope));
        go.write_all(b"\n").unwrap();
        said.read_line(&mut String::new()).unwrap();
        assert!(before.has_changed(scope));
        assert_eq!(Tree::of(scope).pids().len(), before.pids().len() + 1);
        go.write_all(b"\n").unwrap();
        assert!(shell.wait().unwrap().success());
    }
}
