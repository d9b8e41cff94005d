//! Efficiency and overhead: known cases, laws, and how often their intervals hold the truth.

use orchestrator::stats::{Alpha, BadSample, Figure, efficiency, overhead};
use proptest::prelude::*;

use crate::given::assert_close;
use crate::noise::Noise;

fn found(figure: Result<Option<Figure>, BadSample>) -> Figure {
    figure.unwrap().unwrap()
}

#[test]
fn two_cores_that_halve_the_time_are_used_wholly_and_cost_nothing() {
    let pairs: Vec<(f64, f64)> = [900.0, 1000.0, 1100.0, 1300.0, 1000.0, 950.0].map(|ns| (ns, ns / 2.0)).to_vec();
    let Figure { value, interval } = found(efficiency(&pairs, 2, Alpha::FIVE_PERCENT));
    assert_close(value, 1.0);
    assert_close(interval.high() - interval.low(), 0.0);
    assert_close(found(overhead(&pairs, 10, 2, Alpha::FIVE_PERCENT)).value, 0.0);
    // On one core it is half as slow as serial: twice the efficiency, and half of the work saved, 50 ns a job.
    assert_close(found(efficiency(&pairs, 1, Alpha::FIVE_PERCENT)).value, 2.0);
    let saved = found(overhead(&pairs, 10, 1, Alpha::FIVE_PERCENT));
    assert_close(saved.value, -50.0);
    assert_close(saved.interval.low(), -65.0);
    assert_close(saved.interval.high(), -45.0);
}

/// A machine whose speed changes by a third from block to block takes no certainty from a pair within a block.
#[test]
fn what_a_block_does_to_both_does_not_matter() {
    let mut noise = Noise::new(50);
    let pairs: Vec<(f64, f64)> = (0..16)
        .map(|_| {
            let speed = 1.0 + 0.4 * noise.uniform();
            (1e6 * speed * (0.002 * noise.normal()).exp(), 6e5 * speed * (0.002 * noise.normal()).exp())
        })
        .collect();
    let figure = found(efficiency(&pairs, 2, Alpha::FIVE_PERCENT));
    assert!(figure.interval.contains(1.0 / 1.2) && figure.interval.half_width() < 0.005, "{figure:?}");
}

#[test]
fn intervals_hold_the_truth_as_often_as_they_say() {
    let mut noise = Noise::new(51);
    let mut held = [0; 2];
    for _ in 0..2000 {
        let pairs: Vec<(f64, f64)> =
            (0..16).map(|_| ((0.1 * noise.normal()).exp(), 0.8 * (0.1 * noise.normal()).exp())).collect();
        held[0] += u32::from(found(efficiency(&pairs, 2, Alpha::FIVE_PERCENT)).interval.contains(0.625));
        let shifted: Vec<(f64, f64)> =
            (0..16).map(|_| (1000.0 + noise.normal(), 540.0 + 10.0 * noise.normal())).collect();
        held[1] += u32::from(found(overhead(&shifted, 10, 2, Alpha::FIVE_PERCENT)).interval.contains(8.0));
    }
    for held in held.map(|held| f64::from(held) / 2000.0) {
        assert!((0.93..=0.97).contains(&held), "{held}");
    }
}

#[test]
fn with_too_few_blocks_or_no_job_there_is_no_figure() {
    let pairs = [(1.0, 2.0); 6];
    for blocks in 0..6 {
        assert_eq!(efficiency(&pairs[..blocks], 2, Alpha::FIVE_PERCENT), Ok(None));
        assert_eq!(overhead(&pairs[..blocks], 10, 2, Alpha::FIVE_PERCENT), Ok(None));
    }
    assert_eq!(overhead(&pairs, 0, 2, Alpha::FIVE_PERCENT), Ok(None));
    assert_eq!(efficiency(&pairs, 0, Alpha::FIVE_PERCENT), efficiency(&pairs, 1, Alpha::FIVE_PERCENT));
    let refused = Err(BadSample::NotPositive { position: 1, value: 0.0 });
    assert_eq!(efficiency(&[(1.0, 1.0), (1.0, 0.0)], 2, Alpha::FIVE_PERCENT), refused);
    assert_eq!(overhead(&[(1.0, 1.0), (0.0, 1.0)], 10, 2, Alpha::FIVE_PERCENT), refused);
}

proptest! {
    #[test]
    fn intervals_hold_their_figures_and_units_carry_through(
        pairs in prop::collection::vec((1.0..1e10_f64, 1.0..1e10_f64), 6..40),
        cores in 1..64_u32,
        jobs in 1..1_000_000_u64,
        power in -9..9_i32,
    ) {
        let factor = 2.0_f64.powi(power);
        let scaled: Vec<(f64, f64)> = pairs.iter().map(|(serial, pool)| (serial * factor, pool * factor)).collect();
        let [one, other] = [&pairs, &scaled].map(|pairs| found(efficiency(pairs, cores, Alpha::FIVE_PERCENT)));
        assert_close(one.value, other.value);
        prop_assert!(one.interval.low() <= one.value && one.value <= one.interval.high());
        let [one, other] = [&pairs, &scaled].map(|pairs| found(overhead(pairs, jobs, cores, Alpha::FIVE_PERCENT)));
        prop_assert_eq!(one.value * factor, other.value);
        prop_assert!(one.interval.contains(one.value));
    }

    #[test]
    fn hostile_times_are_refused(pairs in prop::collection::vec((prop::num::f64::ANY, prop::num::f64::ANY), 0..12)) {
        let is_fit = pairs.iter().all(|(one, other)| [one, other].iter().all(|ns| ns.is_finite() && **ns > 0.0));
        prop_assert_eq!(efficiency(&pairs, 2, Alpha::FIVE_PERCENT).is_ok(), is_fit);
        prop_assert!(is_fit || overhead(&pairs, 9, 2, Alpha::FIVE_PERCENT).is_err());
    }
}
