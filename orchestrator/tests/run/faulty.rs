//! Pools that misbehave: each gives a row with the right status, and the run goes on with the others.

use std::fs;
use std::process::{Command, Stdio};

use procfs::process::Process;
use rustix::process::{Pid, Signal, kill_process};

use super::common::{Ended, Rows, Scratch};

/// What each way of going wrong is in the CSV.
const FAULTS: [(&str, &str); 17] = [
    ("good", "ok"),
    ("rubbish", "failed"),
    ("nothing", "crashed"),
    ("flood", "failed"),
    ("long-line", "failed"),
    ("wrong-sum", "mismatch"),
    ("wrong-count", "mismatch"),
    ("early-exit", "crashed"),
    ("killed", "crashed"),
    ("limit", "limit"),
    ("unsupported", "unsupported"),
    ("hour-to-start", "failed"),
    ("hour-to-check", "failed"),
    ("wrong-protocol", "failed"),
    ("wrong-order", "failed"),
    ("one-time", "failed"),
    ("babble-after-stopped", "failed"),
];
/// The ways that end at the time limit.
const HANGS: [(&str, &str); 3] = [("silent-hang", "timeout"), ("hang-at-done", "timeout"), ("no-line-end", "timeout")];

/// A run of these ways, ready to start.
fn run(scratch: &Scratch, modes: &[&str], more: &[&str]) -> Command {
    let ways: Vec<_> = modes.iter().map(|mode| ((*mode).to_owned(), [(*mode).to_owned()])).collect();
    scratch.list_helpers("misbehave", &ways);
    let cells = ["--workload", "noop", "--jobs", "10", "--batches", "2"];
    let words = ["run", "--pools-from", "pools.toml", "--twin", "none", "--out", "r", "--pools", &modes.join(",")];
    scratch.command(&[&words[..], &cells, more].concat())
}

/// Runs these ways; each has its row in both blocks. What is noted.
fn judge(faults: &[(&str, &str)], limit: &str) -> String {
    let scratch = Scratch::new();
    let modes: Vec<&str> = faults.iter().map(|(mode, _)| *mode).collect();
    let output = run(&scratch, &modes, &["--blocks", "1", "--timeout", limit]).output().expect("poolbench starts");
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let notes = fs::read_to_string(scratch.path("r").join("notes.jsonl")).unwrap();
    let rows = Rows::read(&scratch.path("r")).accepted().select(["pool", "status"]);
    assert_eq!(rows.len(), 2 * faults.len(), "every pool has its row in both blocks");
    for [pool, status] in rows {
        let right = faults.iter().find(|(mode, _)| *mode == pool).expect("a pool of the list").1;
        assert_eq!(status, right, "{pool}: {notes}");
    }
    notes
}

#[test]
fn every_fault_is_a_row_and_the_run_goes_on() {
    // None of them waits for it.
    let notes = judge(&FAULTS, "60s");
    let note = |pool: &str, words: &str| {
        let of_pool = |line: &&str| line.contains(&format!("\"pool\":\"{pool}\""));
        assert!(notes.lines().filter(of_pool).any(|line| line.contains(words)), "{pool}: {words} is not in {notes}");
    };
    for (pool, _) in FAULTS.iter().filter(|(_, status)| ["failed", "mismatch"].contains(status)) {
        note(pool, "`poolbench check-pool` with its command says what is wrong");
    }
    note("hour-to-check", "it reports 36000000");
    note("hour-to-check", "its batches and checking them");
    note("wrong-order", "'started' was due, it said");
    note("wrong-protocol", "it speaks protocol 2, not 1");
}

#[test]
fn what_hangs_is_a_row_at_its_time_limit_and_the_run_goes_on() {
    let notes = judge(&HANGS, "500ms");
    for words in ["not even its first event: is its stdout flushed?", "but for a line without its line feed: '{"] {
        assert!(notes.contains(words), "{words} is not in {notes}");
    }
}

#[test]
fn a_batch_that_is_shorter_than_its_sleeps_is_no_measurement() {
    let scratch = Scratch::new();
    scratch.list_helpers("misbehave", &[("hasty".to_owned(), ["hasty".to_owned()])]);
    let cells = ["--workload", "sleep:20ms", "--jobs", "4", "--batches", "1", "--blocks", "1", "--twin", "none"];
    let words = ["run", "--pools-from", "pools.toml", "--pools", "hasty", "--out", "r"];
    scratch.poolbench(&[&words[..], &cells].concat()).expect(1);
    assert!(Rows::read(&scratch.path("r")).select(["status"]).iter().all(|[status]| status == "failed"));
    let notes = fs::read_to_string(scratch.path("r/notes.jsonl")).unwrap();
    assert!(notes.contains("cannot take less than 64000000 ns with these sleeps and workers"), "{notes}");
}

#[test]
fn what_times_out_in_two_blocks_is_not_tried_again_unless_asked_for() {
    let scratch = Scratch::new();
    let mut command = run(&scratch, &["good", "silent-hang"], &["--blocks", "4", "--timeout", "500ms"]);
    let ended = Ended(command.output().expect("poolbench starts")).expect(1);
    let said = ended.stderr();
    let line = |words: &str| said.lines().filter(|line| line.contains(words)).count();
    assert_eq!(
        line("silent-hang noop x 10 on 1 (chunk own, window all) took more than 500ms in two blocks"),
        1,
        "{said}"
    );
    assert_eq!(line("2 trials are not ok"), 1, "{said}");
    assert_eq!(line("3 trials were not tried"), 1, "{said}");
    let rows = |scratch: &Scratch, of: &str| {
        let rows = Rows::read(&scratch.path("r")).select(["pool", "accepted", "block"]);
        rows.into_iter()
            .filter(|[pool, accepted, _]| pool == of && accepted == "1")
            .map(|[_, _, block]| block)
            .collect()
    };
    let blocks: Vec<String> = rows(&scratch, "silent-hang");
    assert_eq!((blocks, rows(&scratch, "good").len()), (vec!["0".to_owned(), "1".to_owned()], 5));
    let resumed = scratch.poolbench(&["resume", "r", "--pools-from", "pools.toml"]).expect(1).stderr();
    assert!(!resumed.contains("not ok;") && resumed.contains("3 trials were not tried"), "{resumed}");
    assert_eq!(rows(&scratch, "silent-hang").len(), 2);
    scratch.poolbench(&["resume", "r", "--again"]).expect(1);
    assert_eq!(rows(&scratch, "silent-hang"), ["0", "1", "2", "3"]);
    scratch.poolbench(&["summary", "r"]).expect(0);
}

/// The peak memory of `poolbench` in a run of these ways, in bytes.
fn peak(modes: &[&str]) -> u64 {
    let scratch = Scratch::new();
    let mut command = run(&scratch, modes, &["--blocks", "10000", "--timeout", "1s"]);
    let mut run = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("poolbench starts");
    // Each of them twice.
    scratch.wait_for_rows(2 * modes.len());
    let status = Process::new(run.id().cast_signed()).and_then(|run| run.status()).expect("it runs");
    kill_process(Pid::from_child(&run), Signal::INT).unwrap();
    assert_eq!(run.wait().expect("it ends").code(), Some(130));
    status.vmhwm.expect("a process has a peak") << 10
}

#[test]
fn a_flood_does_not_fill_the_orchestrator() {
    // For a second one of them floods stderr, with much more than what is let through here.
    let (quiet, flooded) = (peak(&["good"]), peak(&["flood", "flood-lines", "flood-after-stopped", "stderr-endless"]));
    assert!(flooded < quiet + (8 << 20), "{flooded} bytes under floods, {quiet} without");
}
