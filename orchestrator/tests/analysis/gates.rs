//! `gate`: open, shut or unable, in time and in memory.

use super::made::{Said, Scratch, Series, csv, pool, rows};

/// Holds a run of one changed pool against one of pools that take 10 ms and 4 MiB.
fn gate(changed: Series, code: i32, more: &[&str]) -> Said {
    let scratch = Scratch::new();
    let others = [pool("serial", 10.0), pool("serial-twin", 10.0)];
    scratch.run_of("base", "here", csv(&rows(&[others[0], others[1], pool("new", 10.0)], 20)));
    scratch.run_of("new", "here", csv(&rows(&[others[0], others[1], changed], 20)));
    scratch.expect(code, &[&["gate", "base", "new"], more].concat())
}

#[test]
fn it_is_open_where_nothing_changed_or_something_got_better() {
    assert!(gate(pool("new", 10.0), 0, &[]).flat().contains("gate open"));
    assert!(gate(Series { mib: 2.0, ..pool("new", 8.0) }, 0, &["--annotate"]).flat().contains("gate open"));
}

#[test]
fn it_is_shut_by_time_or_by_memory_and_says_which() {
    let said = gate(pool("new", 13.0), 3, &["--annotate"]);
    assert!(said.flat().contains("time: 1 of 2 cells lie beyond +5.00 %"), "{}", said.out);
    assert!(said.flat().contains("peak RSS: 0 of 2 cells"), "{}", said.out);
    let annotations: Vec<&str> = said.out.lines().filter(|line| line.starts_with("::error ")).collect();
    assert_eq!(annotations.len(), 1, "{}", said.out);
    assert!(
        annotations[0].contains("time of new (w 2, chunk auto, window all) at noop, 1000 jobs: +30."),
        "{}",
        annotations[0]
    );

    let said = gate(Series { mib: 8.0, ..pool("new", 10.0) }, 3, &[]);
    assert!(said.flat().contains("peak RSS: 1 of 2 cells lie beyond +10.0 %"), "{}", said.out);
    assert!(said.flat().contains("REGRESSION") && !said.flat().contains("::error"), "{}", said.out);
}

#[test]
fn the_limit_decides_and_doubt_leaves_it_open() {
    assert!(gate(pool("new", 10.45), 0, &[]).flat().contains("gate open"), "4.5 % is within the limit of 5 %");
    gate(pool("new", 10.45), 3, &["--max-slowdown", "2%"]);
    gate(pool("new", 13.0), 0, &["--max-slowdown", "50%"]);
    gate(Series { mib: 8.0, ..pool("new", 10.0) }, 0, &["--max-growth", "150%"]);
    gate(Series { noise: 0.6, ..pool("new", 10.6) }, 0, &[]);
    gate(Series { noise: 0.001, ..pool("new", 10.2) }, 3, &["--max-slowdown", "1%"]);
    gate(Series { noise: 0.001, ..pool("new", 10.2) }, 0, &["--max-slowdown", "2.5%"]);
}

#[test]
fn a_machine_that_slowed_down_is_no_regression() {
    let scratch = Scratch::new();
    // `serial` is the same build in both, and takes 12 % longer in the second, as everything does.
    let run = |factor: f64| [pool("serial", 10.0), pool("new", 8.0)].map(|one| Series { ms: factor * one.ms, ..one });
    scratch.run_of("base", "here", csv(&rows(&run(1.0), 20)));
    scratch.run_of("new", "here", csv(&rows(&run(1.12), 20)));
    let said = scratch.expect(0, &["gate", "base", "new"]);
    assert!(said.flat().contains("called different in 1 of 1 cells"), "{}", said.out);
    let said = scratch.expect(0, &["compare", "base", "new", "--measure", "time"]);
    assert!(said.entry("new").ends_with("unclear: more blocks may tell"), "{}", said.out);
    // One that lost far more than the machine did is one.
    scratch.run_of("worse", "here", csv(&rows(&[run(1.12)[0], pool("new", 16.0)], 20)));
    assert_eq!(scratch.expect(3, &["gate", "base", "worse"]).flat().matches("REGRESSION").count(), 1);
}

#[test]
fn a_gate_that_cannot_judge_says_so_and_is_not_open() {
    let scratch = Scratch::new();
    let pools = [pool("serial", 10.0), pool("gone", 10.0), pool("broken", 10.0)];
    scratch.run_of("base", "here", csv(&rows(&pools, 20)));
    let mut new = rows(&[pools[0], pools[2]], 20);
    for row in new.iter_mut().filter(|row| row.pool == "broken") {
        (row.status, row.batch_ns) = ("crashed".to_owned(), None);
    }
    scratch.run_of("new", "here", csv(&new));
    let said = scratch.expect(2, &["gate", "base", "new"]);
    assert!(said.flat().contains("gone (w 2, chunk auto, window all) at noop, 1000 jobs: not in "), "{}", said.out);
    assert!(
        said.flat().contains("broken (w 2, chunk auto, window all) at noop, 1000 jobs: every trial of"),
        "{}",
        said.out
    );
    assert!(said.flat().contains("neither open nor shut") && !said.flat().contains("0 ns"), "{}", said.out);
    // Too few blocks for anything.
    scratch.run_of("short", "here", csv(&rows(&pools, 5)));
    let said = scratch.expect(2, &["gate", "short", "short"]);
    assert!(said.flat().contains("too few blocks in every cell"), "{}", said.out);
}

#[test]
fn first_batches_and_warm_ones_are_not_compared() {
    let scratch = Scratch::new();
    let cold = rows(&[pool("serial", 10.0)], 20);
    scratch.run_of("cold", "here", csv(&cold));
    let warm = cold.into_iter().map(|row| harness::columns::Row { warm_batch_ns: row.batch_ns, ..row });
    scratch.run_of("warm", "here", csv(&warm.collect::<Vec<_>>()));
    for command in ["compare", "gate"] {
        assert!(scratch.expect(2, &[command, "cold", "warm"]).err.contains("the same --batches"));
    }
}

#[test]
fn what_cannot_be_held_against_each_other_is_neither_open_nor_shut() {
    let scratch = Scratch::with(&[pool("serial", 10.0)], 6);
    scratch.expect(2, &["gate", "r", "nowhere"]);
    for limit in ["much", "-5%", "2000%", ""] {
        let said = scratch.expect(2, &["gate", "r", "r", &format!("--max-slowdown={limit}")]);
        assert!(said.err.contains("--max-slowdown"), "{}", said.err);
    }
}
