//! A run whose watcher is killed: it gets another one, which cleans up when the run is killed too.

use std::io::Read as _;
use std::path::Path;
use std::process::Stdio;

use procfs::process::Process;
use rustix::process::{Signal, kill_process};

use super::common::{Scratch, wait_for};
use super::survivors::{child_of, groups};

#[test]
fn a_watcher_that_is_killed_is_replaced_and_the_next_does_its_work() {
    let scratch = Scratch::new();
    let words =
        ["run", "--pools", "serial", "--workload", "noop", "--jobs", "10", "--blocks", "5000", "--twin", "none"];
    let mut command = scratch.command(&words);
    command.args(["--out", "r"]).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut run = command.spawn().expect("poolbench starts");
    scratch.wait_for_rows(3);
    let first = child_of(&run, "watch").expect("the run has a watcher");
    kill_process(first, Signal::KILL).unwrap();
    let second = wait_for("another watcher", || child_of(&run, "watch").filter(|pid| *pid != first));
    run.kill().unwrap();
    let mut said = String::new();
    run.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    let id = format!("poolbench-run-{:08x}", run.id());
    run.wait().unwrap();
    assert!(said.contains("the watcher has ended (signal: 9"), "{said}");
    let alive = || Process::new(second.as_raw_nonzero().get()).is_ok_and(|process| process.is_alive());
    wait_for("end of the second watcher", || (!alive()).then_some(()));
    assert_eq!(groups(Path::new("/sys/fs/cgroup"), &id), 0);
}
