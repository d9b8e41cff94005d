//! The errors that are promised, counted over many runs of seeded noise. Bounds leave four standard errors or more.

use orchestrator::stats::{Alpha, Band, Look, Member, Sample, SignedRank, Verdict, compare_family};

use crate::noise::{NORMAL_IQR, Noise};

type Draw = fn(&mut Noise) -> f64;

/// The share of `runs` in which `happens`.
fn share(runs: u32, mut happens: impl FnMut() -> bool) -> f64 {
    f64::from((0..runs).map(|_| u32::from(happens())).sum::<u32>()) / f64::from(runs)
}

fn is_alarm(differences: &[f64], alpha: Alpha) -> bool {
    let interval = SignedRank::new(differences).unwrap().interval(alpha);
    interval.is_some_and(|interval| !interval.contains(0.0))
}

#[test]
fn equal_pools_differ_in_five_percent_of_twenty_block_comparisons() {
    let shapes: [(&str, Draw); 3] =
        [("normal", Noise::normal), ("heavy", Noise::heavy), ("disturbed", Noise::disturbed_pair)];
    for (shape, draw) in shapes {
        let mut noise = Noise::new(20);
        let alarms = share(10_000, || {
            let differences: Vec<f64> = (0..20).map(|_| draw(&mut noise)).collect();
            is_alarm(&differences, Alpha::FIVE_PERCENT)
        });
        assert!((0.038..=0.058).contains(&alarms), "{shape}: {alarms}");
    }
}

/// Memory comes in pages, so differences tie and are often 0.
#[test]
fn ties_and_zeros_never_add_false_alarms() {
    let mut noise = Noise::new(21);
    let alarms = share(10_000, || {
        let differences: Vec<f64> = (0..20).map(|_| noise.normal().round()).collect();
        is_alarm(&differences, Alpha::FIVE_PERCENT)
    });
    assert!((0.001..=0.05).contains(&alarms), "{alarms}");
}

#[test]
fn five_percent_is_found_at_twenty_blocks_with_the_right_sign() {
    let mut noise = Noise::new(22);
    let mut wrong = 0;
    let found = share(1000, || {
        // The spread of CPU time on a shared machine: interquartile range of the log ratio 0.056.
        let difference = |_| 1.05_f64.ln() + 0.056 / NORMAL_IQR * noise.normal();
        let differences: Vec<f64> = (0..20).map(difference).collect();
        let member = Member { differences: &differences, twin: None };
        let found = compare_family(&[member], Alpha::FIVE_PERCENT, Band::default()).unwrap();
        wrong += u32::from(found[0].verdict == Verdict::Faster);
        found[0].verdict == Verdict::Slower
    });
    assert!(found >= 0.9, "{found}");
    assert_eq!(wrong, 0);
}

#[test]
fn a_family_of_equal_pools_makes_any_false_claim_in_five_percent() {
    let mut noise = Noise::new(23);
    let claims = share(2000, || {
        // Seven pools against one reference share its noise.
        let reference: Vec<f64> = (0..20).map(|_| noise.normal()).collect();
        let pools: Vec<Vec<f64>> =
            (0..7).map(|_| reference.iter().map(|reference| noise.normal() - reference).collect()).collect();
        let members: Vec<Member<'_>> = pools.iter().map(|differences| Member { differences, twin: None }).collect();
        let found = compare_family(&members, Alpha::FIVE_PERCENT, Band::default()).unwrap();
        found.iter().any(|one| matches!(one.verdict, Verdict::Faster | Verdict::Slower))
    });
    assert!((0.005..=0.06).contains(&claims), "{claims}");
}

#[test]
fn three_looks_keep_the_promise_that_a_look_after_every_block_breaks() {
    let mut noise = Noise::new(24);
    let runs: Vec<Vec<f64>> = (0..2000).map(|_| (0..40).map(|_| noise.normal()).collect()).collect();
    let mut run = runs.iter();
    let planned = share(2000, || {
        let run = run.next().unwrap();
        Look::ALL.iter().any(|look| is_alarm(&run[..look.blocks], look.alpha))
    });
    let mut run = runs.iter();
    let peeking = share(2000, || {
        let run = run.next().unwrap();
        (6..=40).any(|blocks| is_alarm(&run[..blocks], Alpha::FIVE_PERCENT))
    });
    assert!((0.01..=0.06).contains(&planned), "{planned}");
    assert!(peeking > 0.15, "{peeking}");
}

#[test]
fn the_interval_of_a_median_holds_it_as_often_as_it_says() {
    let mut noise = Noise::new(25);
    let mut confidence = 0.0;
    let held = share(10_000, || {
        let values: Vec<f64> = (0..20).map(|_| noise.normal().exp()).collect();
        let found = Sample::new(&values).unwrap().median_interval(Alpha::FIVE_PERCENT).unwrap();
        confidence = found.confidence;
        found.interval.contains(1.0)
    });
    assert!((held - confidence).abs() < 0.01, "{held} of {confidence}");
}
