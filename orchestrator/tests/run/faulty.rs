//! Pools that misbehave: each gives a row with the right status, and the run goes on with the others.

use std::fs;

use super::common::{Rows, Scratch};

/// What each way of going wrong is in the CSV.
const FAULTS: [(&str, &str); 13] = [
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
    ("babble-after-stopped", "failed"),
];
/// The ways that end at the time limit.
const HANGS: [(&str, &str); 2] = [("silent-hang", "timeout"), ("hang-at-done", "timeout")];

/// Runs these ways; each has its row in both blocks.
fn judge(faults: &[(&str, &str)], limit: &str) {
    let scratch = Scratch::new();
    let ways: Vec<_> = faults.iter().map(|(mode, _)| ((*mode).to_owned(), [(*mode).to_owned()])).collect();
    scratch.list_helpers("misbehave", &ways);
    let names: Vec<&str> = faults.iter().map(|(mode, _)| *mode).collect();
    let cells = ["--workload", "noop", "--jobs", "10", "--batches", "2", "--blocks", "1", "--timeout", limit];
    let run = ["run", "--pools-from", "pools.toml", "--twin", "none", "--out", "r", "--pools", &names.join(",")];
    scratch.poolbench(&[&run[..], &cells].concat()).expect(1);
    let notes = fs::read_to_string(scratch.path("r").join("notes.jsonl")).unwrap();
    let rows = Rows::read(&scratch.path("r")).accepted().select(["pool", "status"]);
    assert_eq!(rows.len(), 2 * faults.len(), "every pool has its row in both blocks");
    for [pool, status] in rows {
        let right = faults.iter().find(|(mode, _)| *mode == pool).expect("a pool of the list").1;
        assert_eq!(status, right, "{pool}: {notes}");
    }
}

#[test]
fn every_fault_is_a_row_and_the_run_goes_on() {
    // None of them waits for it.
    judge(&FAULTS, "60s");
}

#[test]
fn what_hangs_is_a_row_at_its_time_limit_and_the_run_goes_on() {
    judge(&HANGS, "500ms");
}
