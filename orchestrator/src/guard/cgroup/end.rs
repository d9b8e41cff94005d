//! The end of groups and processes: kills what is in a group to the last process, and removes the group.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::hierarchy::subgroups;

/// How long killed processes may take to go. The kernel needs milliseconds; one that waits for a dead disk never goes.
pub const PATIENCE: Duration = Duration::from_secs(5);
/// The most that is spent on killing while there are always more: a fork bomb on a machine that is busy otherwise loses a
/// race of many seconds.
pub const LONGEST_KILL: Duration = Duration::from_mins(1);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(1);

/// The processes in a group, zombies not among them. A list that cannot be read is not an empty one.
pub(super) fn members(group: &Path) -> io::Result<Vec<i32>> {
    let text = fs::read_to_string(group.join("cgroup.procs"))?;
    Ok(text.lines().filter_map(|line| line.parse().ok()).collect())
}

/// Kills every process in `group` and below.
pub fn kill(group: &Path) {
    // In one step for all, so that not even a fork bomb gets away (Linux 5.14).
    let switch = group.join("cgroup.kill");
    if switch.exists() && fs::write(switch, "1").is_ok() {
        return;
    }
    for below in subgroups(group) {
        kill(&below);
    }
    // What is left where they cannot be read keeps the group from being removed, which says so.
    kill_all(|| members(group).unwrap_or_default());
}

/// Kills all that `find` finds until it finds no more; how many there were. All are stopped before any is killed: a
/// stopped process cannot fork, and a fork bomb runs out of others.
pub fn kill_all(mut find: impl FnMut() -> Vec<i32>) -> usize {
    let begun = Instant::now();
    let mut deadline = begun + PATIENCE;
    let (mut seen, mut stopped) = (BTreeSet::<i32>::new(), BTreeSet::<i32>::new());
    loop {
        let found: Vec<i32> = find();
        if found.is_empty() || Instant::now() > deadline {
            return seen.len();
        }
        let fresh: Vec<i32> = found.iter().copied().filter(|pid| stopped.insert(*pid)).collect();
        let before = seen.len();
        seen.extend(&fresh);
        if seen.len() > before {
            deadline = (Instant::now() + PATIENCE).min(begun + LONGEST_KILL);
        }
        if fresh.is_empty() {
            signal(&found, Signal::KILL);
            stopped.clear();
            sleep(PAUSE);
        } else {
            signal(&fresh, Signal::STOP);
        }
    }
}

/// One that has gone is as good as one that was reached.
fn signal(pids: &[i32], signal: Signal) {
    for pid in pids.iter().filter_map(|pid| Pid::from_raw(*pid)) {
        let _ = kill_process(pid, signal);
    }
}

/// Kills every process in `group` and waits until they have left it.
pub(super) fn empty(group: &Path) -> io::Result<()> {
    kill(group);
    if wait_until(|| members(group).is_ok_and(|left| left.is_empty())) {
        Ok(())
    } else {
        Err(io::Error::other("a process does not end"))
    }
}

/// Looks again and again until all `are_gone`, but no longer than killed processes may take; whether they are.
fn wait_until(mut are_gone: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if are_gone() {
            return true;
        }
        if Instant::now() > deadline {
            return false;
        }
        sleep(PAUSE);
    }
}

/// Removes `group` and all below. What was killed takes a moment to leave; `EBUSY` until then.
pub fn remove(group: &Path) -> io::Result<()> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        subgroups(group).iter().try_for_each(|below| remove(below))?;
        match fs::remove_dir(group) {
            Err(cause) if cause.kind() == io::ErrorKind::ResourceBusy && Instant::now() < deadline => sleep(PAUSE),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(()),
            outcome => return outcome,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use procfs::process::Process;
    use std::process::Command;

    #[test]
    fn a_group_with_a_switch_is_killed_by_it_and_removed_with_what_is_below() {
        let group = tempfile::tempdir().unwrap();
        fs::write(group.path().join("cgroup.kill"), "").unwrap();
        kill(group.path());
        assert_eq!(fs::read_to_string(group.path().join("cgroup.kill")).unwrap(), "1");
        let run = group.path().join("run");
        fs::create_dir_all(run.join("trial-1/inner")).unwrap();
        remove(&run).unwrap();
        assert!(!run.exists());
        remove(&run).unwrap();
    }

    #[test]
    fn nothing_is_killed_while_a_look_still_finds_something_new() {
        let mut sleepers = [(); 2].map(|()| Command::new("sleep").arg("60").spawn().unwrap());
        let pids = sleepers.each_ref().map(|sleeper| i32::try_from(sleeper.id()).unwrap());
        let lives = |pid: &i32| Process::new(*pid).and_then(|process| process.stat()).unwrap().state != 'Z';
        let mut looks = 0;
        let find = || {
            looks += 1;
            assert!(looks > 3 || pids.iter().all(lives), "killed at look {looks}");
            // The second sleeper shows up late, as the child of a fork bomb does.
            pids[..looks.min(2)].iter().copied().filter(lives).collect()
        };
        assert_eq!(kill_all(find), 2);
        assert!(looks >= 4);
        for sleeper in &mut sleepers {
            sleeper.wait().unwrap();
        }
    }
}
