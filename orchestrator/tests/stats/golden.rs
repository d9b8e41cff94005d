//! Every figure against scipy, numpy and statsmodels: the tables in `../golden`, whose README says how they were made.

use std::fmt::Debug;
use std::path::Path;

use orchestrator::stats::{
    Alpha, Band, Interval, Member, Sample, SignFlip, SignedRank, Verdict, compare_family, false_alarms, flag_outliers,
    holm, log_ratios, places,
};

type Row = std::collections::HashMap<String, String>;

fn table(name: &str) -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    let rows: Vec<Row> = csv::Reader::from_path(path).unwrap().deserialize().collect::<Result<_, _>>().unwrap();
    assert!(!rows.is_empty());
    rows
}

fn number(row: &Row, column: &str) -> f64 {
    row[column].parse().unwrap()
}

fn numbers(text: &str) -> Vec<f64> {
    text.split(' ').map(|number| number.parse().unwrap()).collect()
}

/// The interval in two columns, none where they are empty.
fn interval(row: &Row, low: &str, high: &str) -> Option<Interval> {
    (!row[low].is_empty()).then(|| Interval::between(number(row, low), number(row, high)))
}

#[track_caller]
fn assert_close(found: f64, expected: f64, tolerance: f64, what: &impl Debug) {
    let difference = (found - expected).abs();
    let allowed = tolerance * expected.abs().max(f64::MIN_POSITIVE) + 1e-15;
    assert!(difference <= allowed, "{what:?}: found {found}, expected {expected}");
}

#[track_caller]
fn assert_same(found: Option<Interval>, expected: Option<Interval>, what: &impl Debug) {
    assert_eq!(found.is_some(), expected.is_some(), "{what:?}");
    for (found, expected) in found.into_iter().zip(expected) {
        assert_close(found.low(), expected.low(), 1e-11, what);
        assert_close(found.high(), expected.high(), 1e-11, what);
    }
}

#[test]
fn a_sample_is_described_as_numpy_and_scipy_do() {
    for row in table("describe.csv") {
        let name = &row["name"];
        let values = numbers(&row["values"]);
        let sample = Sample::new(&values).unwrap();
        let (q25, q75) = sample.quartiles();
        for (column, found) in [
            ("median", sample.median()),
            ("lower_median", sample.lower_median()),
            ("min", sample.min()),
            ("max", sample.max()),
            ("mad", sample.mad()),
            ("scaled_mad", sample.scaled_mad()),
            ("q10", sample.quantile(0.1)),
            ("q25", q25),
            ("q75", q75),
            ("q90", sample.quantile(0.9)),
        ] {
            assert_close(found, number(&row, column), 1e-13, &(name, column));
        }
        let flags: String = flag_outliers(&values).unwrap().iter().map(|far| if *far { '1' } else { '0' }).collect();
        assert_eq!(flags, row["outliers"], "{name}");
    }
}

#[test]
fn the_interval_of_a_median_is_scipys() {
    for row in table("describe.csv") {
        let sample = Sample::new(&numbers(&row["values"])).unwrap();
        for (level, alpha) in [("95", 0.05), ("99", 0.01)] {
            let found = sample.median_interval(Alpha::new(alpha).unwrap());
            let what = (&row["name"], level);
            let expected = interval(&row, &format!("low_{level}"), &format!("high_{level}"));
            assert_same(found.map(|found| found.interval), expected, &what);
            // Equal values leave scipy no way to say which order statistic it took.
            if let Some(found) = found.filter(|_| !row["name"].starts_with("pages")) {
                let expected = number(&row, &format!("confidence_{level}"));
                assert_close(found.confidence, expected, 1e-12, &what);
            }
        }
    }
}

#[test]
fn signed_ranks_are_scipys_and_their_interval_its_test_inverted() {
    for row in table("signed_rank.csv") {
        let test = SignedRank::new(&numbers(&row["differences"])).unwrap();
        assert_close(test.p_value(), number(&row, "p"), 1e-9, &row["name"]);
        assert_close(test.estimate(), number(&row, "estimate"), 1e-12, &row["name"]);
        for alpha in ["0.05", "0.01", "0.0025"] {
            let expected = interval(&row, &format!("low_{alpha}"), &format!("high_{alpha}"));
            let found = test.interval(Alpha::new(alpha.parse().unwrap()).unwrap());
            assert_same(found, expected, &(&row["name"], alpha));
        }
    }
}

#[test]
fn sign_flips_are_those_of_all_patterns_one_by_one() {
    for row in table("sign_flip.csv") {
        let test = SignFlip::new(&numbers(&row["differences"])).unwrap();
        assert_close(test.p_value(), number(&row, "p"), 1e-13, &row["name"]);
        // An interval takes all parts of the differences, which are too many to list beyond 14.
        for alpha in ["0.05", "0.01", "0.001"].iter().filter(|_| !row["name"].starts_with("long")) {
            let expected = interval(&row, &format!("low_{alpha}"), &format!("high_{alpha}"));
            let found = test.interval(Alpha::new(alpha.parse().unwrap()).unwrap());
            assert_eq!(found.is_some(), expected.is_some(), "{row:?}");
            // What counts as rounding moves an end by a part in 10^12 of all differences.
            for (found, expected) in found.into_iter().zip(expected) {
                assert_close(found.low(), expected.low(), 1e-9, &(&row["name"], alpha));
                assert_close(found.high(), expected.high(), 1e-9, &(&row["name"], alpha));
            }
        }
    }
}

#[test]
fn places_are_those_that_fractions_give() {
    for name in ["near", "gaps", "few"] {
        let mut rows = table("places.csv");
        rows.retain(|row| row["name"] == name);
        // A single cell, whose logarithms are the scores.
        let value = |score: &str| score.parse().ok().map(f64::exp);
        let pools: Vec<Vec<Vec<Option<f64>>>> =
            rows.iter().map(|row| vec![row["scores"].split(' ').map(value).collect()]).collect();
        let found = places(&pools, Alpha::FIVE_PERCENT, 1.0).unwrap();
        assert_eq!(found.placed.len(), rows.len());
        for place in found.placed {
            let row = &rows[place.pool];
            assert_eq!([place.best.to_string(), place.worst.to_string()], [&*row["best"], &*row["worst"]], "{row:?}");
        }
    }
}

#[test]
fn holm_adjusts_as_statsmodels_does() {
    for row in table("holm.csv") {
        let steps = holm(&numbers(&row["p"]), Alpha::FIVE_PERCENT);
        let expected = numbers(&row["adjusted"]);
        assert_eq!(steps.len(), expected.len());
        for (step, expected) in steps.iter().zip(expected) {
            assert_close(step.adjusted_p, expected, 1e-12, &row["p"]);
        }
    }
}

#[test]
fn the_share_of_false_alarms_has_scipys_exact_interval() {
    let (quiet, alarm) = (Interval::between(-1.0, 1.0), Interval::between(1.0, 2.0));
    for row in table("binomial.csv") {
        let [alarms, comparisons] = ["alarms", "comparisons"].map(|column| row[column].parse().unwrap());
        let intervals: Vec<Interval> =
            (0..comparisons).map(|index| if index < alarms { alarm } else { quiet }).collect();
        let alpha = Alpha::new(1.0 - number(&row, "level")).unwrap();
        let found = false_alarms(&intervals, alpha).unwrap();
        assert_eq!((found.alarms, found.comparisons), (alarms, comparisons));
        assert_close(found.interval.low(), number(&row, "low"), 1e-8, &row);
        assert_close(found.interval.high(), number(&row, "high"), 1e-8, &row);
    }
}

/// The blended approach against plain threads at 100 to 900 tasks, ten runs each, as published.
#[test]
fn the_published_comparison_keeps_five_of_its_six_differences() {
    let times = |approach: &str, tasks: usize| -> Vec<f64> {
        let rows = table("published.csv");
        let rows = rows.iter().filter(|row| row["approach"] == approach);
        rows.filter(|row| row["tasks"] == tasks.to_string()).map(|row| number(row, "time_s")).collect()
    };
    let recorded = table("signed_rank.csv");
    let differences: Vec<Vec<f64>> = (100..=900)
        .step_by(100)
        .map(|tasks| {
            let (a, b) = (times("multithreaded", tasks), times("blended", tasks));
            let pairs: Vec<(f64, f64)> = a.into_iter().zip(b).collect();
            let found = log_ratios(&pairs).unwrap();
            let row = recorded.iter().find(|row| row["name"] == format!("published-{tasks}")).unwrap();
            for (found, expected) in found.iter().zip(numbers(&row["differences"])) {
                assert_close(*found, expected, 1e-12, &tasks);
            }
            found
        })
        .collect();
    let members: Vec<Member<'_>> = differences.iter().map(|differences| Member { differences, twin: None }).collect();
    let found = compare_family(&members, Alpha::FIVE_PERCENT, Band::default()).unwrap();
    assert_eq!(found.iter().filter(|found| found.p_value <= 0.05).count(), 6);
    let verdicts: Vec<Verdict> = found.iter().map(|found| found.verdict).collect();
    let (slower, unclear) = (Verdict::Slower, Verdict::Unclear);
    assert_eq!(verdicts, [unclear, slower, slower, slower, slower, unclear, slower, unclear, unclear]);
}
