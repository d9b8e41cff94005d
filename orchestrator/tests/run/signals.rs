//! Signals that a launcher leaves ignored or blocked: what the caller ignores stays ignored, and nothing that is inherited
//! keeps a run or a pool from hearing of its children.

use std::process::{Command, Stdio};

use procfs::process::Process;
use rustix::process::{Pid, Signal, kill_process};

use super::common::{Rows, Scratch, beside, wait_for};
use super::survivors::child_of;

const RUN: [&str; 12] =
    ["run", "--workload", "noop", "--jobs", "10", "--batches", "1", "--twin", "none", "--out", "r", "--pools"];

#[test]
fn what_the_caller_ignores_stays_ignored() {
    let scratch = Scratch::new();
    let mut command = Command::new(beside("launcher"));
    command.args(["ignore=SIGHUP", "ignore=SIGINT", env!("CARGO_BIN_EXE_poolbench")]).args(RUN);
    command.args(["serial", "--blocks", "10000"]).current_dir(scratch.path("")).stdout(Stdio::null());
    let mut run = command.stderr(Stdio::null()).spawn().expect("the launcher starts");
    for signal in [Signal::HUP, Signal::INT] {
        scratch.wait_for_rows(3);
        kill_process(Pid::from_child(&run), signal).unwrap();
        scratch.wait_for_rows(Rows::read(&scratch.path("r")).len() + 10);
    }
    kill_process(Pid::from_child(&run), Signal::TERM).unwrap();
    assert_eq!(run.wait().unwrap().code(), Some(130));
}

#[test]
fn inherited_dispositions_and_masks_keep_nothing_from_running() {
    let words = ["ignore=SIGCHLD", "block=SIGCHLD", "block=SIGTERM", "block=SIGINT"];
    let scratch = Scratch::new();
    let mut command = Command::new(beside("launcher"));
    command.args(words).arg(env!("CARGO_BIN_EXE_poolbench")).args(RUN).args(["serial,processes", "--blocks", "10000"]);
    command.current_dir(scratch.path("")).stdout(Stdio::null());
    let mut run = command.stderr(Stdio::null()).spawn().expect("the launcher starts");
    scratch.wait_for_rows(6);
    // The C library blocks all signals for the moment in which it starts a process or a thread.
    let pool = wait_for("a pool that blocks no signal", || {
        let pool = Process::new(child_of(&run, "--gate")?.as_raw_nonzero().get()).ok()?.status().ok()?;
        (pool.sigblk == 0).then_some(pool)
    });
    assert_eq!(pool.sigign & (1 << 16), 0, "SIGCHLD is ignored: {pool:?}");
    kill_process(Pid::from_child(&run), Signal::TERM).unwrap();
    assert_eq!(run.wait().unwrap().code(), Some(130));
    for [status] in Rows::read(&scratch.path("r")).select(["status"]) {
        assert!(["ok", "interrupted"].contains(&status.as_str()), "{status}");
    }
    for pool in ["processes", "futures-processes", "ipc-channel", "blended", "shm", "shm-ring"] {
        let mut command = Command::new(beside("launcher"));
        command.args(words).arg(beside(&format!("pool-{pool}"))).args(["--jobs", "100"]);
        let output = command.output().expect("the launcher starts");
        assert_eq!(output.status.code(), Some(0), "{pool}: {output:?}");
    }
}
