//! `compare --mirrors`: originals in another language beside the pools in Rust that stand for them.

use harness::columns::Row;

use super::made::{About, Said, Scratch, Series, csv, pool, rows};

const ORIGINAL: About = About {
    pool: "py-threads",
    mirrors: "multiprocessing.pool.ThreadPool.map",
    base: "py-serial",
    title: "python3 -X example",
};
const LOOP: About = About { pool: "py-serial", mirrors: "for loop", base: "py-serial", title: "the loop" };
const COUNTERPARTS: [About; 3] = [
    About {
        pool: "crossbeam",
        mirrors: "multiprocessing.pool.ThreadPool.map, with chunk 1 .imap",
        base: "",
        title: "",
    },
    // Stands for another class of the same module.
    About { pool: "processes", mirrors: "multiprocessing.pool.Pool.map", base: "", title: "" },
    // By name the first, but for something wider.
    About { pool: "blended", mirrors: "multiprocessing.pool.ThreadPool.map over others", base: "", title: "" },
];
const SERIES: [Series; 6] = [
    pool("serial", 10.0),
    pool("py-serial", 20.0),
    Series { mib: 12.0, ..pool("py-threads", 30.0) },
    pool("crossbeam", 6.0),
    pool("processes", 7.0),
    pool("blended", 8.0),
];

fn scratch(rows: &[Row]) -> Scratch {
    let scratch = Scratch::new();
    scratch.run_of("r", "here", csv(rows));
    scratch.tell("r", &[&[ORIGINAL, LOOP][..], &COUNTERPARTS].concat());
    scratch
}

/// The figure of that kind of a pool against another.
#[track_caller]
fn ratio(said: &Said, figure: &str, pool: &str, against: &str) -> serde_json::Value {
    let all = said.json();
    let is = |one: &&serde_json::Value| {
        let begins = |key: &str, name: &str| one[key].as_str().unwrap_or_default().starts_with(&format!("{name} "));
        one["figure"] == figure && begins("pool", pool) && begins("against", against)
    };
    let found = all["ratios"].as_array().expect("there are ratios").iter().find(is).cloned();
    found.unwrap_or_else(|| panic!("no {figure} of {pool} against {against}: {}", said.out))
}

#[track_caller]
fn assert_about(one: &serde_json::Value, right: f64) {
    let number = |key: &str| one[key].as_f64().unwrap_or_else(|| panic!("no {key}: {one}"));
    let [low, ratio, high] = ["low", "ratio", "high"].map(number);
    assert!(low < ratio && ratio < high && (ratio / right - 1.0).abs() < 0.05, "{right}: {one}");
}

#[test]
fn each_original_is_held_against_its_counterparts_and_its_own_loop() {
    let scratch = scratch(&rows(&SERIES, 20));
    let said = scratch.expect(0, &["compare", "r", "--mirrors", "--json"]);
    assert_about(&ratio(&said, "time_a_job", "py-threads", "crossbeam"), 5.0);
    // (30 x 2 - 20) against (6 x 2 - 10), each by its own loop.
    assert_about(&ratio(&said, "overhead_a_job", "py-threads", "crossbeam"), 20.0);
    assert_about(&ratio(&said, "cpu_a_job", "py-threads", "crossbeam"), 5.0);
    assert_about(&ratio(&said, "peak_memory", "py-threads", "crossbeam"), 3.0);
    assert_about(&ratio(&said, "loop", "py-threads", "py-serial"), 1.5);
    assert_about(&ratio(&said, "loop", "crossbeam", "serial"), 0.6);
    let originals = said.json()["originals"].clone();
    assert_eq!(originals[1]["counterparts"], serde_json::json!(["crossbeam", "blended"]), "{originals}");
    assert!(!said.out.contains("\"against\": \"processes"), "another class: {}", said.out);
    let levels: Vec<f64> =
        said.json()["ratios"].as_array().unwrap().iter().filter_map(|one| one["alpha"].as_f64()).collect();
    let claims = u32::try_from(levels.len()).unwrap();
    let least = levels.iter().copied().fold(1.0, f64::min);
    assert!((least - 0.05 / f64::from(claims)).abs() < 1e-9, "all {claims} share one level, the least is {least}");
}

#[test]
fn the_tables_answer_first_fit_80_columns_and_end_with_what_the_originals_are() {
    let scratch = scratch(&rows(&SERIES, 20));
    let said = scratch.expect(0, &["compare", "r", "--mirrors"]);
    assert!(said.out.lines().all(|line| line.chars().count() <= 80), "{}", said.out);
    assert!(
        said.flat().contains("1 original beside the nearest counterpart") || said.flat().contains("2 originals beside"),
        "{}",
        said.out
    );
    let first = said.out.lines().position(|line| line.contains("beside the nearest counterpart")).expect("an answer");
    assert!(first <= 1, "{}", said.out);
    let line = said.line("py-threads / crossbeam");
    assert!(line.matches(" us").count() == 2 && line.contains(" to "), "{line}");
    for words in [
        "python3 -X example",
        "guests against their own language's loop (py-serial)",
        "No memory a worker",
        "No memory a job",
        "overhead a job, each beyond its own language's loop",
        "a batch, each against its own language's loop",
    ] {
        assert!(said.flat().contains(words), "no '{words}': {}", said.out);
    }
    let markdown = scratch.expect(0, &["export", "--markdown", "r"]).out;
    assert!(markdown.contains("| py-threads / crossbeam |") && markdown.contains("## Originals"), "{markdown}");
}

#[test]
fn what_a_worker_and_a_job_add_comes_from_several_numbers_of_them() {
    let of = |pool: &'static str, jobs: u64, workers: u64, mib: f64| {
        let made = rows(&[Series { jobs, mib, noise: 0.001, ..self::pool(pool, 10.0) }], 20);
        made.into_iter().map(move |row| Row { workers: Some(workers), ..row })
    };
    let mut all = Vec::new();
    for (pool, worker, job) in [("py-threads", 10.0, 2e-3), ("crossbeam", 1.0, 1e-4)] {
        for (jobs, workers) in [(1000, 2), (1000, 4), (100_000, 2), (100_000, 4)] {
            #[expect(clippy::cast_precision_loss, reason = "small numbers")]
            let mib = 5.0 + worker * workers as f64 + job * jobs as f64;
            all.extend(of(pool, jobs, workers, mib));
        }
    }
    let scratch = scratch(&all);
    let said = scratch.expect(0, &["compare", "r", "--mirrors", "--json"]);
    assert_about(&ratio(&said, "memory_a_worker", "py-threads", "crossbeam"), 10.0);
    assert_about(&ratio(&said, "memory_a_job", "py-threads", "crossbeam"), 20.0);
}

#[test]
fn what_is_not_above_nothing_has_no_ratio_and_says_so() {
    let mut series = SERIES;
    series[3].ms = 5.0;
    let scratch = scratch(&rows(&series, 20));
    let said = scratch.expect(0, &["compare", "r", "--mirrors", "--json"]);
    let one = ratio(&said, "overhead_a_job", "py-threads", "crossbeam");
    assert!(one["ratio"].is_null() && one["without"] == "not above 0 throughout", "{one}");
}

#[test]
fn a_run_without_guests_or_counterparts_says_what_makes_one() {
    let scratch = Scratch::with(&SERIES, 6);
    let said = scratch.expect(2, &["compare", "r", "--mirrors"]);
    assert!(said.err.contains("no guest") && said.err.contains("make bench-python"), "{}", said.err);
    scratch.tell("r", &[ORIGINAL]);
    let said = scratch.expect(2, &["compare", "r", "--mirrors"]);
    assert!(said.err.contains("py-threads: multiprocessing.pool.ThreadPool.map"), "{}", said.err);
    assert!(said.err.contains("make bench-python"), "{}", said.err);
    for arguments in [&["compare", "r", "--mirrors", "--pools", "a,b"][..], &["compare", "r", "r", "--mirrors"]] {
        scratch.expect(2, arguments);
    }
}
