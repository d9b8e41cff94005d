//! Guests in the tables: against which loop, how long they start, and whether they are warm.

use harness::columns::Row;

use super::made::{About, Scratch, csv, pool, rows};

fn guest(pool: &'static str, base: &'static str) -> About {
    About { pool, mirrors: "", base, title: "" }
}

/// A run with guests of two languages, one of which has no loop, and one whose loop did not run.
fn scratch() -> Scratch {
    let series = [
        pool("serial", 10.0),
        pool("crossbeam", 6.0),
        pool("go-serial", 20.0),
        pool("go-channel", 11.0),
        pool("js-isolates", 11.0),
        pool("c-threads", 11.0),
    ];
    let scratch = Scratch::new();
    let started = rows(&series, 20).into_iter().map(|row| Row { start_ns: Some(870_000_000), ..row });
    scratch.run_of("r", "here", csv(&started.collect::<Vec<_>>()));
    let guests = [
        guest("go-serial", "go-serial"),
        guest("go-channel", "go-serial"),
        guest("js-isolates", "-"),
        guest("c-threads", "c-serial"),
    ];
    scratch.tell("r", &guests);
    scratch
}

#[test]
fn efficiency_and_overhead_are_against_the_loop_of_the_own_language() {
    let scratch = scratch();
    let cells = scratch.expect(0, &["summary", "r", "--json"]).json()["cells"].clone();
    let of = |pool: &str, key: &str| {
        let all = cells.as_array().expect("there are cells");
        all.iter().find(|one| one["pool"] == pool).expect("it has a cell")[key].clone()
    };
    // 20 / 11 / 2 and 10 / 6 / 2, in thousandths; against serial it would be 455.
    for (pool, base, efficiency) in [("go-channel", "go-serial", 909), ("crossbeam", "serial", 833)] {
        let found = of(pool, "efficiency_permille").as_i64().expect("a figure");
        assert!((found - efficiency).abs() < 15, "{pool}: {found}");
        assert_eq!(of(pool, "base"), base);
    }
    for pool in ["serial", "go-serial", "js-isolates", "c-threads"] {
        assert!(of(pool, "efficiency_permille").is_null() && of(pool, "overhead_ps").is_null(), "{pool}");
        assert!(of(pool, "base").is_null(), "{pool}");
    }
    let said = scratch.expect(0, &["summary", "r", "--all"]);
    for words in [
        "against serial; guests against their own language's loop (go-serial)",
        "Guests whose loop is not in this run have neither; add it to --pools: c-serial.",
        "No overhead and no efficiency of js-isolates",
    ] {
        assert!(said.flat().contains(words), "no '{words}': {}", said.out);
    }
}

#[test]
fn a_run_without_guests_says_nothing_of_loops() {
    let scratch = Scratch::with(&[pool("serial", 10.0), pool("crossbeam", 6.0)], 20);
    assert!(!scratch.expect(0, &["summary", "r", "--all"]).flat().contains("loop"));
}

#[test]
fn start_times_stand_in_the_tables() {
    let scratch = scratch();
    let said = scratch.expect(0, &["summary", "r", "--all"]);
    assert!(said.out.contains(" start ") && said.out.contains("870 ms"), "{}", said.out);
    assert!(said.out.lines().all(|line| line.chars().count() <= 80), "{}", said.out);
    let cells = scratch.expect(0, &["summary", "r", "--json"]).json()["cells"].clone();
    assert_eq!(cells[0]["start_ns"], 870_000_000);
}

/// Rows of 30 batches, those of `java` falling all along, with their notes.
fn warming(blocks: u64) -> Scratch {
    let made = rows(&[pool("serial", 10.0), pool("crossbeam", 6.0), pool("java", 9.0)], blocks);
    let batches = |row: &Row| -> Vec<u64> {
        let base = row.batch_ns.expect("it has a time");
        (0..30_u64).map(|at| if row.pool == "java" { base + 4 * base / (at + 1) } else { base + at % 3 }).collect()
    };
    let notes: Vec<(Row, Vec<u64>)> = made.iter().map(|row| (row.clone(), batches(row))).collect();
    let median = |times: &[u64]| {
        let mut warm = times[1..].to_vec();
        warm.sort_unstable();
        warm[(warm.len() - 1) / 2]
    };
    let with = |(row, times): &(Row, Vec<u64>)| Row {
        batches: Some(30),
        batch_ns: times.first().copied(),
        warm_batch_ns: Some(median(times)),
        ..row.clone()
    };
    let scratch = Scratch::new();
    scratch.run_of("r", "here", csv(&notes.iter().map(with).collect::<Vec<_>>()));
    scratch.note("r", &notes);
    scratch
}

#[test]
fn what_is_still_warming_is_said_in_every_table() {
    let scratch = warming(20);
    let ends = scratch.expect(0, &["summary", "r"]).flat();
    assert!(ends.contains("Still warming, so that") && ends.contains("java at noop x 1000 (-"), "{ends}");
    let all = scratch.expect(0, &["summary", "r", "--all"]);
    assert!(all.out.contains("still warming (-"), "{}", all.out);
    let compared = scratch.expect(0, &["compare", "r", "--measure", "time"]);
    assert!(compared.entry("java").ends_with("still warming"), "{}", compared.out);
    assert!(!compared.entry("crossbeam").contains("warming"), "{}", compared.out);
    assert!(
        scratch
            .expect(0, &["compare", "r", "--pools", "java,serial", "--measure", "time"])
            .flat()
            .contains("the reference is still warming")
    );
    let cells = scratch.expect(0, &["summary", "r", "--json"]).json()["cells"].clone();
    let told: Vec<_> =
        cells.as_array().unwrap().iter().map(|one| (one["pool"].clone(), one["still_warming"].clone())).collect();
    assert!(told.contains(&("java".into(), 1.into())) && told.contains(&("serial".into(), 0.into())), "{told:?}");
}

#[test]
fn notes_that_are_broken_or_gone_take_nothing_but_that() {
    let scratch = warming(20);
    let path = scratch.path("r").join("notes.jsonl");
    let whole = std::fs::read_to_string(&path).expect("there are notes");
    std::fs::write(&path, format!("{{\n\"\n[]\n{{\"run\":1}}\n{whole}{{\"torn")).expect("the folder is there");
    assert!(scratch.expect(0, &["summary", "r"]).flat().contains("Still warming"));
    // The notes of another run say nothing of this one.
    std::fs::write(&path, whole.replace("\"made\"", "\"other\"")).expect("the folder is there");
    assert!(!scratch.expect(0, &["summary", "r"]).flat().contains("Still warming"));
    std::fs::remove_file(&path).expect("it is there");
    assert!(!scratch.expect(0, &["summary", "r"]).flat().contains("Still warming"));
}

#[test]
fn cpu_time_is_a_batchs_so_that_cells_may_differ_in_their_batches() {
    let mut made = rows(&[pool("serial", 10.0), pool("alike", 10.0)], 20);
    for row in made.iter_mut().filter(|row| row.pool == "alike") {
        (row.batches, row.cpu_user_ns) = (Some(8), row.cpu_user_ns.map(|ns| 8 * ns));
    }
    let scratch = Scratch::new();
    scratch.run_of("r", "here", csv(&made));
    let said = scratch.expect(0, &["compare", "r", "--measure", "cpu"]);
    assert!(said.entry("alike").ends_with("same (within 3 %)"), "{}", said.out);
}
