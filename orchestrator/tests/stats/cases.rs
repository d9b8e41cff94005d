//! Single cases at the edges: fewest blocks, real but small differences, drift, looks, outliers.

use orchestrator::stats::{
    Alpha, Band, Interval, Look, Member, Verdict, compare_family, compare_widened, drift, false_alarms, flag_outliers,
    holm, narrow_enough,
};

use crate::given::{alpha, assert_close, compared};

#[test]
fn the_fewest_blocks_for_a_claim_are_six_at_five_percent() {
    let fewest = [0.5, 0.05, 0.03125, 0.01, 0.005, 0.0025].map(|error| alpha(error).fewest_blocks());
    assert_eq!(fewest, [2, 6, 6, 8, 9, 10]);
    assert_eq!(Alpha::FIVE_PERCENT.shared_by(usize::MAX).fewest_blocks(), 70);
    assert_eq!([0.0, 1.0, -0.1, f64::NAN].map(Alpha::new), [None; 4]);
}

#[test]
fn too_few_blocks_depends_on_how_many_are_compared() {
    let differences = [0.3; 8];
    let members = [Member { differences: &differences, twin: None }; 10];
    let verdicts = |count: usize| -> Vec<Verdict> {
        let found = compare_family(&members[..count], Alpha::FIVE_PERCENT, Band::default()).unwrap();
        found.into_iter().map(|found| found.verdict).collect()
    };
    assert_eq!(verdicts(6), [Verdict::Slower; 6], "2^-7 is less than 5 % / 6");
    assert_eq!(verdicts(7), [Verdict::TooFewBlocks; 7], "but not than 5 % / 7");
}

#[test]
fn small_differences_are_the_same_even_if_they_are_real() {
    let real: Vec<f64> = (0..20).map(|index| 0.01 + 1e-4 * f64::from(index)).collect();
    let found = compared(&real, None);
    assert!(found.interval.unwrap().lies_above(0.0));
    assert_eq!(found.verdict, Verdict::Same);
    assert_eq!(compared(&[0.0; 20], None).verdict, Verdict::Same);
    assert_eq!(compared(&[0.0; 20], None).p_value.to_bits(), 1.0_f64.to_bits());
    assert_eq!(compared(&[], None).verdict, Verdict::TooFewBlocks);
}

/// A verdict of "same" covers ratios from 1 / 1.03 to 1.03.
#[test]
fn the_band_is_one_of_ratios() {
    let verdicts = [0.0295, 0.0297, -0.0295, -0.0297].map(|shift| compared(&[shift; 20], None).verdict);
    assert_eq!(verdicts, [Verdict::Same, Verdict::Slower, Verdict::Same, Verdict::Faster]);
    let touching = Interval::between(1.0, 2.0);
    assert!(!touching.lies_above(1.0) && !touching.lies_below(2.0) && touching.overlaps(Interval::between(2.0, 3.0)));
}

#[test]
fn a_widened_interval_claims_less_and_never_more() {
    let differences: Vec<f64> = (0..16).map(|index| 0.1 + 0.002 * f64::from(index * 7 % 16)).collect();
    let found = |shift: f64, widening| {
        let differences: Vec<f64> = differences.iter().map(|one| one + shift).collect();
        let member = Member { differences: &differences, twin: None };
        compare_widened(&[member], Alpha::FIVE_PERCENT, Band::default(), widening).unwrap()[0]
    };
    let (plain, wide) = (found(0.0, 1.0), found(0.0, 2.0));
    assert_eq!((plain, plain.verdict), (compared(&differences, None), Verdict::Slower));
    assert_eq!((plain.estimate, plain.p_value, plain.adjusted_p), (wide.estimate, wide.p_value, wide.adjusted_p));
    assert_close(wide.interval.unwrap().half_width(), 2.0 * plain.interval.unwrap().half_width());
    let verdicts = |shift: f64| [1.0, 2.0, 50.0, f64::INFINITY].map(|widening| found(shift, widening).verdict);
    assert_eq!(verdicts(0.0), [Verdict::Slower, Verdict::Slower, Verdict::Unclear, Verdict::Unclear]);
    assert_eq!(verdicts(-0.115), [Verdict::Same, Verdict::Same, Verdict::Unclear, Verdict::Unclear]);
}

#[test]
fn a_p_value_on_the_line_is_allowed_however_it_was_rounded() {
    for claims in 1..200 {
        let line = Alpha::FIVE_PERCENT.shared_by(claims);
        for step in holm(&vec![line.get(); claims], Alpha::FIVE_PERCENT) {
            assert!(line.allows(line.get()) && Alpha::FIVE_PERCENT.allows(step.adjusted_p), "{claims} {step:?}");
        }
    }
}

#[test]
fn a_machine_that_slows_down_is_seen() {
    let steady = |index: i32| 1e6 * (1.0 + 0.01 * f64::from(index * 7 % 5));
    let verdict = |slowing: f64, blocks| {
        let values: Vec<f64> = (0..blocks).map(|index| steady(index) * (slowing * f64::from(index)).exp()).collect();
        drift(&values, Alpha::FIVE_PERCENT, Band::default()).unwrap().verdict
    };
    assert_eq!(verdict(0.0, 20), Verdict::Same);
    assert_eq!(verdict(0.02, 20), Verdict::Slower);
    assert_eq!(verdict(-0.02, 21), Verdict::Faster);
    assert_eq!(verdict(0.02, 11), Verdict::TooFewBlocks);

    // Of 21 blocks the middle one is left out, so pairs lie 11 apart.
    let values: Vec<f64> = (0..21).map(|index| (0.02 * f64::from(index)).exp()).collect();
    let found = drift(&values, Alpha::FIVE_PERCENT, Band::default()).unwrap();
    assert_eq!(found.blocks, 10);
    assert_close(found.estimate.unwrap(), 0.22);
}

#[test]
fn looks_are_fixed_and_spend_five_percent_in_all() {
    assert_close(Look::ALL.iter().map(|look| look.alpha.get()).sum(), 0.05);
    let after = [0, 9, 10, 20, 39, 40].map(|blocks| Look::after(blocks).map(|look| look.blocks));
    assert_eq!(after, [Some(10), Some(10), Some(20), Some(40), Some(40), None]);
    let reached = [0, 9, 10, 19, 20, 39, 1000].map(|blocks| Look::reached(blocks).blocks);
    assert_eq!(reached, [10, 10, 10, 10, 20, 20, 40]);
    let two_percent = Band::new(0.02).unwrap();
    let [narrow, wide] = [0.03, 0.05].map(|high| Some(Interval::between(0.0, high)));
    let enough = [&[narrow][..], &[narrow, wide], &[narrow, None], &[]].map(|all| narrow_enough(all, two_percent));
    assert_eq!(enough, [true, false, false, false]);
}

#[test]
fn no_interval_gives_no_share_of_false_alarms() {
    assert_eq!(false_alarms(&[], Alpha::FIVE_PERCENT), None);
    let touching = Interval::between(0.0, 1.0);
    assert_eq!(false_alarms(&[touching; 4], Alpha::FIVE_PERCENT).unwrap().alarms, 0);
}

#[test]
fn a_lone_disturbance_is_flagged_even_where_most_values_agree() {
    let mut values = [2048.0; 20];
    values[7] = 9000.0;
    assert_eq!(flag_outliers(&values).unwrap().iter().position(|far| *far), Some(7));
    // Eight of twenty one page higher: no spread by the MAD, but nothing far by the quartiles.
    let pages: Vec<f64> = (0..20).map(|index| if index < 12 { 2048.0 } else { 2052.0 }).collect();
    assert!(!flag_outliers(&pages).unwrap().contains(&true));
}
