//! `poolbench` stopped for longer than a trial may take, and continued: the time counts for nobody.

use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::common::{Rows, Scratch, beside, wait_for};
use super::survivors::child_of;

/// Longer than any pool of these tests may be silent.
const STOPPED: Duration = Duration::from_secs(5);

#[test]
fn a_trial_in_which_poolbench_was_stopped_is_tried_again() {
    let scratch = Scratch::new();
    // A batch of a second, of four that it may take.
    let words =
        ["run", "--pools", "serial", "--workload", "sleep:100ms", "--jobs", "10", "--batches", "1", "--blocks", "1"];
    let mut command = scratch.command(&words);
    command.args(["--twin", "none", "--timeout", "4s", "--out", "r"]).stdout(Stdio::null()).stderr(Stdio::null());
    let mut run = command.spawn().expect("poolbench starts");
    wait_for("a pool at its gates", || child_of(&run, "--gate"));
    for signal in [Signal::STOP, Signal::CONT] {
        kill_process(Pid::from_child(&run), signal).unwrap();
        if signal == Signal::STOP {
            sleep(STOPPED);
        }
    }
    assert_eq!(run.wait().unwrap().code(), Some(0));
    let rows = Rows::read(&scratch.path("r"));
    let of = |wanted: &str| {
        let rows = rows.select(["accepted", "status"]).into_iter().filter(|[accepted, _]| accepted == wanted);
        rows.map(|[_, status]| status).collect::<Vec<_>>()
    };
    assert_eq!(of("1"), ["ok", "ok"]);
    assert!(of("0").contains(&"interrupted".to_owned()), "{:?}", of("0"));
    let notes = std::fs::read_to_string(scratch.path("r/notes.jsonl")).unwrap();
    assert!(notes.contains("poolbench itself was stopped"), "{notes}");
}

#[test]
fn a_check_in_which_poolbench_was_stopped_says_nothing_of_the_pool() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_poolbench"));
    command.args(["check-pool", "--patience", "4s"]).arg(beside("pool-serial"));
    let check = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("poolbench starts");
    wait_for("a pool at its gates", || child_of(&check, "--gate"));
    kill_process(Pid::from_child(&check), Signal::STOP).unwrap();
    sleep(STOPPED);
    kill_process(Pid::from_child(&check), Signal::CONT).unwrap();
    let output = check.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}
