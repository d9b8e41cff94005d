//! Pools that misbehave: each gives a row with the right status, and the run goes on with the others.

use std::fs;

use super::common::{Rows, Scratch};

/// What each way of going wrong is in the CSV.
const FAULTS: [(&str, &str); 15] = [
    ("good", "ok"),
    ("rubbish", "failed"),
    ("nothing", "crashed"),
    ("silent-hang", "timeout"),
    ("hang-at-done", "timeout"),
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

#[test]
fn every_fault_is_a_row_and_the_run_goes_on() {
    let scratch = Scratch::new();
    let folder = env!("CARGO_BIN_EXE_poolbench").rsplit_once('/').expect("it lies in a folder").0;
    let entry = |(mode, _): &(&str, &str)| {
        format!("[[pool]]\nname = \"{mode}\"\ncommand = [\"{folder}/misbehave\", \"{mode}\"]\n")
    };
    let list: Vec<String> = FAULTS.iter().map(entry).collect();
    fs::write(scratch.path("pools.toml"), list.concat()).unwrap();
    let names = FAULTS.map(|(mode, _)| mode).join(",");
    let cells = ["--workload", "noop", "--jobs", "10", "--batches", "2", "--blocks", "1", "--timeout", "1500ms"];
    let run = ["run", "--pools-from", "pools.toml", "--twin", "none", "--out", "r", "--pools", &names];
    scratch.poolbench(&[&run[..], &cells].concat()).expect(1);
    let rows = Rows::read(&scratch.path("r")).select(["pool", "status"]);
    assert_eq!(rows.len(), 2 * FAULTS.len(), "every pool has its row in both blocks");
    for [pool, status] in rows {
        let right = FAULTS.iter().find(|(mode, _)| *mode == pool).expect("a pool of the list").1;
        let notes = fs::read_to_string(scratch.path("r").join("notes.jsonl")).unwrap();
        assert_eq!(status, right, "{pool}: {notes}");
    }
}
