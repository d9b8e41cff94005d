//! Pictures of made runs: what they show, that nothing covers anything else, and that nothing in them is markup of others.

use std::collections::BTreeSet;

use orchestrator::analysis::{Data, Measure, Setup, load};
use orchestrator::report::pictures::stand_alone;

use super::drawn::{NAMES, drawn, made, named};
use super::made::{Scratch, pool};
use super::svg::{is_well_formed, of_class, planes};

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
