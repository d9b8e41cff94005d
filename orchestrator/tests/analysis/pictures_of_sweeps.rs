//! Pictures of runs that vary one thing: workers, the length of jobs, or the language.

use harness::columns::Row;

use super::drawn::{drawn, named, run_of};
use super::made::{About, Scratch, Series, pool, rows};
use super::svg::of_class;

/// Rows of a made pool, `change`d; places of rows that stand side by side must differ.
fn changed(series: &[Series], place: u64, change: impl Fn(Row) -> Row) -> Vec<Row> {
    let moved = |row: Row| Row { position: row.position.map(|position| position + place), ..row };
    rows(series, 20).into_iter().map(moved).map(change).collect()
}

#[test]
fn workers_are_along_and_the_best_number_is_ringed() {
    let of = |(workers, ms): (u64, f64)| {
        changed(&[pool("other", ms)], 10 * workers, |row| Row { workers: Some(workers), ..row })
    };
    let rows: Vec<Row> = [(1, 10.0), (2, 5.0), (4, 7.0), (8, 9.0)].into_iter().flat_map(of).collect();
    let (pictures, _) = drawn(&run_of(&rows), |_| ());
    let picture = named(&pictures, "workers");
    assert_eq!(picture.title, "noop x 1000: other does best with 2 workers");
    let marks = of_class(&picture.svg, "g", "mark ");
    // Four and the ring, in two variants of two layouts.
    assert_eq!(marks.len(), (4 + 1) * 2 * 2);
    assert!(picture.svg.contains("<title>other: best with 2 workers</title><circle class=\"star\""), "{}", picture.svg);
    assert_eq!(picture.data.lines().count(), 1 + 4);
}

#[test]
fn lengths_of_jobs_are_along_and_metg_is_ringed() {
    // 1000 jobs of each length, then as many as make 10 ms.
    for jobs in [[1000, 1000, 1000], [10_000, 1000, 100]] {
        let of = |((param, ns), (jobs, efficiency)): ((&str, f64), (u64, f64))| {
            let ms = ns * f64::from(u32::try_from(jobs).unwrap()) / 1e6;
            let own = |pool, ms| Series { pool, jobs, ms, mib: 4.0, noise: 0.002 };
            let series = [own("serial", ms), own("other", ms / 2.0 / efficiency)];
            changed(&series, 0, |row| Row { workload: "spin".to_owned(), param: param.to_owned(), ..row })
        };
        let lengths =
            [("1us", 1e3), ("10us", 1e4), ("100us", 1e5)].into_iter().zip(jobs.into_iter().zip([0.1, 0.4, 0.8]));
        let rows: Vec<Row> = lengths.flat_map(of).collect();
        let scratch = run_of(&rows);
        let (pictures, _) = drawn(&scratch, |_| ());
        let picture = named(&pictures, "granularity");
        assert!(picture.title.starts_with("At least half of the cores' time is work: from "), "{}", picture.title);
        assert!(
            picture.svg.contains("other, METG(50 %): ") && picture.svg.contains("class=\"guide\""),
            "{}",
            picture.svg
        );
        assert!(!picture.has_variants && !picture.svg.contains("variant"), "its axes are what they are");
        let json = scratch.expect(0, &["fit", "r", "--json"]).json();
        let metg = json["granularity"][0]["metg_ns"].as_f64().expect("fit has it too");
        assert!(picture.data.contains(&format!(",{:.0},", 1000.0 * metg)), "{metg}: {}", picture.data);
    }
}

#[test]
fn originals_stand_beside_their_counterparts_with_the_ratio() {
    let scratch = Scratch::with(&[pool("serial", 10.0), pool("crew", 5.0), pool("py-crew", 20.0)], 20);
    let about = |pool, base| About { pool, mirrors: "a.Pool.map", base, title: "" };
    scratch.tell("r", &[about("crew", ""), about("py-crew", "-")]);
    let (pictures, _) = drawn(&scratch, |_| ());
    let picture = named(&pictures, "mirrors");
    assert!(
        picture.title.starts_with("The original takes 4.0") || picture.title.starts_with("The original takes 3.9"),
        "{}",
        picture.title
    );
    let texts = |class| of_class(&picture.svg, "text", class).into_iter().map(|(_, text)| text).collect::<Vec<&str>>();
    let notes = texts("note");
    assert!(
        !notes.is_empty() && notes.iter().all(|note| note.starts_with("x 4.0") || note.starts_with("x 3.9")),
        "{notes:?}"
    );
    assert_eq!(texts("label row")[..2], ["py-crew", "crew"]);
}
