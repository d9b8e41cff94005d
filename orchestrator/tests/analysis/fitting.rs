//! `fit`: costs, memory, chunks, workers, granularity and crossovers that the rows were made of come back.

use harness::columns::Row;
use serde_json::Value;

use super::made::{About, Scratch, Series, csv, rows};

const SIZES: [u64; 5] = [1000, 3000, 10_000, 30_000, 100_000];

/// A pool whose batch takes `fixed` ms and `each` ns a job.
fn line(pool: &'static str, fixed: f64, each: f64, sizes: &[u64]) -> Vec<Series> {
    let one = |jobs: &u64| {
        #[expect(clippy::cast_precision_loss, reason = "jobs are few")]
        let n = *jobs as f64;
        Series { pool, jobs: *jobs, ms: fixed + each * n / 1e6, mib: 4.0 + 64.0 * n / 1_048_576.0, noise: 0.01 }
    };
    sizes.iter().map(one).collect()
}

/// Rows of these pools, each changed.
pub(crate) fn changed(series: &[Series], blocks: u64, change: impl Fn(Row) -> Row) -> Vec<Row> {
    rows(series, blocks).into_iter().map(change).collect()
}

/// The rows of a run as others would have it: `serial` has a kind and a worker of its own.
pub(crate) fn as_run(row: Row) -> Row {
    let serial = row.pool == "serial";
    Row {
        kind: if serial { "serial" } else { "threads" }.to_owned(),
        workers: Some(if serial { 1 } else { 2 }),
        chunk: "own".to_owned(),
        start_ns: Some(300_000 + 1000 * row.block.unwrap_or(0)),
        stop_ns: Some(50_000),
        rss_ready_bytes: Some(3_000_000),
        rss_started_bytes: Some(3_200_000),
        ..row
    }
}

pub(crate) fn run_of(rows: &[Row]) -> Scratch {
    let scratch = Scratch::new();
    scratch.run_of("r", "here", csv(rows));
    scratch
}

/// The element of a list with this pool.
#[track_caller]
fn of<'a>(json: &'a Value, list: &str, pool: &str) -> &'a Value {
    let all = json[list].as_array().unwrap_or_else(|| panic!("{list} is a list: {json}"));
    all.iter().find(|one| one["pool"] == pool).unwrap_or_else(|| panic!("no {pool} in {list}: {json}"))
}

/// A figure holds the truth, and is near it.
#[track_caller]
fn assert_holds(figure: &Value, truth: f64, near: f64) {
    let number = |key: &str| figure[key].as_f64().unwrap_or_else(|| panic!("no {key}: {figure}"));
    assert!((number("value") - truth).abs() <= near, "{truth}: {figure}");
    assert!(number("low") <= truth && truth <= number("high"), "{truth}: {figure}");
}

/// Work of 1 us, overhead of 400 ns on each of two lanes, 50 us a batch.
pub(crate) fn known() -> Vec<Row> {
    let series = [line("serial", 0.0, 1000.0, &SIZES), line("other", 0.05, 700.0, &SIZES)].concat();
    changed(&series, 20, as_run)
}

#[test]
fn costs_come_back_with_intervals() {
    let scratch = run_of(&known());
    let json = scratch.expect(0, &["fit", "r", "--json"]).json();
    assert_eq!(json["run"], "made");
    let cost = of(&json, "costs", "other");
    assert_eq!((&cost["work_from"], &cost["jobs"]), (&Value::from("serial"), &Value::from(SIZES.to_vec())));
    assert_holds(&cost["job_ns"], 400.0, 40.0);
    assert_holds(&cost["fixed_ns"], 50_000.0, 20_000.0);
    assert!((cost["work_ns"].as_f64().unwrap() / 1000.0 - 1.0).abs() < 0.1, "{cost}");
    assert_eq!(cost["trend"]["bends"], false, "{cost}");
    let line = &cost["trend"]["line"];
    assert!(line["r2_of_means"].as_f64() > line["r2_of_trials"].as_f64(), "{line}");
    let footprint = of(&json, "footprints", "other");
    assert_holds(&footprint["job_bytes"], 64.0, 3.0);
    assert!((footprint["start_ns"]["value"].as_f64().unwrap() - 310_500.0).abs() < 2000.0, "{footprint}");
    assert_eq!(footprint["worker_bytes"]["value"], 100_000.0);
    assert_eq!(footprint["base_bytes"]["value"], 3_000_000.0);
    assert_eq!(json["lacking"], Value::from(Vec::<String>::new()));
}

#[test]
fn the_answer_stands_first_and_within_80_columns() {
    let said = run_of(&known()).expect(0, &["fit", "r"]);
    assert!(said.out.lines().all(|line| line.chars().count() <= 80), "{}", said.out);
    let lines: Vec<&str> = said.out.lines().collect();
    assert!(lines[2].starts_with("noop at 1000, 3000"), "{}", said.out);
    assert!(said.line("other").contains("ns ("), "{}", said.out);
    assert!(said.flat().contains("None bends beyond doubt (BIC)"), "{}", said.out);
    assert!(said.flat().contains("1000 draws of the 20 blocks"), "{}", said.out);
}

#[test]
fn a_bend_is_claimed_where_there_is_one_and_five_sizes() {
    let bent = |sizes: &[u64]| {
        let mut series = line("serial", 0.0, 1000.0, sizes);
        let mut other = line("other", 0.1, 500.0, sizes);
        for one in &mut other {
            #[expect(clippy::cast_precision_loss, reason = "jobs are few")]
            let n = one.jobs as f64;
            one.ms += 2e-8 * n * n;
        }
        series.extend(other);
        run_of(&changed(&series, 20, as_run)).expect(0, &["fit", "r", "--json"]).json()
    };
    assert_eq!(of(&bent(&SIZES), "costs", "other")["trend"]["bends"], true);
    let few = bent(&SIZES[2..]);
    assert_eq!(of(&few, "costs", "other")["trend"]["bends"], Value::Null);
    assert!(of(&few, "costs", "other")["trend"]["parabola"].is_object());
}

#[test]
fn few_sizes_are_a_line_and_it_says_so() {
    let series = [line("serial", 0.0, 1000.0, &SIZES[..3]), line("other", 0.05, 700.0, &SIZES[..3])].concat();
    let said = run_of(&changed(&series, 20, as_run)).expect(0, &["fit", "r"]);
    assert!(said.flat().contains("With fewer than 5 sizes each is a straight line"), "{}", said.out);
}

#[test]
fn what_chunks_lose_is_told_apart_from_overhead() {
    // 100 sleeps of 20 ms: 25 chunks of 4 on 8 workers are 16 in a row, where 13 would do.
    let series = [
        Series { pool: "other", jobs: 100, ms: 320.5, mib: 4.0, noise: 0.001 },
        Series { pool: "other", jobs: 200, ms: 560.5, mib: 4.0, noise: 0.001 },
    ];
    let sleeping = |row: Row| Row {
        workload: "sleep".to_owned(),
        param: "20ms".to_owned(),
        workers: Some(8),
        chunk: "auto".to_owned(),
        // Sleeps know no mood of the machine.
        batch_ns: Some(if row.jobs == Some(100) { 320_500_000 } else { 560_500_000 } + 1000 * row.block.unwrap_or(0)),
        ..as_run(row)
    };
    let rows: Vec<Row> =
        changed(&series, 20, sleeping).into_iter().map(|row| Row { chunk: "auto".to_owned(), ..row }).collect();
    let scratch = run_of(&rows);
    let json = scratch.expect(0, &["fit", "r", "--json"]).json();
    let cost = of(&json, "costs", "other");
    assert_eq!((&cost["work_from"], &cost["lanes"]), (&Value::from("wait"), &Value::from(8)));
    assert_eq!(cost["chunking"]["jobs"], 100);
    assert!((cost["chunking"]["lost_ns"].as_f64().unwrap() - 6e7).abs() < 1.0, "{cost}");
    assert!(scratch.expect(0, &["fit", "r"]).line("other").contains("18.7 % at 100"));
}

#[test]
fn two_pools_cross_where_they_were_made_to() {
    // 2 us a job against 5 ms and 1.5 us: at 10000 jobs.
    let series = [line("a", 0.0, 2000.0, &SIZES), line("b", 5.0, 1500.0, &SIZES)].concat();
    let scratch = run_of(&changed(&series, 20, as_run));
    let json = scratch.expect(0, &["fit", "r", "--cross", "a,b", "--json"]).json();
    let crossover = &json["crossovers"][0];
    assert!((crossover["at_jobs"].as_f64().unwrap() / 10_000.0 - 1.0).abs() < 0.1, "{crossover}");
    assert!(crossover["low_jobs"].as_f64() < Some(10_000.0) && crossover["high_jobs"].as_f64() > Some(10_000.0));
    assert_eq!(crossover["without"], 0.0);
    let said = scratch.expect(0, &["fit", "r", "--cross", "a,b"]);
    assert!(said.flat().contains("noop: a and b cross at"), "{}", said.out);
}

#[test]
fn no_crossing_in_the_range_is_an_answer() {
    let apart =
        [line("a", 0.0, 2000.0, &SIZES), line("b", 0.0, 1000.0, &SIZES), line("c", 0.0, 2000.0, &SIZES)].concat();
    let scratch = run_of(&changed(&apart, 20, as_run));
    let said = scratch.expect(0, &["fit", "r", "--cross", "a,b"]);
    assert!(said.flat().contains("a and b do not cross from 1000 to 100000 jobs"), "{}", said.out);
    let said = scratch.expect(0, &["fit", "r", "--cross", "a,c"]);
    assert!(said.flat().contains("a and c differ by no more than 3 %"), "{}", said.out);
}

#[test]
fn the_best_number_of_workers_has_those_as_good_beside_it() {
    let of = |workers: u64, ms: f64| {
        let series = [Series { pool: "other", jobs: 10_000, ms, mib: 4.0, noise: 0.01 }];
        changed(&series, 20, move |row| Row { workers: Some(workers), ..as_run(row) })
            .into_iter()
            .map(move |row| Row { workers: Some(workers), ..row })
            .collect::<Vec<_>>()
    };
    let scratch = run_of(&[of(1, 20.0), of(2, 10.0), of(4, 10.05), of(8, 13.0)].concat());
    let json = scratch.expect(0, &["fit", "r", "--json"]).json();
    let sweep = &json["workers"][0];
    assert!([2, 4].map(Value::from).contains(&sweep["best"]), "{sweep}");
    assert_eq!(sweep["as_good"], Value::from(vec![2, 4]));
    assert!(sweep["law"]["not-identifiable"].as_str().unwrap().contains("2 cores are too few"), "{sweep}");
    let said = scratch.expect(0, &["fit", "r"]);
    assert!(said.flat().contains("not identifiable, 2 cores are too few"), "{}", said.out);
    assert!(said.out.lines().all(|line| line.chars().count() <= 80), "{}", said.out);
}

/// Rows of `spin:D` for D of 1, 10 and 100 us at 1000 jobs, the pool at these shares of two cores' time.
fn spins(efficiencies: [f64; 3]) -> Vec<Row> {
    let lengths = ["1us", "10us", "100us"].into_iter().zip([1.0, 10.0, 100.0]);
    let of = |((param, ms), efficiency): ((&str, f64), f64)| {
        let series = [
            Series { pool: "serial", jobs: 1000, ms, mib: 4.0, noise: 0.002 },
            Series { pool: "other", jobs: 1000, ms: ms / 2.0 / efficiency, mib: 4.0, noise: 0.002 },
        ];
        changed(&series, 20, |row| Row { workload: "spin".to_owned(), param: param.to_owned(), ..as_run(row) })
    };
    lengths.zip(efficiencies).flat_map(of).collect()
}

#[test]
fn granularity_is_found_censored_or_refused() {
    let one = |efficiencies| {
        let json = run_of(&spins(efficiencies)).expect(0, &["fit", "r", "--json"]).json();
        of(&json, "granularity", "other").clone()
    };
    let found = one([0.1, 0.4, 0.8]);
    // Between 25 us and 125 us of core time by the machine's mood in the median block, in logarithms of both.
    let mood = found["efficiencies"][0][0].as_f64().unwrap() / 1000.0;
    let truth = mood * 25_000.0 * 5.0_f64.powf(1.25_f64.ln() / 2.0_f64.ln());
    let number = |key: &str| found[key].as_f64().unwrap_or_else(|| panic!("no {key}: {found}"));
    assert!((number("metg_ns") / truth - 1.0).abs() < 0.02 && found["bound"] == "", "{truth}: {found}");
    assert!(number("low_ns") <= number("metg_ns") && number("metg_ns") <= number("high_ns"), "{found}");
    assert_eq!(one([0.6, 0.8, 0.9])["bound"], "<");
    assert_eq!(one([0.1, 0.2, 0.4])["bound"], ">");
    let refused = one([0.5, 0.9, 1.3]);
    assert!(refused["refused"].as_str().unwrap().contains("efficiency 1.3"), "{refused}");
    assert_eq!(refused["metg_ns"], Value::Null);
}

#[test]
fn granularity_says_what_it_lacks_and_where_the_cores_were_not_free() {
    let said = run_of(&spins([0.1, 0.4, 0.55])).expect(0, &["fit", "r"]);
    assert!(said.flat().contains("The longest jobs reach an efficiency of 0.55 at most"), "{}", said.out);
    assert!(said.out.lines().all(|line| line.chars().count() <= 80), "{}", said.out);
    assert!(!said.flat().contains("one size"), "it is a sweep of lengths: {}", said.out);
    says(
        &spins([0.1, 0.4, 0.8]).into_iter().filter(|row| row.pool == "other").collect::<Vec<_>>(),
        "serial did not run beside other",
    );
}

/// What `fit` says of these rows, which is no error.
#[track_caller]
pub(crate) fn says(rows: &[Row], wanted: &str) {
    let said = run_of(rows).expect(0, &["fit", "r"]);
    assert!(said.flat().contains(wanted), "does not say '{wanted}': {}", said.out);
    assert!(said.out.lines().all(|line| line.chars().count() <= 80), "{}", said.out);
}

#[test]
fn guests_are_held_against_the_loop_of_their_language_alone() {
    let as_guest = |row: Row| Row { pool: format!("go-{}", row.pool), ..row };
    let guests: Vec<Row> = known().into_iter().map(as_guest).collect();
    let guest = |pool, base| About { pool, mirrors: "", base, title: "" };
    let fit = |rows: &[Row], base| {
        let scratch = run_of(rows);
        scratch.tell("r", &[guest("go-serial", "go-serial"), guest("go-other", base)]);
        (scratch.expect(0, &["fit", "r"]), scratch.expect(0, &["fit", "r", "--json"]).json())
    };
    let (_, json) = fit(&guests, "go-serial");
    assert_eq!(of(&json, "costs", "go-other")["work_from"], "go-serial");
    assert_holds(&of(&json, "costs", "go-other")["job_ns"], 400.0, 40.0);
    assert_eq!(json["lacking"], Value::from(Vec::<String>::new()));
    // Alone, and beside the loop of another language.
    let alone: Vec<Row> = guests.into_iter().filter(|row| row.pool == "go-other").collect();
    assert!(fit(&alone, "go-serial").0.flat().contains("noop: go-serial did not run beside go-other"));
    let rust: Vec<Row> = known().into_iter().filter(|row| row.pool == "serial").collect();
    assert!(
        fit(&[alone.clone(), rust].concat(), "go-serial").0.flat().contains("go-serial did not run beside go-other")
    );
    assert!(fit(&alone, "-").0.flat().contains("noop: no loop is named for go-other"));
}
