//! System calls that a run is better with, each tried out: containers forbid some, network file systems lack locks.

use std::fs::File;

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use rustix::process::{
    PidfdFlags, Signal, child_subreaper, getpid, parent_process_death_signal, pidfd_open, set_child_subreaper,
    set_parent_process_death_signal,
};
use rustix::thread::{sched_getaffinity, sched_setaffinity};

use super::Finding;
use crate::guard::sweep::SUBREAPER;
use crate::process::refusal::Refusal;

pub(super) fn findings() -> Vec<Finding> {
    vec![
        judge(
            "end of pools",
            "pidfd_open",
            pidfd_open(getpid(), PidfdFlags::empty()).map(drop),
            "the end of a pool is looked for ten times a second instead of told; times come from the pool itself and are the same",
            CONTAINER,
        ),
        judge(
            "orphans",
            SUBREAPER,
            child_subreaper()
                .and_then(|before| set_child_subreaper(Some(getpid())).and_then(|()| set_child_subreaper(before))),
            "what a pool leaves behind is found by its control group or its environment only, and so more slowly",
            CONTAINER,
        ),
        judge(
            "life line",
            "prctl(PR_SET_PDEATHSIG)",
            parent_process_death_signal().and_then(set_life_line),
            "should a run be killed, its pool goes on until the watcher finds it",
            CONTAINER,
        ),
        judge(
            "pinning",
            "sched_getaffinity and sched_setaffinity",
            pinning(),
            "--cpus and --server-cpus are refused",
            CONTAINER,
        ),
        judge(
            "locks",
            "flock, in this folder",
            File::open(".")
                .map_err(|_| Errno::IO)
                .and_then(|folder| flock(&folder, FlockOperation::NonBlockingLockShared)),
            "two runs that write to one folder are not kept apart",
            "see to it that each run has a folder of its own, or use --out on a local disk",
        ),
    ]
}

const CONTAINER: &str = "allow it in the container's seccomp profile, or run outside of it";

/// Sets what is set already, or for want of that any, and takes that back.
fn set_life_line(before: Option<Signal>) -> rustix::io::Result<()> {
    set_parent_process_death_signal(before.or(Some(Signal::KILL)))
        .and_then(|()| set_parent_process_death_signal(before))
}

fn pinning() -> rustix::io::Result<()> {
    sched_getaffinity(None).and_then(|own| sched_setaffinity(None, &own))
}

fn judge(
    name: &'static str,
    call: &'static str,
    outcome: rustix::io::Result<()>,
    effect: &'static str,
    advice: &'static str,
) -> Finding {
    match outcome {
        // Somebody else has the folder locked: locks work.
        Ok(()) | Err(Errno::WOULDBLOCK) => Finding::ok(name, format!("{call} works")),
        Err(cause) => {
            let found =
                Refusal::of(call, cause).map_or_else(|| format!("{call}: {cause}"), |refusal| refusal.to_string());
            Finding::note(name, found, effect, advice)
        }
    }
}
