//! Trials that a CPU quota held back: their times stand, and no overhead or efficiency is made of them.

use super::made::{Scratch, Series, csv, pool, rows};

const POOLS: [Series; 2] = [pool("serial", 10.0), pool("quick", 8.0)];

/// The cells of overhead and efficiency of the pool `quick`, if its trials are held back in the blocks for which `is` says so.
fn figures(is: impl Fn(u64) -> bool) -> (Vec<String>, String) {
    let mut rows = rows(&POOLS, 12);
    for row in &mut rows {
        row.quota_permille = Some(1500);
        let held_back = row.pool == "quick" && is(row.block.unwrap());
        row.throttled_ns = Some(if held_back { 1_000_000 } else { 0 });
        // A trial that is held back takes so long that it would spoil the median of all.
        row.batch_ns = row.batch_ns.map(|ns| if held_back { 10 * ns } else { ns });
    }
    let scratch = Scratch::new();
    scratch.run_of("r", "here", csv(&rows));
    let said = scratch.expect(0, &["summary", "r", "--all"]).flat();
    let mut csv = csv::Reader::from_path(scratch.path("r").join("summary.csv")).expect("it was written");
    let header = csv.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|column| column.starts_with(name)).expect("it is a column");
    let record = csv.records().map(Result::unwrap).find(|record| record.iter().any(|cell| cell == "quick")).unwrap();
    (["overhead", "efficiency"].map(|name| record[at(name)].to_owned()).to_vec(), said)
}

#[test]
fn only_trials_that_no_quota_held_back_make_overhead_and_efficiency() {
    let (none, said) = figures(|_| true);
    assert_eq!(none, ["", ""]);
    assert!(said.contains("12 of 24 accepted trials were held back by a CPU quota"), "{said}");
    let (all, said) = figures(|_| false);
    assert!(all.iter().all(|cell| !cell.is_empty()) && !said.contains("held back"), "{said}");
    let (most, _) = figures(|block| block >= 8);
    let numbers = |cells: &[String]| cells.iter().map(|cell| cell.parse::<f64>().unwrap()).collect::<Vec<_>>();
    for (free, most) in numbers(&all).iter().zip(numbers(&most)) {
        assert!((most / free - 1.0).abs() < 0.3, "{all:?} {most:?}");
    }
}
