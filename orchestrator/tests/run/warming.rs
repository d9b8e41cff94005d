//! Batches that get faster: block 0 finds how many are enough, and the run keeps them.

use std::fs;

use super::common::{Rows, Scratch};

/// Batches after which the helper is warm to within 3 %, of those that doubling reaches.
const ENOUGH: &str = "64";

/// A run of the helper that warms, and its twin.
fn run(batches: &str) -> Scratch {
    let scratch = Scratch::new();
    scratch.list_helpers("misbehave", &[("warms".to_owned(), ["warms".to_owned()])]);
    let cells = ["--workload", "noop", "--jobs", "10", "--batches", batches, "--blocks", "2"];
    let words = ["run", "--pools-from", "pools.toml", "--pools", "warms", "--twin", "warms", "--out", "r"];
    let ended = scratch.poolbench(&[&words[..], &cells].concat()).expect(0);
    let said = ended.stderr();
    let is_told = said.contains(&format!("{ENOUGH} batches a trial from now on, since {batches} are not warm"));
    assert_eq!(is_told, !["1", ENOUGH].contains(&batches), "{said}");
    scratch
}

/// The batches in `plan.toml`, a cell each.
fn planned(scratch: &Scratch) -> Vec<String> {
    let plan = fs::read_to_string(scratch.path("r/plan.toml")).expect("the run has a plan");
    plan.lines().filter_map(|line| line.strip_prefix("batches = ").map(str::to_owned)).collect()
}

#[test]
fn a_pool_gets_as_many_batches_as_it_takes_and_resume_keeps_them() {
    let scratch = run("3");
    assert_eq!(planned(&scratch), [ENOUGH, ENOUGH], "the twin does the same");
    let rows = || Rows::read(&scratch.path("r")).accepted().select(["block", "pool", "batches"]);
    let measured: Vec<_> = rows().into_iter().filter(|[block, ..]| block != "0").collect();
    assert_eq!(measured.len(), 4);
    assert!(measured.iter().all(|[.., batches]| batches == ENOUGH), "{measured:?}");
    let first: Vec<_> = rows().into_iter().filter(|[block, pool, _]| block == "0" && pool == "warms").collect();
    assert_eq!(first.len(), 1, "one attempt is accepted: {first:?}");
    assert_eq!(first[0][2], ENOUGH);

    // Without its last row the run is not finished.
    let path = scratch.path("r/trials.csv");
    let text = fs::read_to_string(&path).expect("the run has rows");
    let last = text.trim_end().rfind('\n').expect("there are lines");
    fs::write(&path, &text[..=last]).expect("the folder is there");
    scratch.poolbench(&["resume", "r", "--pools-from", "pools.toml"]).expect(0);
    assert_eq!(rows().len(), 6);
    assert!(rows().iter().all(|[block, _, batches]| block == "0" || batches == ENOUGH));
}

#[test]
fn one_batch_is_left_alone_and_so_is_what_is_warm() {
    for batches in ["1", ENOUGH] {
        assert_eq!(planned(&run(batches)), [batches, batches]);
    }
}
