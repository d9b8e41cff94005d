//! `--until`: what is looked at, when, and what a run then says of itself. Rows that a look must judge are made, so that
//! nothing hangs on how busy the machine is.

use std::fs;

use super::common::{Ended, Rows, Scratch};

const FEW: &str = "serial,crossbeam";

/// The run `r` of these pools with `--until 50%`, of which so many blocks of `planned` have rows, all alike within 1 %.
/// The block behind them has a row of the pool `begun` alone.
fn made(pools: &str, finished: u64, begun: &str, planned: u64) -> Scratch {
    let scratch = Scratch::new();
    let run = ["run", "--pools", pools, "--workload", "noop", "--jobs", "10", "--batches", "1", "--blocks", "1"];
    scratch.poolbench(&[&run[..], &["--twin", "none", "--out", "r"]].concat()).expect(0);
    let rows = Rows::read(&scratch.path("r"));
    let mut text = rows.header() + "\n";
    let of_a_block: Vec<_> = rows.whole().into_iter().filter(|row| row.block == Some(1)).collect();
    for (block, row) in (0..=finished + 1).flat_map(|block| of_a_block.iter().map(move |row| (block, row))) {
        let mut row = row.clone();
        row.block = Some(block);
        row.batch_ns = Some(1_000_000 + 1_000 * (block * 7 % 10));
        if block <= finished || row.pool == begun {
            text += &(row.cells().join(",") + "\n");
        }
    }
    fs::write(scratch.path("r").join("trials.csv"), text).expect("the folder is there");
    let path = scratch.path("r").join("plan.toml");
    let plan = fs::read_to_string(&path).expect("the run has a plan");
    let plan =
        plan.replace("until = \"\"", "until = \"50%\"").replace("blocks = 1\n", &format!("blocks = {planned}\n"));
    fs::write(path, plan).expect("the folder is there");
    scratch
}

/// The error of the first claim of a summary.
fn alpha(scratch: &Scratch) -> f64 {
    let json = scratch.poolbench(&["summary", "r", "--json"]).expect(0).stdout();
    let json: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
    json["claims"][0]["alpha"].as_f64().expect("a claim has its error")
}

fn resumed(scratch: &Scratch) -> Ended {
    scratch.poolbench(&["resume", "r"]).expect(0)
}

#[test]
fn a_run_cut_short_reports_at_the_level_of_the_look_that_it_reached() {
    for (finished, error) in [(7, 0.01), (12, 0.01), (19, 0.01), (20, 0.015), (39, 0.015)] {
        let scratch = made(FEW, finished, "serial", 40);
        assert!((alpha(&scratch) - error).abs() < 1e-12, "{finished} blocks: {}", alpha(&scratch));
        let level = format!("{} % interval", 100.0 * (1.0 - error));
        let rank = scratch.poolbench(&["rank", "r", "--measure", "time"]).expect(0).stdout();
        assert!(rank.contains(&level), "{finished} blocks: {rank}");
    }
}

#[test]
fn a_look_that_has_passed_is_not_taken_again() {
    let scratch = made(FEW, 15, "serial", 17);
    let said = resumed(&scratch).stderr();
    assert!(!said.contains("after 10 blocks"), "{said}");
    // Retries of disturbed trials are rows as well.
    assert_eq!(Rows::read(&scratch.path("r")).select(["accepted"]).iter().filter(|row| row[0] == "1").count(), 2 * 18);
}

#[test]
fn a_look_that_was_due_when_the_run_was_stopped_is_taken() {
    let said = resumed(&made(FEW, 10, "", 40)).stderr();
    assert!(said.contains("all intervals are within 50% after 10 blocks"), "{said}");
}

#[test]
fn an_interval_that_the_report_does_not_have_is_not_narrow() {
    // Six claims at 1 % take 11 blocks.
    let ended = resumed(&made("serial,crossbeam,flume,kanal,mpsc,rayon,threads", 10, "", 10));
    assert!(ended.stderr().contains("not all intervals are within 50% after 10 blocks"), "{}", ended.stderr());
    let flat = ended.stdout().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("10 blocks put no pool before another"), "{flat}");
}

#[test]
fn where_nothing_is_compared_until_is_refused() {
    for more in [&["--pools", "rayon"][..], &["--pools", "rayon,threads", "--twin", "none"]] {
        let scratch = Scratch::new();
        let run = ["run", "--workload", "noop", "--jobs", "1", "--until", "1%", "--out", "r"];
        let said = scratch.poolbench(&[&run[..], more].concat()).expect(2).stderr();
        assert!(said.contains("this run has none"), "{said}");
        assert!(!scratch.path("r").exists(), "{more:?} wrote something");
    }
}

#[test]
fn a_run_that_misses_its_target_has_40_blocks_and_says_so() {
    let scratch = Scratch::new();
    let run = ["run", "--pools", FEW, "--workload", "noop", "--jobs", "10", "--batches", "1", "--twin", "none"];
    let said = scratch.poolbench(&[&run[..], &["--until", "0.1%", "--out", "r"]].concat()).expect(0).stderr();
    assert!(said.contains("not all intervals are within 0.1% after 40 blocks"), "{said}");
    assert_eq!(Rows::read(&scratch.path("r")).select(["accepted"]).iter().filter(|row| row[0] == "1").count(), 2 * 41);
}
