//! What a pool leaves behind: it comes to this process, the subreaper, and is ended.

use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use procfs::process::Process;
use rustix::process::{Pid, WaitOptions, child_subreaper, getpid, set_child_subreaper, waitpid};

use super::cgroup;
use super::marked::marked;
use crate::process::environment::RUN_ID;
use crate::process::family::family;
use crate::process::refusal::Refusal;
use crate::process::tell;

/// The call by which orphans come to a process that is not the first.
pub const SUBREAPER: &str = "prctl(PR_SET_CHILD_SUBREAPER)";

/// Makes this process the one to which orphans of pools come, or says that the system refuses that.
pub fn adopt_orphans() {
    if let Err(cause) = set_child_subreaper(Some(getpid())) {
        match Refusal::of(SUBREAPER, cause) {
            Some(refusal) => tell(format_args!(
                "poolbench: {refusal}; what a pool leaves behind is found by its control group or its environment only"
            )),
            None => tell(format_args!("poolbench: {SUBREAPER}: {cause}")),
        }
    }
}

/// Kills and reaps every process that pools have left to this one, but those in `keep`, until none is left; how many had to
/// be killed.
pub fn sweep(keep: &[i32]) -> usize {
    let (begun, mut killed) = (Instant::now(), 0);
    loop {
        let found = cgroup::kill_all(|| living(&unreaped(keep))) + cgroup::kill_all(|| strangers(keep));
        killed += found;
        // Whoever is on its way out has no memory left and is not killed, but unreaped it would be a dead child of the next
        // trial. And a parent that ends while the tree is read hides what it has forked, which comes to us only then.
        let patience = if found == 0 { cgroup::PATIENCE } else { cgroup::LONGEST_KILL };
        if unreaped(keep).is_empty() || begun.elapsed() > patience {
            return killed;
        }
        sleep(Duration::from_millis(1));
    }
}

/// Reaps what has ended of the children of this process; the others. The kernel gives orphans to its first thread.
fn unreaped(keep: &[i32]) -> Vec<i32> {
    let own = getpid().as_raw_nonzero();
    let children = fs::read_to_string(format!("/proc/{own}/task/{own}/children")).unwrap_or_default();
    let strays = children.split_whitespace().filter_map(|pid| pid.parse().ok()).filter(|pid| !keep.contains(pid));
    let reaped = |pid: &i32| matches!(waitpid(Pid::from_raw(*pid), WaitOptions::NOHANG), Ok(Some(_)));
    strays.filter(|pid| !reaped(pid)).collect()
}

/// Those of `roots` and of all under them that still have memory: the others are about to end.
fn living(roots: &[i32]) -> Vec<i32> {
    let lives =
        |process: &Process| process.stat().is_ok_and(|stat| stat.vsize > 0 && !['Z', 'X'].contains(&stat.state));
    roots.iter().flat_map(|root| family(*root)).filter(lives).map(|process| process.pid()).collect()
}

/// Where orphans go elsewhere: processes of this run, told by their environment.
fn strangers(keep: &[i32]) -> Vec<i32> {
    if matches!(child_subreaper(), Ok(Some(_))) || getpid().is_init() {
        return Vec::new();
    }
    marked(&RUN_ID).into_iter().filter(|pid| !keep.contains(pid)).collect()
}
