//! The sign-flip test: its laws, its agreement with its own interval, and the error it promises.

use orchestrator::stats::{Alpha, FLIPPED_UP_TO, SignFlip};
use proptest::prelude::*;

use crate::given::{alpha, assert_close};
use crate::noise::Noise;

/// Smooth ones and ones with many ties and zeros.
fn differences(sizes: impl Into<prop::collection::SizeRange> + Clone) -> impl Strategy<Value = Vec<f64>> {
    let coarse = prop::collection::vec((-4..5_i32).prop_map(f64::from), sizes.clone());
    prop_oneof![prop::collection::vec(-1.0..1.5_f64, sizes), coarse]
}

fn flipped(differences: &[f64]) -> SignFlip {
    SignFlip::new(differences).unwrap()
}

proptest! {
    #[test]
    fn it_counts_all_patterns(differences in differences(1..13)) {
        let sum: f64 = differences.iter().sum();
        let is_beyond = |pattern: u32| {
            let signed = differences.iter().enumerate();
            let flipped: f64 = signed.map(|(at, one)| if pattern >> at & 1 == 0 { *one } else { -one }).sum();
            flipped.abs() >= sum.abs() - 1e-11
        };
        let patterns = 1 << differences.len();
        let beyond = (0..patterns).filter(|pattern| is_beyond(*pattern)).count();
        assert_close(flipped(&differences).p_value(), f64::from(u32::try_from(beyond).unwrap()) / f64::from(patterns));
    }

    #[test]
    fn neither_order_nor_sign_nor_unit_matters(
        (differences, shuffled) in differences(1..20).prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
        power in -900..900_i32,
    ) {
        let p_value = flipped(&differences).p_value();
        prop_assert!(p_value > 0.0 && p_value <= 1.0);
        prop_assert_eq!(flipped(&shuffled).p_value(), p_value);
        let times = |factor: f64| differences.iter().map(|one| one * factor).collect::<Vec<f64>>();
        prop_assert_eq!(flipped(&times(-1.0)).p_value(), p_value);
        prop_assert_eq!(flipped(&times(2.0_f64.powi(power))).p_value(), p_value);
        let mirrored = flipped(&times(-1.0)).interval(Alpha::FIVE_PERCENT);
        for (one, other) in flipped(&differences).interval(Alpha::FIVE_PERCENT).into_iter().zip(mirrored) {
            assert_close(one.low(), -other.high());
            assert_close(one.high(), -other.low());
        }
    }

    #[test]
    fn an_interval_holds_the_mean_and_is_what_the_test_does_not_reject(
        differences in prop::collection::vec(-1.0..1.5_f64, 1..20),
        errors in prop::array::uniform2(0.001..0.9_f64),
    ) {
        let test = flipped(&differences);
        let [strict, loose] = [errors[0].min(errors[1]), errors[0].max(errors[1])].map(alpha);
        prop_assert_eq!(test.interval(strict).is_some(), differences.len() >= strict.fewest_blocks());
        if let Some(wide) = test.interval(strict) {
            let narrow = test.interval(loose).unwrap();
            prop_assert!(wide.low() <= narrow.low() + 1e-12 && narrow.high() <= wide.high() + 1e-12);
            prop_assert!(wide.low() <= test.estimate() + 1e-12 && test.estimate() <= wide.high() + 1e-12);
            for (end, beyond) in [(wide.low(), -1e-6), (wide.high(), 1e-6)] {
                let shifted: Vec<f64> = differences.iter().map(|one| one - end - beyond).collect();
                let is_outermost = differences.iter().all(|one| (one - end) * beyond < 1e-9);
                prop_assert!(is_outermost || strict.allows(flipped(&shifted).p_value()), "{end}");
            }
        }
    }

    #[test]
    fn hostile_differences_are_refused_and_none_panics(values in prop::collection::vec(prop::num::f64::ANY, 0..30)) {
        let is_fit = !values.is_empty() && values.iter().all(|value| value.is_finite());
        prop_assert_eq!(SignFlip::new(&values).is_ok(), is_fit);
        if let Ok(test) = SignFlip::new(&values) {
            prop_assert!(test.p_value() > 0.0 && test.p_value() <= 1.0);
            prop_assert!(test.interval(alpha(0.5)).is_none_or(|interval| interval.low() <= interval.high()));
        }
    }
}

#[test]
fn the_clearest_differences_reach_what_their_number_allows() {
    for blocks in [1, 6, 14, 16, 33, FLIPPED_UP_TO] {
        let clear: Vec<f64> =
            (1..=blocks).map(|block| 0.1 + 0.001 * f64::from(u32::try_from(block).unwrap())).collect();
        let halvings = i32::try_from(blocks).unwrap() - 1;
        assert_eq!(flipped(&clear).p_value(), 0.5_f64.powi(halvings), "{blocks}");
    }
    assert_eq!(flipped(&[0.0; 50]).p_value(), 1.0);
    assert_eq!(flipped(&[0.2; 50]).p_value(), 0.5_f64.powi(35));
}

/// Noise that is skewed, heavy or differs from block to block by a factor of a thousand is all the same to it.
#[test]
fn equal_pools_differ_in_at_most_five_percent_whatever_the_noise() {
    let shapes: [fn(&mut Noise) -> f64; 3] =
        [Noise::heavy, Noise::disturbed_pair, |noise| noise.normal() * (6.9 * noise.uniform()).exp()];
    for blocks in [16, 60] {
        for draw in shapes {
            let mut noise = Noise::new(30);
            let runs = if blocks == 16 { 4000 } else { 200 };
            let alarms = (0..runs).filter(|_| {
                let differences: Vec<f64> = (0..blocks).map(|_| draw(&mut noise)).collect();
                Alpha::FIVE_PERCENT.allows(flipped(&differences).p_value())
            });
            let share = f64::from(u32::try_from(alarms.count()).unwrap()) / f64::from(runs);
            let allowed = if blocks == 16 { 0.035..0.064 } else { 0.005..0.115 };
            assert!(allowed.contains(&share), "{blocks} blocks: {share}");
        }
    }
}
