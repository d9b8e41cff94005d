//! What programs read: every command's JSON names its run and keeps its keys, and `summary.csv` holds whole numbers.

use std::fs;

use super::made::{Scratch, Series, csv, pool, rows};

const POOLS: [Series; 4] = [pool("serial", 10.0), pool("quick", 5.0), pool("quick-twin", 5.0), pool("slow", 12.5)];

fn scratch() -> Scratch {
    let at = |one: Series| Series { jobs: 100_000, mib: 8.0, ..one };
    let scratch = Scratch::new();
    let pools = [&POOLS[..], &POOLS.map(at), &[pool("half", 7.0)]].concat();
    scratch.run_of("r", "here", csv(&rows(&pools, 20)));
    scratch
}

#[test]
fn ranks_have_the_keys_that_are_promised() {
    let json = scratch().expect(0, &["rank", "r", "--json"]).json();
    assert_eq!(json["run"], "made");
    let ranks = json["ranks"].as_array().expect("a list");
    let mut keys: Vec<&str> = ranks[0].as_object().expect("an object").keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["best", "cells", "high", "low", "measure", "pool", "score", "worst"]);
    let of = |measure: &str, pool: &str| {
        ranks
            .iter()
            .find(|one| one["measure"] == measure && one["pool"] == pool)
            .expect("it is ranked or named")
            .clone()
    };
    let quick = of("time", "quick");
    assert_eq!((&quick["cells"], &quick["best"], &quick["worst"]), (&"all".into(), &1.into(), &1.into()));
    assert!(quick["low"].as_f64() <= quick["score"].as_f64() && quick["score"].as_f64() <= quick["high"].as_f64());
    let half = of("time", "half");
    assert!(["score", "low", "high", "best", "worst"].iter().all(|key| half[key].is_null()), "{half}");
    assert!(ranks.iter().all(|one| one["pool"] != "quick-twin"));
    assert!(ranks.iter().any(|one| one["measure"] == "resident"), "no trial was charged, so memory is resident");
}

#[test]
fn every_command_names_its_runs() {
    let scratch = scratch();
    for (command, key) in [
        (&["summary", "r", "--json"][..], "run"),
        (&["rank", "r", "--json"], "run"),
        (&["compare", "r", "--json"], "run"),
        (&["compare", "r", "--pools", "quick,slow", "--json"], "run"),
        (&["compare", "r", "r", "--json"], "new"),
        (&["gate", "r", "r", "--json"], "base"),
    ] {
        assert_eq!(scratch.expect(0, command).json()[key], "made", "{command:?}");
    }
    let gate = scratch.expect(0, &["gate", "r", "r", "--json"]).json();
    assert_eq!((&gate["open"], &gate["regressions"]), (&true.into(), &0.into()));
    let claims = scratch.expect(0, &["compare", "r", "--pools", "quick,slow", "--measure", "time", "--json"]).json();
    assert_eq!(claims["claims"][0]["verdict"], "slower");
    let best = &scratch.expect(0, &["summary", "r", "--json"]).json()["best"][0];
    assert_eq!((&best["pool"], &best["worst"], &best["jobs"]), (&"quick".into(), &"slow".into(), &1000.into()));
}

#[test]
fn the_summary_s_csv_holds_whole_numbers() {
    let scratch = scratch();
    scratch.expect(0, &["summary", "r"]);
    let text = fs::read_to_string(scratch.path("r").join("summary.csv")).expect("it was written");
    let mut lines = csv::Reader::from_reader(text.as_bytes());
    let header = lines.headers().expect("there is a header").clone();
    let known = include_str!("../snapshots/summary-header.txt").trim_end();
    assert_eq!(header.iter().collect::<Vec<_>>().join(","), known, "docs/CSV.md has the same");
    let words = ["workload", "param", "pool", "chunk", "window", "line_of", "base"];
    let mut numbers = 0;
    for row in lines.records().map(|row| row.expect("a row")) {
        for (name, cell) in header.iter().zip(&row).filter(|(name, cell)| !words.contains(name) && !cell.is_empty()) {
            assert!(cell.parse::<i64>().is_ok(), "{name}: {cell}");
            numbers += 1;
        }
    }
    assert!(numbers > 100, "{text}");
    let at = |name: &str| header.iter().position(|column| column == name).unwrap_or_else(|| panic!("no column {name}"));
    let row = text.lines().find(|line| line.contains("noop,,1000,quick,")).expect("the cell is there");
    let cells: Vec<&str> = row.split(',').collect();
    let [job_ps, median_ns]: [i64; 2] = ["job_ps", "median_ns"].map(|name| cells[at(name)].parse().expect(name));
    assert!((job_ps - median_ns).abs() <= 1, "1000 jobs, so as many ps a job as ns a batch: {row}");
    let [overhead, efficiency]: [i64; 2] =
        ["overhead_ps", "efficiency_permille"].map(|name| cells[at(name)].parse().expect(name));
    assert!(overhead.abs() < 500_000 && (950..1050).contains(&efficiency), "{row}");
    assert!(!cells[at("line_1000_jobs_bytes")].is_empty(), "4 MiB more at 100,000 jobs: {row}");
}

#[test]
fn a_tree_has_an_interval_and_a_charge_and_no_column_mixes_them() {
    let scratch = Scratch::new();
    let mut made = rows(&[pool("serial", 10.0), pool("tree", 10.0)], 8);
    for row in &mut made {
        row.cgroup_peak_bytes = Some(2 << 20);
        if row.pool == "tree" {
            (row.processes, row.peak_rss_bytes) = (Some(3), Some(1 << 20));
            (row.tree_pss_bytes, row.tree_hwm_bytes) = (Some(5 << 20), Some(9 << 20));
        }
    }
    scratch.run_of("r", "here", csv(&made));
    let said = scratch.expect(0, &["summary", "r", "--all"]).out;
    let tree = said.lines().find(|line| line.contains("5.00 to 9.00 MiB")).expect("the interval is shown");
    assert!(tree.contains("tree") && tree.contains("9.00 MiB  2.00 MiB"), "{said}");
    assert!(said.lines().any(|line| line.contains("serial") && line.contains("4.00 MiB  2.00 MiB")), "{said}");
    let ranks = scratch.expect(0, &["rank", "r", "--measure", "memory", "--json"]).json();
    let ranks = ranks["ranks"].as_array().expect("a list");
    assert!(ranks.len() == 2 && ranks.iter().all(|one| one["measure"] == "charged" && one["best"] == 1), "{ranks:?}");
    // Where one is not charged nobody is, and then a tree has no rank.
    for row in made.iter_mut().filter(|row| row.pool == "tree") {
        row.cgroup_peak_bytes = None;
    }
    scratch.rewrite("r", csv(&made));
    let said = scratch.expect(0, &["rank", "r", "--measure", "memory"]).flat();
    assert!(said.contains("peak RSS over the 1 cell") && said.contains("No place for tree"), "{said}");
}
