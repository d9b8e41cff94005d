//! A pool with several setups: told apart in ranks and memory, named as a reference, paired with what is like it.

use harness::columns::Row;

use super::made::{Scratch, Series, csv, pool, rows};

/// Rows of some pools with these workers and this chunk.
fn with(series: &[Series], workers: u64, chunk: &str) -> Vec<Row> {
    let changed = |row| Row { workers: Some(workers), chunk: chunk.to_owned(), ..row };
    rows(series, 20).into_iter().map(changed).collect()
}

fn run_of(parts: &[Vec<Row>]) -> Scratch {
    let scratch = Scratch::new();
    scratch.run_of("r", "here", csv(&parts.concat()));
    scratch
}

#[test]
fn numbers_of_workers_are_ranked_apart() {
    let parts = [
        with(&[pool("serial", 40.0), pool("rayon", 40.0)], 1, "auto"),
        with(&[Series { mib: 9.0, ..pool("rayon", 5.0) }], 8, "auto"),
    ];
    let scratch = run_of(&parts);
    let said = scratch.expect(0, &["rank", "r", "--measure", "time"]);
    let best: Vec<&str> = said.line("rayon w 8").split_whitespace().collect();
    assert_eq!(best[3..5], ["1", "1.00"], "{}", said.out);
    assert!(said.entry("rayon w 1").contains("2 to 3"), "{}", said.out);
}

#[test]
fn a_reference_with_several_setups_is_named_with_the_one_that_counts() {
    let parts =
        [with(&[pool("processes", 40.0)], 2, "1"), with(&[pool("processes", 4.0), pool("threads", 3.0)], 2, "auto")];
    let said = run_of(&parts).expect(0, &["compare", "r", "--measure", "time", "--reference", "processes"]);
    let wanted = "time against processes (w 2, chunk 1, window all), the first of its 2 setups: noop, 1000 jobs";
    assert!(said.flat().contains(wanted), "{}", said.out);
}

#[test]
fn two_pools_with_their_own_chunks_are_paired_by_their_workers() {
    let parts = [
        with(&[pool("crossbeam", 40.0)], 1, "auto"),
        with(&[pool("crossbeam", 5.0)], 8, "auto"),
        with(&[pool("rayon", 40.0)], 1, "own"),
        with(&[pool("rayon", 10.0)], 8, "own"),
    ];
    let said = run_of(&parts).expect(0, &["compare", "r", "--measure", "time", "--pools", "crossbeam,rayon"]);
    assert!(said.flat().contains("2 comparisons claimed together"), "{}", said.out);
    assert!(said.entry("rayon w 8").ends_with("slower") && said.entry("rayon w 1").contains("same"), "{}", said.out);

    let apart =
        [with(&[pool("crossbeam", 40.0)], 1, "auto"), with(&[pool("rayon", 10.0), pool("serial", 1.0)], 8, "own")];
    let both = [with(&[pool("rayon", 10.0)], 4, "own"), apart.concat()];
    let said = run_of(&both).expect(2, &["compare", "r", "--pools", "crossbeam,rayon"]);
    assert!(
        said.err.contains("crossbeam: crossbeam (w 1, chunk auto") && said.err.contains("rayon (w 8"),
        "{}",
        said.err
    );
}

#[test]
fn a_reference_that_failed_throughout_is_said_and_replaced_where_that_can_be() {
    let mut parts = with(&[pool("serial", 40.0), pool("rayon", 40.0), pool("threads", 20.0)], 2, "auto");
    for row in parts.iter_mut().filter(|row| row.pool == "serial") {
        (row.status, row.batch_ns) = ("crashed".to_owned(), None);
    }
    let said = run_of(&[parts.clone()]).expect(0, &["compare", "r", "--measure", "time", "--reference", "serial"]);
    assert!(said.entry("threads").ends_with("serial has no trial that was ok"), "{}", said.out);
    assert!(!said.flat().contains("0 ns"), "{}", said.out);
    let twin = with(&[pool("rayon-twin", 40.0)], 2, "auto");
    let said = run_of(&[parts, twin]).expect(0, &["compare", "r", "--measure", "time"]);
    assert!(said.flat().contains("time against rayon") && said.entry("threads").ends_with("faster"), "{}", said.out);
}

#[test]
fn memory_is_judged_by_its_whole_interval_in_bytes() {
    let wide = Series { mib: 7.0, noise: 0.5, ..pool("wide", 10.0) };
    let small = Series { mib: 0.9, noise: 0.08, ..pool("small", 10.0) };
    let tiny = Series { mib: 0.9, noise: 0.08, jobs: 9, ..pool("tiny", 10.0) };
    let scratch = Scratch::with(
        &[pool("serial", 10.0), wide, Series { jobs: 9, ..small }, tiny, Series { jobs: 9, ..pool("serial", 1.0) }],
        20,
    );
    let said = scratch.expect(0, &["compare", "r", "--measure", "memory", "--pools", "small,tiny"]);
    assert!(said.entry("tiny").ends_with("same (within 3 % or 1 MiB)"), "{}", said.out);
}
