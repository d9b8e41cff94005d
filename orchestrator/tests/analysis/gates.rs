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
    assert!(gate(pool("new", 10.0), 0, &[]).out.contains("gate open"));
    assert!(gate(Series { mib: 2.0, ..pool("new", 8.0) }, 0, &["--annotate"]).out.contains("gate open"));
}

#[test]
fn it_is_shut_by_time_or_by_memory_and_says_which() {
    let said = gate(pool("new", 13.0), 3, &["--annotate"]);
    assert!(said.out.contains("time: 1 of 2 cells lie beyond +5.0 %"), "{}", said.out);
    assert!(said.out.contains("memory (resident): 0 of 2 cells"), "{}", said.out);
    let annotations: Vec<&str> = said.out.lines().filter(|line| line.starts_with("::error ")).collect();
    assert_eq!(annotations.len(), 1, "{}", said.out);
    assert!(annotations[0].contains("time of new at noop, 1000 jobs: +30."), "{}", annotations[0]);

    let said = gate(Series { mib: 8.0, ..pool("new", 10.0) }, 3, &[]);
    assert!(said.out.contains("memory (resident): 1 of 2 cells lie beyond +10.0 %"), "{}", said.out);
    assert!(said.out.contains("REGRESSION") && !said.out.contains("::error"), "{}", said.out);
}

#[test]
fn the_limit_decides_and_doubt_leaves_it_open() {
    assert!(gate(pool("new", 10.45), 0, &[]).out.contains("gate open"), "4.5 % is within the limit of 5 %");
    gate(pool("new", 10.45), 3, &["--max-slowdown", "2%"]);
    gate(pool("new", 13.0), 0, &["--max-slowdown", "50%"]);
    gate(Series { mib: 8.0, ..pool("new", 10.0) }, 0, &["--max-growth", "150%"]);
    gate(Series { noise: 0.6, ..pool("new", 10.6) }, 0, &[]);
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
