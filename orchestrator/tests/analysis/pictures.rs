//! Pictures of made runs: what they show, that nothing covers anything else, and that nothing in them is markup of others.

use std::collections::{BTreeMap, BTreeSet};

use orchestrator::analysis::{Data, RunLevel, load};
use orchestrator::models::Models;
use orchestrator::record::folder;
use orchestrator::report::pictures::{self, Absent, Picture, stand_alone};

use super::made::{Scratch, Series, csv, pool, rows};

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
    let compute = rows(&series, 12);
    let waits = compute.iter().filter(|row| row.jobs != Some(1000)).cloned().map(|mut row| {
        row.workload = "sleep".to_owned();
        row.param = "1ms".to_owned();
        row.workers = Some(50);
        row.position = row.position.map(|position| position + 1000);
        row
    });
    let all = compute.iter().cloned().map(|mut row| {
        row.workload = "compute".to_owned();
        row
    });
    let all = all.chain(waits).zip(0_u64..).map(|(mut row, at)| {
        row.start_ns = Some(100_000 + at);
        row.stop_ns = Some(50_000 + at);
        row.rss_ready_bytes = Some(2_000_000);
        row.rss_started_bytes = Some(2_500_000);
        row.rss_done_bytes = Some(3_000_000);
        row.rss_stopped_bytes = Some(2_400_000);
        row
    });
    let scratch = Scratch::new();
    scratch.run_of("r", "here", csv(&all.collect::<Vec<_>>()));
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

/// Elements of this name: their attributes and, where they hold nothing else, their text.
fn elements<'a>(svg: &'a str, name: &str) -> Vec<(BTreeMap<&'a str, &'a str>, &'a str)> {
    let begin = format!("<{name} ");
    let one = |part: &'a str| {
        let (attributes, rest) = part.split_once('>').expect("it ends");
        let mut words = attributes.trim_end_matches('/').split('"');
        let mut found = BTreeMap::new();
        while let (Some(key), Some(value)) = (words.next(), words.next()) {
            found.insert(key.trim().trim_end_matches('='), value);
        }
        (found, rest.split('<').next().unwrap_or_default())
    };
    svg.split(begin.as_str()).skip(1).map(one).collect()
}

/// Whether every element ends where it should.
fn is_well_formed(svg: &str) -> bool {
    let mut open: Vec<&str> = Vec::new();
    for tag in svg.split('<').skip(1) {
        let Some((tag, text)) = tag.split_once('>') else { return false };
        if text.contains('>') {
            return false;
        }
        match tag.strip_prefix('/') {
            Some(name) if open.pop() != Some(name) => return false,
            None if !tag.ends_with('/') => open.push(tag.split(' ').next().unwrap_or_default()),
            _ => {}
        }
    }
    open.is_empty()
}

/// The variants of each panel, or the panel itself, with its width.
fn planes(svg: &str) -> Vec<(f64, &str)> {
    let panels = svg.split("<svg ").skip(1);
    let all = panels.flat_map(|panel| {
        let size = panel.split("viewBox=\"0 0 ").nth(1).and_then(|rest| rest.split(' ').next());
        let width: f64 = size.and_then(|text| text.parse().ok()).expect("a panel has its size");
        let parts: Vec<&str> = panel.split("<g class=\"variant ").collect();
        let parts = if parts.len() > 1 { parts[1..].to_vec() } else { parts };
        parts.into_iter().map(move |part| (width, part))
    });
    all.collect()
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
        let mut times = series.values(orchestrator::analysis::Measure::Time);
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
    let marks: Vec<_> = elements(svg, "g").into_iter().filter(|(own, _)| own["class"].starts_with("mark ")).collect();
    // Two pools at three and at two sizes, in two variants of two layouts.
    assert_eq!(marks.len(), 2 * (3 + 2) * 2 * 2);
    for (own, _) in &marks {
        let number = |key: &str| own[key].parse::<f64>().unwrap_or_else(|_| panic!("{key} of {own:?}"));
        assert!(number("data-low") <= number("data-y") && number("data-y") <= number("data-high"), "{own:?}");
    }
    assert!(svg.contains("<title>serial, 1,000 jobs: 2."), "with units: {svg:.2000}");
    let trials: Vec<_> = elements(svg, "path").into_iter().filter(|(own, _)| own["class"].contains("trials")).collect();
    assert_eq!(trials.len(), 2 * 2 * 2 * 2, "one path a series");
    for (own, _) in trials {
        let points: Vec<&str> = own["d"].split('M').skip(1).collect();
        assert!((1..=36).contains(&points.len()), "{own:?}");
        assert_eq!(points.iter().collect::<BTreeSet<_>>().len(), points.len(), "no point twice: {own:?}");
    }
}

#[test]
fn labels_never_cover_each_other_and_stay_inside() {
    for count in [1, 5, 7, 12] {
        let (pictures, _) = drawn(&made(count), |_| ());
        for picture in
            pictures.iter().filter(|one| ["batch-time", "peak-memory", "overhead", "front"].contains(&one.id))
        {
            for (own, plane) in planes(&picture.svg) {
                let labels: Vec<(f64, f64, f64)> = elements(plane, "text")
                    .into_iter()
                    .filter(|(own, _)| own["class"] == "label")
                    .map(|(own, text)| {
                        (
                            own["x"].parse().unwrap(),
                            own["y"].parse().unwrap(),
                            6.7 * f64::from(u8::try_from(text.len()).unwrap()),
                        )
                    })
                    .collect();
                for (at, (x, y, width)) in labels.iter().enumerate() {
                    assert!(*x >= 0.0 && x + width <= own, "{}: {x} {width}", picture.id);
                    let apart = |other: &(f64, f64, f64)| {
                        (other.1 - y).abs() >= 13.9 || other.0 >= x + width || *x >= other.0 + other.2
                    };
                    assert!(labels[..at].iter().all(apart), "{} with {count}: {labels:?}", picture.id);
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
        for (_, plane) in planes {
            let coloured =
                elements(plane, "path").into_iter().filter(|(own, _)| own["class"].starts_with("series line s"));
            let pools: BTreeSet<&str> = coloured.map(|(own, _)| own["data-pool"]).collect();
            assert!((1..=7).contains(&pools.len()), "{}: {pools:?}", picture.id);
        }
        assert!(picture.svg.contains("series line grey") && picture.svg.contains("<use href=\"#"), "{}", picture.id);
        let file = stand_alone(picture);
        for reference in file.split("<use href=\"#").skip(1) {
            let id = reference.split('"').next().unwrap();
            assert_eq!(file.matches(&format!("id=\"{id}\"")).count(), 1, "{}: {id}", picture.id);
        }
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
            setups.insert(orchestrator::analysis::Setup { pool: EVIL.to_owned(), ..setup }, series);
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
    assert_eq!(elements(svg, "g").iter().filter(|(own, _)| own["class"] == "row").count(), 2 * 2 * 2, "{svg}");
    assert!(
        named(&pictures, "batch-time").title.contains("quick is fastest"),
        "{}",
        named(&pictures, "batch-time").title
    );
    assert!(absent.iter().any(|one| one.id == "workers"));
    let empty = drawn(&scratch, |data| data.groups.clear());
    assert!(empty.0.is_empty() && empty.1.len() == 9, "nothing to show is no error");
}
