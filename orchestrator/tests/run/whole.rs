//! A run that is left alone: its rows, its files, its order, its table.

use std::collections::BTreeSet;
use std::fs;

use super::common::{Rows, Scratch};

const SMALL: [&str; 14] = [
    "run",
    "--pools",
    "serial,crossbeam,rayon",
    "--workload",
    "compute,factor:100",
    "--jobs",
    "0,100",
    "--blocks",
    "2",
    "--seed",
    "5eed",
    "--batches",
    "2",
    "--out",
];

fn run_small(scratch: &Scratch, out: &str) -> Rows {
    scratch.poolbench(&[&SMALL[..], &[out]].concat()).expect(0);
    Rows::read(&scratch.path(out)).accepted()
}

#[test]
fn every_cell_has_one_accepted_row_in_every_block() {
    let scratch = Scratch::new();
    let rows = run_small(&scratch, "r");
    // 3 pools and the twin, 2 workloads, 2 sizes, 2 blocks and the one that warms the machine.
    assert_eq!(rows.len(), 4 * 2 * 2 * 3);
    assert!(rows.select(["status"]).iter().all(|row| *row == ["ok"]));
    let places: BTreeSet<_> = rows.select(["block", "pool", "workload", "jobs"]).into_iter().collect();
    assert_eq!(places.len(), rows.len());
    let measured = rows.select(["peak_rss_bytes", "window_ns", "process_ns", "checksum"]);
    assert!(measured.iter().flatten().all(|cell| !cell.is_empty()));
}

#[test]
fn the_seed_decides_the_order_and_blocks_differ() {
    let scratch = Scratch::new();
    let order = |rows: &Rows| rows.select(["block", "position", "pool", "workload", "jobs"]);
    let first = order(&run_small(&scratch, "a"));
    assert_eq!(first, order(&run_small(&scratch, "b")), "one seed, one order");
    let block = |number: &str| {
        let of_block = first.iter().filter(|row| row[0] == number);
        of_block.map(|[_, _, pool, workload, jobs]| [pool, workload, jobs]).collect::<Vec<_>>()
    };
    assert_ne!(block("1"), block("2"));
    // What is compared stays together: a group's four cells follow each other.
    for group in block("1").chunks(4) {
        assert!(group.iter().all(|cell| cell[1..] == group[0][1..]), "{group:?}");
    }
}

#[test]
fn the_header_is_that_of_schema_2() {
    let scratch = Scratch::new();
    let header = run_small(&scratch, "r").header();
    assert_eq!(header, include_str!("../snapshots/trials-header.txt").trim_end());
}

#[test]
fn no_file_of_a_run_names_a_folder_of_the_machine() {
    let scratch = Scratch::new();
    run_small(&scratch, "r");
    for entry in fs::read_dir(scratch.path("r")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let own = env!("CARGO_BIN_EXE_poolbench").rsplit_once('/').unwrap().0;
        assert!(!text.contains(own), "{} names {own}", path.display());
        assert!(!text.contains(scratch.path("").to_str().unwrap()), "{} names the scratch folder", path.display());
    }
}

#[test]
fn the_default_folder_is_found_again_as_the_latest() {
    let scratch = Scratch::new();
    scratch.poolbench(&["run", "--pools", "serial", "--jobs", "10", "--blocks", "1", "--twin", "none"]).expect(0);
    let summary = scratch.poolbench(&["summary"]).expect(0).stdout();
    assert!(summary.contains("compute x 10") && summary.contains("serial"), "{summary}");
    // Lines end where the terminal does.
    let words: Vec<&str> = summary.split_whitespace().collect();
    assert!(words.join(" ").contains("Smoke only"), "{summary}");
}

#[test]
fn web_jobs_are_counted_by_the_server() {
    let scratch = Scratch::new();
    let arguments =
        ["run", "--pools", "crossbeam", "--workload", "http:2ms,http-native:0ms", "--jobs", "40", "--workers", "8"];
    let more = ["--chunk", "1", "--blocks", "1", "--batches", "2", "--twin", "none", "--out", "r"];
    scratch.poolbench(&[&arguments[..], &more].concat()).expect(0);
    for [workload, param, requests, most_open] in
        Rows::read(&scratch.path("r")).select(["workload", "param", "requests", "peak_concurrency"])
    {
        assert_eq!(requests, "80", "two batches of 40 jobs");
        let most_open: u64 = most_open.parse().unwrap();
        assert!((1..=8).contains(&most_open), "{workload}:{param} had {most_open} open");
    }
}

#[test]
fn a_plan_names_what_is_left_out_and_runs_nothing() {
    let scratch = Scratch::new();
    let ended =
        scratch.poolbench(&["plan", "--pools", "serial,rayon", "--window", "7", "--jobs", "10", "--chunk", "own"]);
    assert!(ended.expect(2).stderr().contains("takes no window 7"));
    let plan =
        scratch.poolbench(&["plan", "--pools", "serial,crossbeam", "--chunk", "own,auto", "--jobs", "10"]).expect(0);
    assert!(plan.stdout().contains("left out: crossbeam: takes no chunk own"), "{}", plan.stdout());
    assert!(!scratch.path("data").exists(), "a plan writes nothing");
}
