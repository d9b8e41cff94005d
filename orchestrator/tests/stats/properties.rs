//! Laws of description and comparison that hold for any data: order, scale, swapping, levels, ties.

use orchestrator::stats::{
    Alpha, Band, Interval, Member, Sample, SignedRank, Verdict, compare_family, drift, flag_outliers, holm, log_ratios,
    places,
};
use proptest::prelude::*;

use crate::given::{alpha, assert_close, compared, tested};

fn times(sizes: impl Into<prop::collection::SizeRange>) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(1.0..1e10_f64, sizes)
}

fn pairs(sizes: impl Into<prop::collection::SizeRange>) -> impl Strategy<Value = Vec<(f64, f64)>> {
    prop::collection::vec((1.0..1e10_f64, 1.0..1e10_f64), sizes)
}

/// Differences with many ties and zeros, as memory gives them.
fn coarse(sizes: impl Into<prop::collection::SizeRange>) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec((-4..5_i32).prop_map(f64::from), sizes)
}

fn values_and_shuffle() -> impl Strategy<Value = (Vec<f64>, Vec<f64>)> {
    times(1..80).prop_flat_map(|values| (Just(values.clone()), Just(values).prop_shuffle()))
}

/// Small ones and equal ones among them.
fn p_values_and_shuffle() -> impl Strategy<Value = (Vec<f64>, Vec<f64>)> {
    let values = prop::collection::vec(prop_oneof![0.0..1.0_f64, 0.0..0.05_f64, Just(0.01)], 1..30);
    values.prop_flat_map(|values| (Just(values.clone()), Just(values).prop_shuffle()))
}

proptest! {
    #[test]
    fn order_does_not_matter((values, shuffled) in values_and_shuffle()) {
        prop_assert_eq!(Sample::new(&values), Sample::new(&shuffled));
        prop_assert_eq!(compared(&values, None), compared(&shuffled, None));
        let [one, other] = [&values, &shuffled].map(|values| {
            let flags = flag_outliers(values).unwrap();
            let mut far: Vec<f64> = values.iter().zip(flags).filter_map(|(value, far)| far.then_some(*value)).collect();
            far.sort_by(f64::total_cmp);
            far
        });
        prop_assert_eq!(one, other);
    }

    #[test]
    fn scaling_time_scales_what_describes_it(values in times(1..60), power in -20..20_i32) {
        // Powers of two, so that no digit is rounded.
        let factor = 2.0_f64.powi(power);
        let scaled: Vec<f64> = values.iter().map(|value| value * factor).collect();
        let [one, other] = [&values, &scaled].map(|values| Sample::new(values).unwrap());
        prop_assert_eq!(one.median() * factor, other.median());
        prop_assert_eq!(one.lower_median() * factor, other.lower_median());
        prop_assert_eq!(one.mad() * factor, other.mad());
        prop_assert_eq!(one.scaled_mad() * factor, other.scaled_mad());
        prop_assert_eq!(one.quantile(0.3) * factor, other.quantile(0.3));
        prop_assert_eq!(flag_outliers(&values), flag_outliers(&scaled));
        let [one, other] = [one, other].map(|sample| sample.median_interval(Alpha::FIVE_PERCENT));
        let scale = |interval: Interval| Interval::between(interval.low() * factor, interval.high() * factor);
        prop_assert_eq!(one.map(|one| scale(one.interval)), other.map(|other| other.interval));
    }

    #[test]
    fn scaling_both_leaves_a_comparison_and_scaling_one_shifts_it(pairs in pairs(6..40), factor in 0.01..100.0_f64) {
        let both: Vec<(f64, f64)> = pairs.iter().map(|(a, b)| (a * factor, b * factor)).collect();
        let one: Vec<(f64, f64)> = pairs.iter().map(|(a, b)| (*a, b * factor)).collect();
        let [plain, both, one] = [&pairs, &both, &one].map(|pairs| tested(&log_ratios(pairs).unwrap()));
        assert_close(both.estimate(), plain.estimate());
        assert_close(one.estimate(), plain.estimate() + factor.ln());
        let [plain, both, one] = [plain, both, one].map(|test| test.interval(Alpha::FIVE_PERCENT).unwrap());
        assert_close(both.low(), plain.low());
        assert_close(both.high(), plain.high());
        assert_close(one.low(), plain.low() + factor.ln());
        assert_close(one.high(), plain.high() + factor.ln());
    }

    #[test]
    fn swapping_inverts(pairs in pairs(1..40), low in -0.5..0.5_f64, high in -0.5..0.5_f64) {
        let swapped: Vec<(f64, f64)> = pairs.iter().map(|&(a, b)| (b, a)).collect();
        let twin = Interval::between(low, high);
        let swapped_twin = Interval::between(-low, -high);
        let one = compared(&log_ratios(&pairs).unwrap(), Some(twin));
        let other = compared(&log_ratios(&swapped).unwrap(), Some(swapped_twin));
        prop_assert_eq!(one.estimate.map(|estimate| -estimate), other.estimate);
        let mirror = |interval: Interval| Interval::between(-interval.low(), -interval.high());
        prop_assert_eq!(one.interval.map(mirror), other.interval);
        prop_assert_eq!(one.p_value, other.p_value);
        let expected = match one.verdict {
            Verdict::Faster => Verdict::Slower,
            Verdict::Slower => Verdict::Faster,
            other => other,
        };
        prop_assert_eq!(other.verdict, expected);
    }

    #[test]
    fn intervals_hold_their_estimates_and_wider_levels_hold_narrower_ones(
        differences in prop_oneof![prop::collection::vec(-1.0..1.0_f64, 1..90), coarse(1..90)],
        errors in prop::array::uniform2(0.0001..0.9_f64),
    ) {
        let [strict, loose] = [errors[0].min(errors[1]), errors[0].max(errors[1])].map(alpha);
        let test = tested(&differences);
        let of_median = |alpha| test.differences().median_interval(alpha);
        for (strict, loose, estimate) in [
            (test.interval(strict), test.interval(loose), test.estimate()),
            (
                of_median(strict).map(|found| found.interval),
                of_median(loose).map(|found| found.interval),
                test.differences().median(),
            ),
        ] {
            prop_assert!(loose.is_none_or(|loose| loose.contains(estimate)));
            prop_assert!(strict.is_none_or(|strict| loose.is_some_and(|loose| strict.covers(loose))));
        }
        for alpha in [strict, loose] {
            let exists = differences.len() >= alpha.fewest_blocks();
            prop_assert_eq!(of_median(alpha).is_some(), exists);
            if let Some(found) = of_median(alpha) {
                prop_assert!(found.confidence >= alpha.confidence() - 1e-9);
            }
            // The normal tail beyond 60 pairs reaches no further than about 1e-11, far below these levels.
            prop_assert_eq!(test.interval(alpha).is_some(), exists);
        }
    }

    #[test]
    fn an_interval_leaves_out_zero_exactly_when_the_p_value_says_so(
        differences in prop_oneof![prop::collection::vec(-1.0..1.5_f64, 6..90), coarse(6..90)],
        error in 0.04..0.9_f64,
    ) {
        let test = tested(&differences);
        let claims = test.interval(alpha(error)).is_some_and(|interval| !interval.contains(0.0));
        prop_assert_eq!(claims, alpha(error).allows(test.p_value()));
    }

    #[test]
    fn breaking_ties_and_zeros_only_sharpens(
        differences in coarse(1..60),
        nudges in prop::collection::vec(-1.0..1.0_f64, 60),
    ) {
        let nudged: Vec<f64> =
            differences.iter().zip(nudges).map(|(difference, nudge)| difference + 1e-6 * nudge).collect();
        prop_assert!(tested(&differences).p_value() >= tested(&nudged).p_value());
    }

    #[test]
    fn a_mad_of_zero_means_that_half_agree(values in prop::collection::vec((1..5_u8).prop_map(f64::from), 1..20)) {
        let sample = Sample::new(&values).unwrap();
        let agreeing = values.iter().filter(|value| **value == sample.median()).count();
        prop_assert!(sample.mad() > 0.0 || 2 * agreeing >= values.len());
        prop_assert!(sample.mad() == 0.0 || 2 * agreeing <= values.len());
    }

    #[test]
    fn quantiles_rise_from_the_smallest_value_to_the_largest(
        values in times(1..40),
        ps in prop::array::uniform2(-0.1..1.1_f64),
    ) {
        let sample = Sample::new(&values).unwrap();
        let [low, high] = [ps[0].min(ps[1]), ps[0].max(ps[1])].map(|p| sample.quantile(p));
        prop_assert!(sample.min() <= low && low <= high && high <= sample.max());
    }

    #[test]
    fn holms_level_and_adjusted_value_decide_alike(
        (p_values, shuffled) in p_values_and_shuffle(),
        error in 0.001..0.2_f64,
    ) {
        let steps = holm(&p_values, alpha(error));
        for (p, step) in p_values.iter().zip(&steps) {
            prop_assert_eq!(step.alpha.allows(*p), alpha(error).allows(step.adjusted_p));
            prop_assert!(step.adjusted_p >= *p && step.alpha <= alpha(error));
            // Another order finds the same for the same value.
            let other = shuffled.iter().zip(holm(&shuffled, alpha(error))).find(|(other, _)| *other == p);
            prop_assert_eq!(other.map(|(_, other)| other), Some(*step));
        }
    }

    #[test]
    fn a_claim_is_beyond_the_twin_and_outside_the_band(
        differences in prop::collection::vec(-0.2..0.3_f64, 1..40),
        reach in 0.0..0.3_f64,
    ) {
        let twin = Interval::between(-0.01, reach);
        let plain = compared(&differences, None);
        let found = compared(&differences, Some(twin));
        let claims = |verdict| matches!(verdict, Verdict::Faster | Verdict::Slower);
        if claims(found.verdict) {
            prop_assert!(found.estimate.unwrap().abs() > twin.reach());
            prop_assert_eq!(plain.verdict, found.verdict);
            prop_assert!(found.adjusted_p <= 0.05);
        }
        if claims(plain.verdict) && !claims(found.verdict) {
            prop_assert_eq!(found.verdict, Verdict::Unclear);
        }
        prop_assert_eq!(plain.verdict == Verdict::TooFewBlocks, differences.len() < 6);
    }

    #[test]
    fn a_family_makes_no_claim_that_its_member_alone_would_not(
        family in prop::collection::vec(prop::collection::vec(-0.2..0.3_f64, 0..25), 1..8),
    ) {
        let members: Vec<Member<'_>> =
            family.iter().map(|differences| Member { differences, twin: None }).collect();
        let found = compare_family(&members, Alpha::FIVE_PERCENT, Band::default()).unwrap();
        prop_assert_eq!(found.len(), family.len());
        for (differences, found) in family.iter().zip(found) {
            let alone = compared(differences, None);
            let size = differences.len();
            prop_assert_eq!((found.estimate, found.p_value, found.blocks), (alone.estimate, alone.p_value, size));
            if let (Some(wide), Some(narrow)) = (found.interval, alone.interval) {
                prop_assert!(wide.covers(narrow));
            }
            if found.verdict == Verdict::TooFewBlocks {
                prop_assert!(differences.len() < found.alpha.fewest_blocks());
            }
        }
    }

    #[test]
    fn hostile_numbers_are_refused_and_nothing_panics(
        values in prop_oneof![
            prop::collection::vec(prop::num::f64::ANY, 0..30),
            prop::collection::vec(prop::num::f64::POSITIVE, 0..30),
        ],
    ) {
        let finite = values.iter().all(|value| value.is_finite());
        let positive = finite && values.iter().all(|value| *value > 0.0);
        prop_assert_eq!(Sample::new(&values).is_ok(), finite && !values.is_empty());
        prop_assert_eq!(SignedRank::new(&values).is_ok(), finite && !values.is_empty());
        prop_assert_eq!(flag_outliers(&values).is_ok(), finite && !values.is_empty());
        if let Ok(test) = SignedRank::new(&values) {
            prop_assert!((0.0..=1.0).contains(&test.p_value()));
            prop_assert!(test.interval(alpha(0.5)).is_none_or(|interval| interval.contains(test.estimate())));
        }
        let pairs: Vec<(f64, f64)> = values.iter().map(|value| (1.0, *value)).collect();
        prop_assert_eq!(log_ratios(&pairs).is_ok(), positive);
        let table = vec![vec![values.iter().copied().map(Some).collect::<Vec<_>>()]];
        prop_assert_eq!(places(&table, Alpha::FIVE_PERCENT, 1.0).is_ok(), positive);
        let _ = drift(&values, Alpha::FIVE_PERCENT, Band::default());
    }
}
