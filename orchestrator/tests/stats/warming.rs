//! Whether batches still get faster: found where a compiler makes them so, and not made up from noise.

use orchestrator::stats::{Band, is_falling, late, late_change};
use rand::RngExt as _;
use rand_pcg::Pcg64;

/// Batches of one trial around `level(batch)`, each strayed by up to so much either way and one in ten longer by half.
fn batches(seed: u64, count: usize, stray: f64, level: impl Fn(usize) -> f64) -> Vec<u64> {
    let mut draw = Pcg64::new(u128::from(seed), 1);
    let mut batch = |at: usize| {
        let odd = if draw.random_range(0..10) == 0 { 1.5 } else { 1.0 };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "made times are small and above 0")]
        let ns = (1e6 * level(at) * odd * (1.0 + draw.random_range(-stray..stray))) as u64;
        ns
    };
    (0..count).map(&mut batch).collect()
}

/// Falls towards 1, as a compiler makes it.
fn compiled(batch: usize, after: f64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "few batches")]
    let batch = batch as f64;
    1.0 + 3.0 * (-batch / after).exp()
}

/// The first batch is cold in every pool.
fn cold(batch: usize) -> f64 {
    if batch == 0 { 5.0 } else { 1.0 }
}

fn is_below_band(change: Option<f64>) -> bool {
    change.is_some_and(|change| change < -Band::default().half_width())
}

fn of_cell(seed: u64, count: usize, stray: f64, level: impl Fn(usize) -> f64 + Copy) -> bool {
    let changes: Vec<f64> =
        (0..20).filter_map(|trial| late_change(&batches(100 * seed + trial, count, stray, level))).collect();
    late(&changes).expect("all are finite").expect("20 are enough").is_warming
}

#[test]
fn what_only_strays_is_warm() {
    // 1 % is promised of either; the bounds leave four standard errors.
    for count in [3, 5, 8, 30, 200] {
        for stray in [0.01, 0.1, 0.3] {
            let all = || (0..1000).map(|seed| batches(seed, count, stray, cold));
            let single = all().filter(|one| is_falling(one) && is_below_band(late_change(one))).count();
            assert!(single <= 22, "{single} of 1000 trials of {count} batches that stray by {stray} are warming");
            let cells = (0..100).filter(|seed| of_cell(*seed, count, stray, cold)).count();
            assert!(cells <= 4, "{cells} of 100 cells of {count} batches that stray by {stray} are warming");
        }
    }
}

#[test]
fn what_is_compiled_meanwhile_is_found() {
    // Of 8 batches that stray the trend of a single trial shows less often.
    for (count, after, least) in [(8, 4.0, 60), (30, 12.0, 95), (200, 80.0, 95)] {
        let all = (0..100).map(|seed| batches(seed, count, 0.05, |batch| compiled(batch, after)));
        let single = all.filter(|one| is_falling(one) && is_below_band(late_change(one))).count();
        assert!(single >= least, "{single} of 100 trials of {count} batches");
        assert!(of_cell(1, count, 0.05, |batch| compiled(batch, after)));
    }
    // Of three batches a single trial does not tell, but many do.
    assert!(of_cell(2, 3, 0.05, |batch| compiled(batch, 3.0)));
    // The fork-join pool of Java that was the first to be seen, ms: 3 batches of it stood for 10.6.
    let seen = [22_000, 12_000, 10_600, 9_100, 8_000, 7_200, 6_600, 6_100, 5_700, 5_400];
    assert!(is_falling(&seen) && is_below_band(late_change(&seen)));
    assert!(is_below_band(late_change(&seen[..3])));
}

#[test]
fn less_than_the_band_is_warm_and_a_slow_spell_in_front_is_not_falling_for_ever() {
    let nearly = |batch: usize| if batch < 15 { 1.02 } else { 1.0 };
    assert!(!of_cell(3, 30, 0.001, nearly), "2 % matter to nobody");
    let after = |batch: usize| if batch < 5 { 2.0 } else { 1.0 };
    assert!(!of_cell(4, 30, 0.01, after), "it was warm from the sixth batch on, and the median is of those");
}

#[test]
fn what_cannot_be_told_is_not() {
    assert_eq!([&[][..], &[5], &[5, 4], &[5, 0, 4]].map(late_change), [None; 4]);
    assert_eq!(late_change(&[9, 4, 4]), Some(0.0));
    assert!(!is_falling(&[9, 8, 7, 6, 5, 4, 3]), "seven are too few for one trial");
    assert!(!is_falling(&[5; 100]));
    assert_eq!(late(&[]), Ok(None));
    assert_eq!(late(&[-0.5; 7]), Ok(None), "seven trials have no interval");
    assert!(late(&[-0.5; 8]).unwrap().unwrap().is_warming);
}
