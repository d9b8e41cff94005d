//! `decide`: the table and the ratings of runs whose truth is known, and what is said of runs that cannot decide.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use harness::columns::Row;
use serde_json::Value;

use super::made::{Scratch, Series, csv, pool, rows};

/// Rows of a pool at another workload.
fn of(workload: &str, param: &str, series: &[Series], blocks: u64) -> Vec<Row> {
    let mut made = rows(series, blocks);
    for row in &mut made {
        (row.workload, row.param) = (workload.to_owned(), param.to_owned());
        if row.pool.ends_with("serial") {
            "serial".clone_into(&mut row.kind);
        }
    }
    made
}

fn decided(scratch: &Scratch) -> Value {
    scratch.expect(0, &["decide", "r", "--json"]).json()
}

/// The lines that have data.
fn with_data(json: &Value) -> Vec<&Value> {
    json["table"].as_array().expect("a list").iter().filter(|line| line["fill"].is_null()).collect()
}

fn pools(line: &Value) -> Vec<&str> {
    line["take"].as_array().expect("a list").iter().map(|one| one["pool"].as_str().expect("a name")).collect()
}

fn scratch(rows: &[Row]) -> Scratch {
    let scratch = Scratch::new();
    scratch.run_of("r", "here", csv(rows));
    scratch
}

#[test]
fn a_field_names_who_ties_with_how_many_workers_and_what_another_costs() {
    let at = |jobs, ms| move |name| Series { jobs, ..pool(name, ms) };
    let mut made = of("compute", "", &[at(1000, 0.1)("serial"), at(1000, 0.05)("quick"), at(1000, 0.4)("slow")], 20);
    made.extend(of("sleep", "20ms", &[at(100, 40.0)("quick"), at(100, 40.0)("slow"), at(100, 80.0)("late")], 20));
    made.extend(of("http", "5ms", &[at(100, 12.0)("quick"), at(100, 11.0)("slow")], 20));
    for row in made.iter_mut().filter(|row| row.workload != "compute") {
        row.workers = Some(50);
    }
    let scratch = scratch(&made);
    let json = decided(&scratch);
    let lines = with_data(&json);
    assert_eq!(lines.len(), 3, "{json}");
    let [computing, waiting, web] = lines[..] else { panic!("{json}") };
    assert_eq!((&computing["bottleneck"], pools(computing)), (&"computing".into(), vec!["quick"]));
    let length = computing["job_low_ns"].as_f64().unwrap();
    assert!((80.0..120.0).contains(&length), "serial takes 100 ns for each: {length}");
    assert_eq!(computing["take"][0]["workers_low"], 2);
    let (median, worst) = (computing["median"].as_f64().unwrap(), computing["worst"].as_f64().unwrap());
    assert!((1.9..2.1).contains(&median) && (7.8..8.2).contains(&worst), "{computing}");
    assert_eq!(computing["worst_pool"], "slow");
    let mut ties = pools(waiting);
    ties.sort_unstable();
    assert_eq!((ties, &waiting["job_low_ns"], &waiting["told"]), (vec!["quick", "slow"], &2e7.into(), &true.into()));
    assert_eq!((pools(web), &web["bottleneck"]), (vec!["slow"], &"web".into()));
    let said = scratch.expect(0, &["decide", "r"]);
    let flat = said.flat();
    assert!(flat.contains("quick for jobs that compute (1 of 1 field)"), "{}", said.out);
    assert!(flat.contains("slow for jobs that ask the web (1 of 1)"), "{}", said.out);
    assert!(said.out.lines().all(|line| line.chars().count() <= 80), "{}", said.out);
    assert!(flat.contains("poolbench run workers"), "no other number was tried: {}", said.out);
}

#[test]
fn a_sweep_of_workers_names_the_fewest_that_tie() {
    let mut made = Vec::new();
    for (workers, ms) in [(1, 10.0), (2, 5.0), (4, 5.0), (8, 7.0)] {
        let mut some = of("spin", "10us", &[pool("quick", ms)], 20);
        for row in &mut some {
            row.workers = Some(workers);
        }
        made.extend(some);
    }
    let scratch = scratch(&made);
    let json = decided(&scratch);
    let mut ties = pools(with_data(&json)[0]);
    ties.sort_unstable();
    assert_eq!(ties, ["quick w 2", "quick w 4"]);
    let said = scratch.expect(0, &["decide", "r"]);
    let line = said
        .out
        .lines()
        .find(|line| line.starts_with(" computing") && line.contains("quick w "))
        .expect("the field has a line");
    assert!(line.contains(" 10 us ") && line.contains("   2  x "), "{line}");
    assert!(!said.flat().contains("tried no others"), "{}", said.out);
}

#[test]
fn sizes_of_one_power_of_ten_are_one_field_and_who_lacks_one_is_no_hindrance() {
    let at = |jobs, ms| move |name| Series { jobs, ..pool(name, ms) };
    let mut made = of("sleep", "20ms", &[at(50, 20.0)("quick"), at(50, 60.0)("slow"), at(50, 90.0)("only-here")], 20);
    made.extend(of("sleep", "20ms", &[at(200, 80.0)("quick"), at(200, 240.0)("slow")], 20));
    let json = decided(&scratch(&made));
    let [line] = with_data(&json)[..] else { panic!("{json}") };
    assert_eq!((&line["jobs_low"], &line["jobs_high"], &line["pools"]), (&50.into(), &200.into(), &2.into()));
    assert_eq!((pools(line), &line["worst_pool"]), (vec!["quick"], &"slow".into()));
    // Where next to nobody has all of them, the cell with the most pools stands for the field.
    let mut made = of("spin", "1us", &["a", "b", "c", "d", "e"].map(|name| pool(name, 1.0)), 20);
    made.extend(of("compute", "", &[pool("serial", 1.0), pool("a", 1.0)], 20));
    let json = decided(&scratch(&made));
    let [line] = with_data(&json)[..] else { panic!("{json}") };
    assert_eq!((&line["cells"], &line["pools"]), (&serde_json::json!(["spin:1us x 1000"]), &5.into()));
}

#[test]
fn stars_are_doublings_and_what_is_missing_is_missing() {
    let series = [pool("serial", 40.0), pool("quick", 10.0), pool("alike", 10.05), pool("half", 20.0)];
    let mut made = of("compute", "", &series, 20);
    made.extend(of("sleep", "1ms", &[pool("quick", 10.0), pool("alike", 10.0), pool("half", 80.0)], 20));
    for row in &mut made {
        row.peak_rss_bytes = Some(if row.pool == "half" { 64 << 20 } else { 16 << 20 } + (row.block.unwrap() << 10));
    }
    let scratch = scratch(&made);
    let json = decided(&scratch);
    assert_eq!(
        (&json["rule"], &json["memory"], &json["run"]),
        (&"doubling".into(), &"resident".into(), &"made".into())
    );
    let of = |name: &str| json["ratings"].as_array().unwrap().iter().find(|one| one["pool"] == name).unwrap().clone();
    let stars = |one: &Value| [0, 1, 2, 3].map(|at| one["parts"][at]["stars"].as_f64());
    assert_eq!(stars(&of("quick")), [Some(5.0), Some(5.0), Some(5.0), Some(5.0)]);
    assert_eq!(stars(&of("alike")), [Some(5.0); 4]);
    let half = of("half");
    assert_eq!(stars(&half), [Some(4.0), Some(3.0), Some(2.0), Some(3.0)]);
    assert_eq!((&half["computing"], &half["waiting"], &half["overall"]), (&3.5.into(), &2.5.into(), &3.0.into()));
    let serial = of("serial");
    assert_eq!(stars(&serial), [Some(3.0), Some(5.0), None, None]);
    assert!(serial["computing"] == 4.0 && serial["waiting"].is_null() && serial["overall"].is_null(), "{serial}");
    assert_eq!(json["ratings"][3]["pool"], "serial", "who lacks a part comes last");
    let said = scratch.expect(0, &["decide", "r"]).flat();
    assert!(said.contains("waiting: serial") && said.contains("stars = 5 - log2(g)"), "{said}");
    let other = scratch.expect(0, &["decide", "r", "--stars", "minmax-log", "--json"]).json();
    let worst = other["ratings"].as_array().unwrap().iter().find(|one| one["pool"] == "half").unwrap();
    assert_eq!((&other["rule"], worst["parts"][2]["stars"].as_f64()), (&"minmax-log".into(), Some(1.0)));
    let wrong = scratch.expect(2, &["decide", "r", "--stars", "best"]).err;
    assert!(wrong.contains("doubling, minmax-log"), "{wrong}");
}

#[test]
fn memory_within_a_mib_of_the_best_has_all_stars() {
    let mut made = of("compute", "", &[pool("serial", 10.0), pool("near", 10.0), pool("far", 10.0)], 20);
    for row in &mut made {
        row.cgroup_peak_bytes = Some(match row.pool.as_str() {
            "serial" => 1_000_000,
            "near" => 1_900_000,
            _ => 4_000_000,
        });
    }
    let json = decided(&scratch(&made));
    let stars: BTreeMap<&str, Option<f64>> = json["ratings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["pool"].as_str().unwrap(), one["parts"][1]["stars"].as_f64()))
        .collect();
    assert_eq!(json["memory"], "charged");
    assert_eq!((stars["serial"], stars["near"], stars["far"]), (Some(5.0), Some(5.0), Some(3.0)));
}

#[test]
fn every_field_without_data_has_a_command_and_all_fills_it() {
    let scratch = Scratch::with(&[pool("serial", 10.0), pool("quick", 5.0)], 20);
    let json = decided(&scratch);
    let fills: Vec<&str> = json["table"].as_array().unwrap().iter().filter_map(|line| line["fill"].as_str()).collect();
    assert!(fills.len() >= 14, "{fills:?}");
    let plan = scratch.expect(0, &["plan", "all", "--json"]).json();
    let cells: Vec<String> = plan["cells"]
        .as_array()
        .expect("it has cells")
        .iter()
        .map(|cell| format!("poolbench run --workload {} --jobs {}", cell["workload"].as_str().unwrap(), cell["jobs"]))
        .collect();
    let said = scratch.expect(0, &["decide", "r"]).flat();
    for fill in fills {
        assert!(cells.iter().any(|cell| cell == fill), "{fill}");
        assert!(said.contains(fill), "{fill}: {said}");
        let words: Vec<&str> = fill.split(' ').skip(2).collect();
        scratch.expect(0, &[&["plan"][..], &words].concat());
    }
}

#[test]
fn runs_that_cannot_decide_say_what_they_lack() {
    // One block, one size.
    let scratch = Scratch::with(&[pool("serial", 10.0), pool("quick", 5.0)], 1);
    let said = scratch.expect(0, &["decide", "r"]).flat();
    assert!(said.contains("quick ?") && said.contains("1 block put no pool before another in 1 field"), "{said}");
    assert!(said.contains("--blocks 6 would do"), "{said}");
    assert!(said.contains("no data, and what would fill it; `poolbench run all` fills every field"), "{said}");
    assert!(said.contains("since no cell waits: `poolbench run all` has some"), "{said}");
    // No plain loop, so that a job's length is only bounded.
    scratch.rewrite("r", csv(&of("compute", "", &[pool("quick", 5.0), pool("slow", 9.0)], 20)));
    let said = scratch.expect(0, &["decide", "r"]).flat();
    assert!(said.contains("<10 us") && said.contains("no plain loop ran there"), "{said}");
    // Guests alone have plain loops of their own.
    scratch.rewrite("r", csv(&of("compute", "", &[pool("py-serial", 5.0), pool("py-pool", 9.0)], 20)));
    let said = scratch.expect(0, &["decide", "r"]).flat();
    assert!(
        said.contains("py-serial for jobs that compute (1 of 1 field)") && !said.contains("no plain loop"),
        "{said}"
    );
    // Nothing that ended well.
    let mut made = of("compute", "", &[pool("serial", 5.0), pool("quick", 9.0)], 20);
    for row in &mut made {
        "timeout".clone_into(&mut row.status);
    }
    scratch.rewrite("r", csv(&made));
    let said = scratch.expect(0, &["decide", "r"]).flat();
    assert!(said.contains("no trial was ok") && said.contains("notes.jsonl says why"), "{said}");
    // No block at all.
    scratch.rewrite("r", csv(&[]));
    let said = scratch.expect(0, &["decide", "r"]).flat();
    assert!(said.contains("no finished block yet; `poolbench resume`"), "{said}");
    let said = scratch.expect(2, &["decide", "nowhere"]).err;
    assert!(said.contains("holds no run"), "{said}");
}

#[test]
fn a_run_of_schema_1_is_decided_as_well() {
    let scratch = Scratch::new();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/schema-1");
    fs::create_dir(scratch.path("r")).unwrap();
    for file in ["plan.toml", "machine.json", "trials.csv"] {
        fs::copy(from.join(file), scratch.path("r").join(file)).expect("the fixture can be copied");
    }
    let json = decided(&scratch);
    assert!(!with_data(&json).is_empty() && !json["ratings"].as_array().unwrap().is_empty(), "{json}");
    scratch.expect(0, &["decide", "r"]);
}

/// The rows of a recorded run of the preset `all`: times alone.
fn recorded() -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/bench-all/trials.csv");
    let mut reader = csv::Reader::from_path(path).expect("the fixture is there");
    let like = rows(&[pool("serial", 1.0)], 1).remove(0);
    let made = reader.records().map(|row| {
        let row = row.expect("a row");
        let number = |at: usize| row[at].parse::<u64>().ok();
        Row {
            block: number(0),
            status: row[2].to_owned(),
            pool: row[3].to_owned(),
            kind: if &row[3] == "serial" { "serial" } else { "threads" }.to_owned(),
            workload: row[4].to_owned(),
            param: row[5].to_owned(),
            jobs: number(6),
            batch_ns: number(7),
            warm_batch_ns: number(8),
            peak_rss_bytes: None,
            mem_complete: None,
            ..like.clone()
        }
    });
    made.collect()
}

#[test]
fn a_real_run_is_decided_as_it_was_read_by_hand() {
    let scratch = scratch(&recorded());
    let json = decided(&scratch);
    let lines = with_data(&json);
    assert!(lines.iter().all(|line| line["told"] == true && !pools(line).is_empty()), "{json}");
    let many = lines.iter().find(|line| line["jobs_low"] == 100_000).expect("it has 100,000 jobs of compute");
    assert!(pools(many).contains(&"threads-counter") && !pools(many).contains(&"tokio-buffered"), "{many}");
    let sleeps = lines.iter().find(|line| line["bottleneck"] == "waiting").expect("it has sleeps");
    assert!(pools(sleeps).contains(&"green") && sleeps["worst_pool"] == "chili", "{sleeps}");
    // Memory is not among what was kept, and nothing stands in for it.
    let ratings = json["ratings"].as_array().unwrap();
    assert!(ratings.iter().all(|one| one["overall"].is_null() && one["parts"][1].is_null()), "{json}");
    assert!(ratings.iter().any(|one| one["parts"][0]["stars"] == 5.0), "{json}");
    let said = scratch.expect(0, &["decide", "r"]);
    assert!(said.out.lines().all(|line| line.chars().count() <= 80), "{}", said.out);
    assert!(
        said.flat().contains("computing, memory: all, since no pool has them all in enough blocks"),
        "{}",
        said.out
    );
}
