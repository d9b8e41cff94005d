//! Equal pools hold claims back wherever they should: in groups without a twin, after a twin that failed, in ranks.

use super::made::{Scratch, Series, csv, pool, rows};

/// A pool and its twin that differ by 16 %.
const MOODY: [Series; 2] = [pool("crossbeam", 10.0), Series { ms: 11.6, ..pool("crossbeam-twin", 10.0) }];

#[test]
fn a_group_without_a_twin_is_held_to_the_widest_of_the_run() {
    let at = |one: Series| Series { jobs: 7, ..one };
    let pools = [MOODY[0], MOODY[1], pool("serial", 10.0), at(pool("serial", 10.0)), at(pool("slow", 10.6))];
    let said = Scratch::with(&pools, 20).expect(0, &["compare", "r", "--measure", "time"]);
    assert!(said.entry("slow").contains("unclear"), "{}", said.out);
    assert!(said.flat().contains("noop, 7 jobs; equal pools differ by up to 1"), "{}", said.out);
}

#[test]
fn a_twin_that_failed_leaves_no_claim() {
    let scratch = Scratch::new();
    let mut made = rows(&[pool("serial", 10.0), MOODY[0], MOODY[1], pool("slow", 10.6)], 20);
    for row in made.iter_mut().filter(|row| row.pool == "crossbeam-twin" && row.block > Some(3)) {
        (row.status, row.batch_ns) = ("crashed".to_owned(), None);
    }
    scratch.run_of("r", "here", csv(&made));
    let said = scratch.expect(0, &["compare", "r", "--measure", "time"]);
    assert!(said.entry("slow").contains("unclear"), "{}", said.out);
    assert!(said.flat().contains("so no difference is claimed"), "{}", said.out);
}

#[test]
fn pools_closer_than_equal_ones_differ_share_a_rank() {
    let pools = [MOODY[0], MOODY[1], pool("near", 10.6), pool("far", 15.0)];
    let said = Scratch::with(&pools, 20).expect(0, &["rank", "r", "--measure", "time"]);
    assert!(said.entry("near").contains("1 (tie)"), "{}", said.out);
    let far: Vec<&str> = said.line("far").split_whitespace().collect();
    assert_eq!(far[1], "3", "{}", said.out);
}

#[test]
fn every_output_says_what_equal_pools_differ_by_and_that_the_machine_drifted() {
    let scratch = Scratch::new();
    let mut made = rows(&[pool("serial", 10.0), pool("quick", 5.0), pool("quick-twin", 5.0)], 20);
    for row in made.iter_mut().filter(|row| row.block > Some(10)) {
        row.batch_ns = row.batch_ns.map(|ns| 2 * ns);
    }
    scratch.run_of("r", "here", csv(&made));
    for command in [
        &["summary", "r", "--all"][..],
        &["summary", "r", "--markdown"],
        &["compare", "r"],
        &["rank", "r"],
        &["gate", "r", "r"],
        &["compare", "r", "r"],
        &["compare", "r", "--pools", "serial,quick"],
        &["summary", "r", "--json"],
    ] {
        let out = scratch.expect(0, command).flat();
        assert!(out.contains("drift: serial of noop, 1000 jobs changed by +"), "{command:?}: {out}");
        assert!(out.contains("A/A twin: two equal pools") || out.contains("\"equal_pools\": ["), "{command:?}: {out}");
    }
    let brief = scratch.expect(0, &["summary", "r"]).flat();
    assert!(brief.contains("drift: ") && brief.contains("Equal pools differ by up to"), "{brief}");
    // A run of one pool and its twin claims nothing and still says it.
    scratch.run_of("lone", "here", csv(&rows(&MOODY, 20)));
    assert!(scratch.expect(0, &["summary", "lone", "--all"]).flat().contains("A/A twin: two equal pools"));
}
