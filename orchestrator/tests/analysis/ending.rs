//! The end of a run: one screen whatever the run holds, the answer in it, and what is not told by it.

use harness::columns::Row;
use orchestrator::cli::ending::at_the_end;

use super::made::{Scratch, Series, csv, pool, rows};

/// The most lines that a run ends with, of the 40 of a screen.
const MOST_LINES: usize = 36;

/// Rows of so many cells in four workloads, and so many pools.
fn of(cells: usize, pools: usize, blocks: u64) -> Vec<Row> {
    let workloads = ["noop", "compute", "sleep", "http"];
    let mut all = Vec::new();
    for cell in 0..cells {
        let series: Vec<Series> = (0..pools)
            .map(|at| {
                let name = NAMES[at % NAMES.len()];
                Series {
                    jobs: 10_u64.pow(u32::try_from(cell / 4).unwrap() % 7) * (cell as u64 + 1),
                    ms: 5.0 + f64::from(u32::try_from(at).unwrap()),
                    ..pool(name, 1.0)
                }
            })
            .collect();
        for (at, mut row) in rows(&series, blocks).into_iter().enumerate() {
            let number = at % pools;
            workloads[cell % 4].clone_into(&mut row.workload);
            row.pool = if number < NAMES.len() { row.pool } else { format!("{}-{number}", row.pool) };
            all.push(row);
        }
    }
    all
}

const NAMES: [&str; 6] =
    ["crossbeam", "rayon", "futures-pool-snmalloc", "serial", "tokio", "a-guest-with-a-long-name-in-it"];

#[test]
fn every_run_ends_on_one_screen() {
    let scratch = Scratch::with(&[pool("serial", 10.0)], 1);
    for (cells, pools) in [(1, 1), (1, 40), (12, 1), (12, 5), (60, 1), (60, 40)] {
        scratch.rewrite("r", csv(&of(cells, pools, 3)));
        for columns in [80, 120] {
            let text = at_the_end(&scratch.path("r"), columns).expect("it is a run");
            let wide = text.lines().find(|line| line.chars().count() > columns);
            let what = format!("{cells} cells of {pools} pools at {columns} columns:\n{text}");
            assert!(text.lines().count() <= MOST_LINES, "{} lines, {what}", text.lines().count());
            // Only the folder of a command may be longer than a line, and no test is run in such a one.
            assert_eq!(wide, None, "{what}");
            let fields = |line: &&str| [" computing ", " waiting ", " web "].iter().any(|word| line.starts_with(word));
            let shown = text.lines().filter(fields).count();
            assert!((4..=10).contains(&shown) || (cells == 1 && shown == 1), "{shown} are shown, {what}");
            assert!(shown == 1 || cells == 12 || text.contains("more fields: poolbench decide"), "{what}");
        }
    }
    // On the terminal of the binary, which is none here, `summary` has every cell.
    let all = scratch.expect(0, &["summary", "r"]).out;
    assert!(all.lines().all(|line| line.chars().count() <= 80), "{all}");
    let cell =
        |line: &&str| ["noop", "compute", "sleep", "http"].iter().any(|word| line.starts_with(&format!(" {word} x ")));
    assert_eq!(all.lines().filter(cell).count(), 60, "{all}");
}

#[test]
fn the_answer_comes_first_and_ties_are_named() {
    let scratch =
        Scratch::with(&[pool("serial", 10.0), pool("quick", 5.0), pool("alike", 5.002), pool("slow", 40.0)], 20);
    let text = at_the_end(&scratch.path("r"), 100).expect("it is a run");
    let first = text.lines().next().expect("it says something");
    assert!(first.starts_with("Best, or not told from the best: "), "{text}");
    assert!(first.contains(" for jobs that compute (1 of 1 field)") && !first.contains("slow"), "{text}");
    let line = text.lines().find(|line| line.starts_with(" computing")).expect("the field has a line");
    let words: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(words[1..4], ["<10", "us", "1000"], "{text}");
    assert!(line.contains("quick, alike") || line.contains("alike, quick"), "{text}");
    assert!(line.contains("slow") && (line.contains("x 8.0") || line.contains("x 7.9")), "{text}");
    let sections = ["\nstars", "\nsure", "\nmore"].map(|word| text.find(word));
    assert!(sections.is_sorted() && sections[0].is_some(), "{text}");
    let stars = text.lines().find(|line| line.starts_with("stars computing, time")).expect("there are stars");
    assert!(stars.contains("quick 5") && stars.contains("alike 5") && stars.contains("serial 4"), "{text}");
    assert!(text.contains("poolbench decide") && text.contains("poolbench summary"), "{text}");
}

#[test]
fn a_run_that_tells_nothing_says_so_first() {
    let scratch = Scratch::with(&[pool("serial", 10.0), pool("quick", 5.0)], 5);
    let text = at_the_end(&scratch.path("r"), 80).expect("it is a run");
    assert!(text.starts_with("Too few blocks to say which pool is best") && text.contains("Smoke only"), "{text}");
    assert!(text.lines().any(|line| line.contains(" quick ?")), "{text}");
    let mut made = rows(&[pool("serial", 10.0)], 6);
    for row in &mut made {
        "crashed".clone_into(&mut row.status);
    }
    scratch.rewrite("r", csv(&made));
    let text = at_the_end(&scratch.path("r"), 80).expect("it is a run");
    assert!(text.starts_with("No trial was ok in 6 blocks.") && text.contains("6 crashed of serial"), "{text}");
}

#[test]
fn the_summary_names_ties_and_what_the_slowest_costs() {
    let scratch =
        Scratch::with(&[pool("serial", 10.0), pool("quick", 5.0), pool("alike", 5.02), pool("slow", 40.0)], 20);
    let text = scratch.expect(0, &["summary", "r"]).out;
    let answer = text.lines().nth(1).expect("it says something");
    assert!(answer.contains("quick in 1") && answer.contains("alike in 1") && !answer.contains("slow"), "{text}");
    let cell = text.lines().find(|line| line.contains("noop x 1000")).expect("the cell has a line");
    let words: Vec<&str> = cell.split_whitespace().collect();
    assert!(words[3] == "quick" && words[6] == "alike" && words[7] == "x", "{text}");
    assert!(words[8].starts_with('8') || words[8].starts_with('7'), "slow takes eight times as long: {text}");
    let sections = ["\nmemory", "\nsure", "\nmore"].map(|word| text.find(word));
    assert!(sections.is_sorted() && sections[0].is_some(), "{text}");
    assert!(text.contains("rank") && text.contains("--pools quick,alike"), "{text}");
}

#[test]
fn too_few_blocks_are_said_and_how_many_it_takes() {
    let scratch = Scratch::with(&[pool("serial", 10.0), pool("quick", 5.0), pool("slow", 40.0)], 5);
    let text = scratch.expect(0, &["summary", "r"]).flat();
    assert!(text.contains("Smoke only") && text.contains("(?), --blocks 7 would do"), "{text}");
    assert!(text.contains("Lowest median: quick in 1 of 1 cell"), "{text}");
}

#[test]
fn what_failed_and_what_was_disturbed_is_said() {
    let scratch = Scratch::with(&[pool("serial", 10.0)], 1);
    let mut made = rows(&[pool("serial", 10.0), pool("flaky", 1.0), pool("good", 9.0)], 20);
    for row in &mut made {
        if row.pool == "flaky" && row.block > Some(1) {
            (row.status, row.batch_ns) = ("crashed".to_owned(), None);
        }
        row.noisy = Some(u64::from(row.block > Some(15)));
    }
    scratch.rewrite("r", csv(&made));
    let text = scratch.expect(0, &["summary", "r"]).flat();
    assert!(text.contains("19 of 60 trials: 19 crashed of flaky; notes.jsonl says why"), "{text}");
    assert!(text.contains("10 of 41 trials were disturbed"), "{text}");
    // One trial of twenty does not make a pool the fastest.
    assert!(text.contains("good in 1 of 1 cell") && !text.contains("flaky in 1"), "{text}");
}
