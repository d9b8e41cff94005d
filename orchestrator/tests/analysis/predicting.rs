//! Predictions: through every measured size, between and beyond them what they must be, never nonsense.

use std::collections::BTreeMap;

use orchestrator::analysis::{Data, Group, Point, Series, Setup};
use orchestrator::models::{Batch, Models, predict_length};
use orchestrator::stats::Alpha;
use proptest::prelude::*;

fn whole(value: f64) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "made values are small and above 0")]
    let whole = value.round() as u64;
    whole
}

fn float(value: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "made values are small")]
    let float = value as f64;
    float
}

/// Eight equal blocks of a pool on two cores and of serial, for each workload with its work in ns, and each size.
fn made(works: &[(&str, f64)], sizes: &[u64], batch: impl Fn(f64, f64) -> f64) -> Data {
    let mut data = Data::new(Alpha::FIVE_PERCENT, 7);
    data.blocks = 8;
    for (param, work) in works {
        for jobs in sizes {
            let series = |kind: &str, ns: f64| Series {
                points: (1..=8)
                    .map(|block| Point {
                        block,
                        warm_ns: Some(whole(ns)),
                        cold_ns: Some(whole(2.0 * ns)),
                        resident: Some((3_000_000 + 8 * jobs, 3_000_000 + 8 * jobs)),
                        ..Point::default()
                    })
                    .collect(),
                kind: kind.to_owned(),
                cores: 2,
                ..Series::default()
            };
            let setup = |pool: &str, workers| Setup {
                pool: pool.to_owned(),
                workers,
                chunk: "own".to_owned(),
                window: "all".to_owned(),
            };
            let n = float(*jobs);
            let setups = BTreeMap::from([
                (setup("pool", 2), series("threads", batch(*work, n))),
                (setup("serial", 1), series("serial", work * n)),
            ]);
            data.groups.insert(
                Group { workload: "spin".to_owned(), param: (*param).to_owned(), jobs: *jobs, said_to_wait: false },
                setups,
            );
        }
    }
    data
}

/// 50 us a batch, 200 ns a job on each of two lanes beside its work.
fn cost(work: f64, n: f64) -> f64 {
    50_000.0 + (work + 200.0) * n / 2.0
}

#[track_caller]
fn assert_near(found: f64, right: f64, share: f64) {
    assert!((found / right - 1.0).abs() <= share, "found {found}, right is {right}");
}

#[test]
fn sizes_between_and_beyond_follow_the_parts() {
    let data = made(&[("1us", 1000.0)], &[100, 10_000, 1_000_000], cost);
    let models = Models::of(&data);
    let curve = models.of_pool("pool").next().unwrap();
    for jobs in [100_u64, 1000, 10_000, 300_000, 1_000_000, 10_000_000] {
        let found = curve.predict(jobs, Batch::Warm, &models.draws).unwrap();
        assert_near(found.value, cost(1000.0, float(jobs)), 0.001);
        assert_near(found.outside.jobs, (float(jobs) / 1e6).max(1.0), 1e-12);
        assert_near(curve.predict(jobs, Batch::First, &models.draws).unwrap().value, 2.0 * found.value, 0.001);
    }
    assert_near(curve.predict(10, Batch::Warm, &models.draws).unwrap().outside.jobs, 10.0, 1e-12);
    assert!(curve.predict(0, Batch::Warm, &models.draws).unwrap().value.is_finite());
    assert_near(curve.predict_peak(10_000_000, &models.draws).unwrap().value, 83_000_000.0, 0.001);
    assert_near(curve.predict_peak(50_000, &models.draws).unwrap().value, 3_400_000.0, 0.001);
}

#[test]
fn lengths_between_and_beyond_follow_the_work() {
    let works = [("1us", 1000.0), ("10us", 10_000.0), ("100us", 100_000.0)];
    let data = made(&works, &[100, 1000, 10_000], cost);
    let models = Models::of(&data);
    let curves: Vec<_> = models.of_pool("pool").collect();
    assert_eq!(curves.len(), 3);
    for (length, jobs) in [(1000.0, 1000_u64), (3000.0, 1000), (50_000.0, 300), (1e6, 1000), (500.0, 10_000)] {
        let found = predict_length(&curves, length, jobs, Batch::Warm, &models.draws).unwrap();
        assert_near(found.value, cost(length, float(jobs)), 0.01);
        assert_near(found.outside.length, (length / 100_000.0).max(1000.0 / length).max(1.0), 1e-9);
    }
    // Jobs of any length tell how many at once were seen; 100000 of 10 us are as much work as 10000 of 100 us, and no more.
    let data = made(&works[..2], &[100, 1000], cost);
    let (few, many) = (Models::of(&data), made(&works[..1], &[100_000], cost));
    let many = Models::of(&many);
    let curves: Vec<_> = few.of_pool("pool").chain(many.of_pool("pool")).collect();
    let outside = predict_length(&curves, 10_000.0, 100_000, Batch::Warm, &few.draws).unwrap().outside;
    assert_near(outside.jobs, 1.0, 1e-12);
    assert_near(outside.work, 10.0, 1e-9);
    assert_near(outside.farthest(), 10.0, 1e-9);
    assert_eq!(predict_length(&[], 1000.0, 10, Batch::Warm, &models.draws), None);
}

#[test]
fn a_bad_shape_costs_little_between_near_sizes() {
    // Twice as long from 10000 jobs on, as where a cache ends.
    let bent = |work: f64, n: f64| cost(work, n) * if n > 9000.0 { 2.0 } else { 1.0 };
    let data = made(&[("1us", 1000.0)], &[100, 1000, 3000, 30_000, 100_000, 1_000_000], bent);
    let models = Models::of(&data);
    let curve = models.of_pool("pool").next().unwrap();
    for jobs in [100_u64, 1000, 3000, 30_000, 1_000_000] {
        let found = curve.predict(jobs, Batch::Warm, &models.draws).unwrap();
        assert_near(found.value, bent(1000.0, float(jobs)), 1e-6);
    }
    let left_out = curve.predict(20_000, Batch::Warm, &models.draws).unwrap();
    assert!(left_out.left_out.unwrap() > 0.2, "{left_out:?}");
    let (low, high) = (left_out.low.unwrap(), left_out.high.unwrap());
    assert!(low < 0.8 * left_out.value && high > 1.2 * left_out.value, "the interval knows it: {left_out:?}");
    assert_near(curve.predict(300_000, Batch::Warm, &models.draws).unwrap().value, bent(1000.0, 3e5), 0.02);
}

proptest! {
    #[test]
    fn a_prediction_is_a_time_and_inside_its_interval(
        fixed in 0.0..1e6_f64, each in 0.0..1e4_f64, work in 1.0..1e5_f64, jobs in 0..10_000_000_u64,
        sizes in prop::collection::btree_set(1..1_000_000_u64, 1..6),
    ) {
        let sizes: Vec<u64> = sizes.into_iter().collect();
        let data = made(&[("1us", work)], &sizes, |work, n| fixed + (work + each) * n / 2.0 + 1.0);
        let models = Models::of(&data);
        for curve in &models.curves {
            let found = curve.predict(jobs, Batch::Warm, &models.draws).unwrap();
            prop_assert!(found.value.is_finite() && found.value >= 0.0, "{found:?}");
            let (low, high) = (found.low.unwrap(), found.high.unwrap());
            prop_assert!(low <= found.value && found.value <= high, "{found:?}");
            prop_assert!(found.outside.jobs >= 1.0);
        }
    }
}
