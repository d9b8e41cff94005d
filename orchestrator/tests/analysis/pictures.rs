//! Pictures of made runs: what they show, that nothing covers anything else, and that nothing in them is markup of others.

use std::collections::BTreeSet;

use harness::columns::Row;
use orchestrator::analysis::{Data, Measure, RunLevel, Setup, load};
use orchestrator::models::Models;
use orchestrator::record::folder;
use orchestrator::report::pictures::{self, Absent, Picture, stand_alone};

use super::made::{About, Scratch, Series, csv, pool, rows};
use super::svg::{is_well_formed, of_class, planes};

/// Names of so many pools.
const NAMES: [&str; 12] = [
    "serial",
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "zeta",
    "eta",
    "theta",
    "iota",
    "a-pool-of-a-very-long-name-1",
    "a-pool-of-a-very-long-name-2",
];

/// A run of the first `count` pools at three sizes of a workload that computes and two of one that waits, with all figures of memory.
fn made(count: usize) -> Scratch {
    let sizes = [(1000, 1.0), (10_000, 10.0), (100_000, 100.0)];
    let series: Vec<Series> = NAMES[..count]
        .iter()
        .zip(0_u8..)
        .flat_map(|(name, at)| {
            let times = if at == 0 { 2.0 } else { 1.0 + f64::from(at % 5) / 1000.0 };
            sizes.map(|(jobs, ms)| Series { pool: name, jobs, ms: ms * times, mib: 3.0 + f64::from(at), noise: 0.01 })
        })
        .collect();
    let all = rows(&series, 12).into_iter().zip(0..).map(|(row, at)| Row {
        workload: "compute".to_owned(),
        start_ns: Some(100_000 + at),
        stop_ns: Some(50_000 + at),
        rss_ready_bytes: Some(2_000_000),
        rss_started_bytes: Some(2_500_000),
        rss_done_bytes: Some(3_000_000),
        rss_stopped_bytes: Some(2_400_000),
        ..row
    });
    let computes: Vec<Row> = all.collect();
    let larger = computes.iter().filter(|row| row.jobs != Some(1000));
    let waits = larger.map(|row| Row {
        workload: "sleep".to_owned(),
        param: "1ms".to_owned(),
        workers: Some(50),
        position: row.position.map(|position| position + 1000),
        ..row.clone()
    });
    run_of(&computes.iter().cloned().chain(waits).collect::<Vec<_>>())
}

/// A run of these rows.
fn run_of(rows: &[Row]) -> Scratch {
    let scratch = Scratch::new();
    scratch.run_of("r", "here", csv(rows));
    scratch
}

fn drawn(scratch: &Scratch, change: impl FnOnce(&mut Data)) -> (Vec<Picture>, Vec<Absent>) {
    let path = scratch.path("r");
    let mut data = load(&path).expect("the rows are right");
    change(&mut data);
    let level = RunLevel::of(&data).expect("it has a level");
    pictures::all(&Models::of(&data), &level, &folder::read_plan(&path).expect("it has a plan"))
        .expect("they can be drawn")
}

fn named<'a>(pictures: &'a [Picture], id: &str) -> &'a Picture {
    pictures.iter().find(|picture| picture.id == id).unwrap_or_else(|| panic!("no picture {id}"))
}

#[test]
fn a_run_has_the_pictures_that_it_has_data_for() {
    let (pictures, absent) = drawn(&made(5), |_| ());
    let ids: Vec<&str> = pictures.iter().map(|picture| picture.id).collect();
    assert_eq!(ids, ["batch-time", "peak-memory", "front", "overhead", "start-stop", "phases"]);
    let lacking: Vec<&str> = absent.iter().map(|one| one.id).collect();
    assert_eq!(lacking, ["granularity", "workers", "mirrors"]);
    assert!(absent.iter().all(|one| one.why.contains("`poolbench run ")), "{absent:?}");
    for picture in &pictures {
        assert!(is_well_formed(&picture.svg), "{}: {}", picture.id, picture.svg);
        assert!(
            is_well_formed(
                stand_alone(picture).split("</style>").nth(1).unwrap().trim_end().trim_end_matches("</svg>")
            ),
            "{}",
            picture.id
        );
        assert!(!picture.title.is_empty() && !picture.how_to_read.is_empty(), "{}", picture.id);
        assert!(
            !picture.svg.contains("style=") && !picture.svg.contains("<script") && !picture.svg.contains(" on"),
            "{}",
            picture.id
        );
        assert!(picture.has_variants && picture.starts_log, "{}", picture.id);
        for name in &NAMES[1..5] {
            assert!(picture.svg.contains(&format!("data-pool=\"{name}\"")), "{}: no {name}", picture.id);
            assert!(picture.data.contains(name), "{}: no {name} in the data", picture.id);
        }
    }
}

#[test]
fn the_data_of_a_picture_are_its_medians() {
    let scratch = made(5);
    let (pictures, _) = drawn(&scratch, |_| ());
    let data = load(&scratch.path("r")).expect("the rows");
    let mut reader = csv::Reader::from_reader(named(&pictures, "batch-time").data.as_bytes());
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(header.join(","), "workload,jobs,pool,workers,chunk,window,value_ns,low_ns,high_ns");
    let mut count = 0;
    for row in reader.records().map(Result::unwrap) {
        let (group, setups) = data
            .groups
            .iter()
            .find(|(group, _)| group.workload_and_param() == row[0] && group.jobs.to_string() == row[1])
            .expect("its group");
        let (_, series) = setups.iter().find(|(setup, _)| setup.pool == row[2]).expect("its setup");
        let mut times = series.values(Measure::Time);
        times.sort_by(f64::total_cmp);
        let value: f64 = row[6].parse().unwrap();
        assert!((value - f64::midpoint(times[5], times[6])).abs() <= 0.5, "{group}: {value} of {times:?}");
        assert!(row[7].parse::<f64>().unwrap() <= value && value <= row[8].parse::<f64>().unwrap());
        count += 1;
    }
    assert_eq!(count, 5 * (3 + 2));
}

#[test]
fn marks_say_their_values_and_every_trial_has_its_point() {
    let (pictures, _) = drawn(&made(2), |_| ());
    let svg = &named(&pictures, "batch-time").svg;
    let marks = of_class(svg, "g", "mark ");
    // Two pools at three and at two sizes, in two variants of two layouts.
    assert_eq!(marks.len(), 2 * (3 + 2) * 2 * 2);
    for (own, _) in &marks {
        let number = |key: &str| own[key].parse::<f64>().unwrap_or_else(|_| panic!("{key} of {own:?}"));
        assert!(number("data-low") <= number("data-y") && number("data-y") <= number("data-high"), "{own:?}");
    }
    let said = svg.split("<title>serial, 1,000 jobs: ").nth(1).and_then(|rest| rest.split('<').next());
    assert!(said.is_some_and(|said| said.contains(" ms (") && said.contains(" to ")), "with units: {said:?}");
    let trials = of_class(svg, "path", "series trials");
    assert_eq!(trials.len(), 2 * 2 * 2 * 2, "one path a series");
    for (own, _) in trials {
        let points: Vec<&str> = own["d"].split('M').skip(1).collect();
        assert!((1..=36).contains(&points.len()), "{own:?}");
        assert_eq!(points.iter().collect::<BTreeSet<_>>().len(), points.len(), "no point twice: {own:?}");
    }
}

#[test]
fn no_text_covers_another_and_none_leaves_its_panel() {
    for count in [1, 5, 7, 12] {
        let (pictures, _) = drawn(&made(count), |_| ());
        for picture in &pictures {
            for plane in planes(&picture.svg) {
                let texts = plane.texts();
                assert!(texts.len() > 3, "{}: {}", picture.id, plane.text);
                for (at, one) in texts.iter().enumerate() {
                    let (id, size) = (picture.id, (plane.width, plane.height));
                    assert!(!one.said.is_empty() && one.is_within(size), "{id} with {count}: {one:?} leaves {size:?}");
                    let covered = texts[..at].iter().find(|other| other.covers(one));
                    assert!(covered.is_none(), "{id} with {count}: {one:?} and {covered:?}");
                }
            }
        }
    }
}

#[test]
fn many_pools_are_small_multiples_with_seven_colours_at_most() {
    let (pictures, _) = drawn(&made(12), |_| ());
    for picture in pictures.iter().filter(|one| ["batch-time", "peak-memory", "overhead"].contains(&one.id)) {
        let planes = planes(&picture.svg);
        assert!(planes.len() >= 4, "{}", picture.id);
        for plane in planes {
            let coloured = of_class(&plane.text, "path", "series line s").into_iter();
            let pools: BTreeSet<&str> = coloured.map(|(own, _)| own["data-pool"]).collect();
            assert!((1..=7).contains(&pools.len()), "{}: {pools:?}", picture.id);
        }
        assert!(picture.svg.contains("series line grey"), "{}", picture.id);
    }
}

#[test]
fn names_with_markup_do_nothing() {
    const EVIL: &str = "\"><script>alert(1)</script><g onload='x'>&";
    let evil = |data: &mut Data| {
        for setups in data.groups.values_mut() {
            let (setup, mut series) =
                setups.iter().find(|(setup, _)| setup.pool == "alpha").map(|(a, b)| (a.clone(), b.clone())).unwrap();
            series.kind = EVIL.to_owned();
            setups.insert(Setup { pool: EVIL.to_owned(), ..setup }, series);
        }
    };
    for count in [3, 9] {
        let (pictures, _) = drawn(&made(count), evil);
        for picture in &pictures {
            let file = stand_alone(picture);
            for text in [&picture.svg, &file] {
                assert!(!text.contains("<script") && !text.contains("onload='"), "{}: {text}", picture.id);
            }
            assert!(is_well_formed(&picture.svg), "{}", picture.id);
        }
        assert!(named(&pictures, "batch-time").svg.contains("&lt;script&gt;"), "it is there as text");
    }
}

#[test]
fn one_number_of_jobs_is_a_row_a_pool() {
    let scratch = Scratch::with(&[pool("serial", 10.0), pool("quick", 4.0)], 20);
    let (pictures, absent) = drawn(&scratch, |_| ());
    let svg = &named(&pictures, "batch-time").svg;
    assert_eq!(of_class(svg, "g", "row").len(), 2 * 2 * 2, "{svg}");
    assert!(
        named(&pictures, "batch-time").title.contains("quick is fastest"),
        "{}",
        named(&pictures, "batch-time").title
    );
    assert!(absent.iter().any(|one| one.id == "workers"));
    let empty = drawn(&scratch, |data| data.groups.clear());
    assert!(empty.0.is_empty() && empty.1.len() == 9, "nothing to show is no error");
}

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
