//! `summary` and `rank`: every pool is there once, the twin in no list of pools, what lacks is named.

use harness::columns::Row;

use super::made::{Scratch, Series, pool};

const POOLS: [Series; 5] = [
    pool("serial", 10.0),
    pool("quick", 5.0),
    pool("quick-twin", 5.0),
    pool("alike", 5.01),
    Series { jobs: 10_000, ..pool("serial", 99.0) },
];

#[test]
fn places_are_ranges_and_a_pool_that_lacks_a_cell_has_one_where_it_lacks_none() {
    let at = |pool: Series| Series { jobs: 10_000, ms: 9.0 * pool.ms, ..pool };
    let [serial, quick, twin, ..] = POOLS;
    let wild = Series { noise: 0.3, ..pool("wild", 5.0) };
    let pools = [serial, quick, twin, wild, at(serial), at(quick), at(wild), pool("half", 5.0)];
    let scratch = Scratch::with(&pools, 20);
    let said = scratch.expect(0, &["rank", "r", "--measure", "time"]);
    let place = |pool: &str| said.line(pool).split_whitespace().skip(1).take(3).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(
        (place("quick"), place("wild")),
        (["1", "to", "2"].map(str::to_owned).to_vec(), ["1", "to", "2"].map(str::to_owned).to_vec()),
        "{}",
        said.out
    );
    let serial = place("serial");
    assert_eq!(serial[0], "3", "{}", said.out);
    assert!((1.9..2.1).contains(&serial[1].parse::<f64>().unwrap()), "{}", said.out);
    assert!(said.flat().contains("2 of 3 pairs are beyond doubt apart"), "{}", said.out);
    assert!(said.flat().contains("No place for half: too few values in noop, 10000 jobs"), "{}", said.out);
    assert!(!said.flat().contains("quick-twin"), "{}", said.out);
}

#[test]
fn groups_of_cells_have_places_of_their_own() {
    let scratch = Scratch::new();
    let mut made = super::made::rows(&[pool("serial", 10.0), pool("quick", 5.0), pool("lazy", 9.0)], 20);
    // The first waits as well, the last only.
    let waiting = made.clone().into_iter().filter(|row| row.pool != "quick").map(|row| Row {
        workload: "sleep".to_owned(),
        param: "5ms".to_owned(),
        ..row
    });
    let waiting: Vec<Row> = waiting.collect();
    made.retain(|row| row.pool != "lazy");
    made.extend(waiting);
    scratch.run_of("r", "here", super::made::csv(&made));
    let json = scratch.expect(0, &["rank", "r", "--measure", "time", "--json"]).json();
    let best = |cells: &str, pool: &str| {
        let ranks = json["ranks"].as_array().expect("a list").iter();
        let found = ranks.clone().find(|one| one["cells"] == cells && one["pool"] == pool);
        found.unwrap_or_else(|| panic!("no place of {pool} over {cells} in {json}"))["best"].clone()
    };
    assert_eq!((best("all", "serial"), best("all", "quick")), (1.into(), serde_json::Value::Null));
    assert_eq!((best("computing", "quick"), best("computing", "serial")), (1.into(), 2.into()));
    assert_eq!(
        (best("waiting", "lazy"), best("sleep:5ms", "lazy"), best("noop", "quick")),
        (1.into(), 1.into(), 1.into())
    );
    let said = scratch.expect(0, &["rank", "r", "--measure", "time", "--cells", "sleep:5ms"]);
    assert!(said.flat().contains("time over the 1 cell of sleep:5ms") && !said.out.contains("quick"), "{}", said.out);
    let refused = scratch.expect(2, &["rank", "r", "--cells", "http"]);
    assert!(refused.err.contains("all, computing, waiting, noop, sleep:5ms"), "{}", refused.err);
}

#[test]
fn one_pool_one_cell_and_equal_values_are_a_sentence_each() {
    let lone = Scratch::with(&[pool("serial", 10.0)], 20).expect(0, &["rank", "r"]);
    assert!(lone.flat().contains("nothing to put in order"), "{}", lone.out);
    let still = |name| Series { noise: 0.0, ..pool(name, 10.0) };
    let equal = Scratch::with(&[still("serial"), still("other"), still("other-twin")], 20).expect(0, &["rank", "r"]);
    assert!(equal.line("other").contains("1 to 2") && equal.line("serial").contains("1 to 2"), "{}", equal.out);
    let few = Scratch::with(&[pool("serial", 10.0), pool("other", 20.0)], 5).expect(0, &["rank", "r"]);
    assert!(few.flat().contains("5 blocks put no pool before another here; --blocks 6 would do"), "{}", few.out);
}

#[test]
fn every_form_of_the_summary_has_every_cell() {
    let scratch = Scratch::with(&POOLS, 20);
    let json = scratch.expect(0, &["summary", "r", "--json"]).out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
    let list = |name: &str| json[name].as_array().unwrap_or_else(|| panic!("no list of {name}")).clone();
    let cells = list("cells");
    assert_eq!(cells.len(), POOLS.len());
    assert_eq!(json["level"]["twins"][0], "quick");
    let claim = |pool: &str| list("claims").into_iter().find(|one| one["pool"].as_str().unwrap().starts_with(pool));
    assert_eq!(claim("quick").expect("a claim of quick")["verdict"], "faster");
    assert!(claim("quick-twin").is_none());
    let serial = cells.iter().find(|cell| cell["pool"] == "serial" && cell["jobs"] == 1000).expect("serial is there");
    assert_eq!(serial["n"], 20, "block 0 is left out");
    let [low, median, high] = ["low_ns", "median_ns", "high_ns"].map(|name| serial[name].as_u64().expect(name));
    assert!(8_000_000 < low && low < median && median < high && high < 12_000_000, "{low} {median} {high}");

    let mut csv = csv::Reader::from_path(scratch.path("r").join("summary.csv")).expect("it was written");
    assert_eq!(csv.headers().unwrap().get(3), Some("pool"));
    assert_eq!(csv.records().map(Result::unwrap).count(), POOLS.len());

    let markdown = scratch.expect(0, &["export", "r", "--markdown"]).out;
    for part in ["- command: `poolbench run`", "- machine: here", "\n### serial\n\n| workload", "|---"] {
        assert!(markdown.contains(part), "{part} is not in {markdown}");
    }
    // A sentence right after a table would be a row of it.
    let lines: Vec<&str> = markdown.lines().collect();
    let glued = lines
        .windows(2)
        .find(|two| two[0].starts_with('|') != two[1].starts_with('|') && !two[0].is_empty() && !two[1].is_empty());
    assert_eq!(glued, None);
    let terminal = scratch.expect(0, &["summary", "r", "--all"]).out;
    for column in ["MAD", "min to max", "peak RSS", "overhead", "efficiency"] {
        assert!(terminal.contains(column), "{column} is not in {terminal}");
    }
}

#[test]
fn nothing_is_claimed_of_the_twin() {
    let out = Scratch::with(&POOLS, 20).expect(0, &["summary", "r", "--all"]).out;
    let claims = out.split_once("time against serial").expect("claims are made").1;
    assert!(claims.contains("alike") && !claims.contains(" quick-twin "), "{claims}");
}

#[test]
fn a_pool_that_failed_in_every_block_is_shown_and_not_ranked() {
    let scratch = Scratch::new();
    let mut rows = super::made::rows(&[pool("serial", 10.0), pool("broken", 1.0), pool("good", 9.0)], 10);
    for row in rows.iter_mut().filter(|row| row.pool == "broken") {
        row.status = "crashed".to_owned();
        row.batch_ns = None;
    }
    scratch.run_of("r", "here", super::made::csv(&rows));
    assert!(scratch.expect(0, &["summary", "r"]).flat().contains("10 crashed of broken"), "ten trials are not ok");
    assert_eq!(scratch.expect(0, &["summary", "r", "--json"]).json()["cells"].as_array().unwrap().len(), 3);
    assert!(scratch.expect(0, &["rank", "r"]).out.contains("No place for broken"));
}

#[test]
fn a_pool_without_a_memory_figure_is_told_why_and_not_ranked() {
    let scratch = Scratch::new();
    let mut rows = super::made::rows(&[pool("serial", 10.0), pool("tree", 6.0), pool("dead", 6.0)], 10);
    for row in &mut rows {
        match row.pool.as_str() {
            // A tree that no group has counted, and one that lost a process.
            "tree" => row.processes = Some(3),
            "dead" => row.mem_complete = Some(0),
            _ => {}
        }
    }
    scratch.run_of("r", "here", super::made::csv(&rows));
    for command in ["summary", "rank"] {
        let all: &[&str] = if command == "summary" { &["--all"] } else { &[] };
        let out = scratch.expect(0, &[&[command, "r"], all].concat()).flat();
        for name in ["tree", "dead"] {
            assert!(out.contains(&format!("no memory figure of {name} in 10 trials")), "{command}: {out}");
        }
        assert!(!out.contains("no memory figure of serial"), "{command}: {out}");
    }
    let ranked = scratch.expect(0, &["rank", "r", "--measure", "memory"]).flat();
    assert!(ranked.contains("No place for tree") && ranked.contains("No place for dead"), "{ranked}");
}

#[test]
fn the_memory_of_a_pool_whose_workers_have_ended_is_what_was_charged() {
    let scratch = Scratch::new();
    let mut rows = super::made::rows(&[pool("serial", 10.0), pool("dead", 10.0), pool("unsure", 10.0)], 10);
    for row in rows.iter_mut().filter(|row| row.pool != "serial") {
        row.cgroup_peak_bytes = Some(128 << 20);
        row.dead_children = (row.pool == "dead").then_some(1);
    }
    scratch.run_of("r", "here", super::made::csv(&rows));
    let json = scratch.expect(0, &["summary", "r", "--json"]).out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
    let memory = |pool: &str| {
        let cells = json["cells"].as_array().expect("a list of cells");
        let cell = cells.iter().find(|cell| cell["pool"] == pool).expect("every pool is there");
        ["resident_high_bytes", "charged_bytes"].map(|name| cell[name].as_u64().map(|bytes| bytes >> 20))
    };
    assert_eq!(["serial", "dead", "unsure"].map(memory), [[Some(4), None], [None, Some(128)], [None, Some(128)]]);
}
