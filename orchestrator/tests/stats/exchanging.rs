//! Twins as a check of a run's level: against all exchanges one by one, in order and out of order, and how often by chance.

use orchestrator::stats::{Alpha, BadSample, Interval, Level, SignedRank, exchange};
use proptest::prelude::*;

use crate::noise::Noise;

/// Differences of `cells` twins in `measures` measures and 16 blocks, from a function of the noise and the measure.
fn drawn(cells: usize, measures: usize, mut difference: impl FnMut(usize) -> f64) -> Vec<Vec<Vec<Option<f64>>>> {
    let mut by_block = |measure| (0..16).map(|_| Some(difference(measure))).collect();
    (0..cells).map(|_| (0..measures).map(&mut by_block).collect()).collect()
}

fn judged(doubled: &[Vec<Vec<Option<f64>>>]) -> Level {
    exchange(doubled, Alpha::FIVE_PERCENT, 1).unwrap().unwrap()
}

fn interval(differences: &[f64]) -> (f64, Interval) {
    let test = SignedRank::new(differences).unwrap();
    (test.estimate(), test.interval(Alpha::FIVE_PERCENT).unwrap())
}

/// Three cells of eight blocks: the chance of each number of alarms from all 2^8 signs of each.
#[test]
fn chance_is_that_of_all_exchanges() {
    let mut noise = Noise::new(40);
    let cells: Vec<Vec<f64>> =
        [1.0, 0.4, 0.0].map(|shift| (0..8).map(|_| shift + 0.3 * noise.normal()).collect()).to_vec();
    let mut chance = vec![1.0];
    for cell in &cells {
        let is_alarm = |signs: u32| {
            let flipped = cell.iter().enumerate().map(|(at, one)| if signs >> at & 1 == 1 { -one } else { *one });
            !interval(&flipped.collect::<Vec<f64>>()).1.contains(0.0)
        };
        let share = f64::from(u32::try_from((0..256).filter(|signs| is_alarm(*signs)).count()).unwrap()) / 256.0;
        let mut next = vec![0.0; chance.len() + 1];
        for (alarms, probability) in chance.iter().enumerate() {
            next[alarms] += probability * (1.0 - share);
            next[alarms + 1] += probability * share;
        }
        chance = next;
    }
    let doubled: Vec<Vec<Vec<Option<f64>>>> =
        cells.iter().map(|cell| vec![cell.iter().copied().map(Some).collect()]).collect();
    let found = judged(&doubled).overall;
    let alarms = cells.iter().filter(|cell| !interval(cell).1.contains(0.0)).count();
    assert_eq!((found.comparisons, found.alarms), (3, alarms));
    assert!(alarms > 0);
    let p_value: f64 = chance[alarms..].iter().sum();
    let expected: f64 = chance.iter().zip([0.0, 1.0, 2.0, 3.0]).map(|(chance, alarms)| chance * alarms).sum();
    // Four deviations of 10,000 draws.
    assert!((found.p_value - p_value).abs() < 4.0 * (p_value / 1e4).sqrt() + 1e-4, "{found:?} {p_value}");
    assert!((found.expected - expected).abs() < 0.04 * expected.sqrt(), "{found:?} {expected}");
}

/// Two measures that say the same are one: exchanged by themselves they would seem twice as rare.
#[test]
fn measures_of_a_trial_are_exchanged_together() {
    let mut noise = Noise::new(41);
    let mut doubled = drawn(12, 1, |_| 0.15 + 0.3 * noise.normal());
    for measures in &mut doubled {
        measures.push(measures[0].iter().map(|one| one.map(|one| 3.0 * one)).collect());
    }
    let found = judged(&doubled);
    assert_eq!(found.overall.alarms, 2 * found.measures[0].alarms);
    assert_eq!(found.measures[0], found.measures[1]);
    assert_eq!(found.overall.p_value, found.measures[0].p_value);
    assert!(found.overall.p_value < 0.2, "{found:?}");
}

/// A twin in twelve cells, 200 runs: out of order in at most three in a hundred, for three tests at one in a hundred.
#[test]
fn a_run_in_order_is_called_that() {
    let mut noise = Noise::new(42);
    let out_of_order = (0..200).filter(|_| {
        let scales: Vec<f64> = (0..12).map(|_| noise.uniform()).collect();
        let mut at = 0;
        let doubled = drawn(12, 2, |_| {
            at += 1;
            scales[(at - 1) / 32] * noise.heavy()
        });
        let found = judged(&doubled);
        assert_eq!(found.is_out_of_order(), found.widening.iter().any(|widening| *widening > 1.0));
        assert!((found.overall.expected / 24.0 - 0.05).abs() < 0.01, "{found:?}");
        found.is_out_of_order()
    });
    let count = out_of_order.count();
    assert!(count <= 13, "{count} of 200");
}

#[test]
fn a_measure_out_of_order_is_widened_until_its_alarms_are_chance() {
    let mut noise = Noise::new(43);
    // The second measure differs between equal pools in every cell.
    let doubled = drawn(36, 2, |measure| if measure == 0 { 0.0 } else { 0.1 } + 0.1 * noise.normal());
    let found = judged(&doubled);
    assert!(found.measures[1].alarms > 20 && found.measures[1].is_out_of_order() && found.overall.is_out_of_order());
    assert_eq!(found.widening[0], 1.0);
    let widening = found.widening[1];
    assert!(widening > 1.0 && widening.is_finite(), "{widening}");
    let alarms = |factor: f64| {
        let is_alarm = |cell: &&Vec<Vec<Option<f64>>>| {
            let (estimate, interval) = interval(&cell[1].iter().copied().flatten().collect::<Vec<f64>>());
            !interval.widened(estimate, factor).contains(0.0)
        };
        doubled.iter().filter(is_alarm).count()
    };
    // Of 36 comparisons 5 or more are rarer than one in twenty at an expectation of 1.8, and 4 are not.
    assert_eq!([alarms(widening - 1e-9), alarms(widening + 1e-9)], [5, 4]);
}

#[test]
fn equal_pools_that_always_differ_alike_leave_no_claim() {
    let found = judged(&drawn(36, 1, |_| 0.01));
    assert_eq!((found.measures[0].alarms, found.widening[0]), (36, f64::INFINITY));
    let nothing = Interval::between(0.1, 0.1).widened(0.1, f64::INFINITY);
    assert!(nothing.contains(-1e300) && nothing.contains(1e300));
}

#[test]
fn two_measures_slightly_out_of_order_are_widened_together() {
    let mut noise = Noise::new(44);
    let mut seen = 0;
    for _ in 0..100 {
        let found = judged(&drawn(12, 2, |_| 0.045 + 0.1 * noise.normal()));
        let single = found.measures.iter().any(|one| one.p_value < 0.01);
        if found.overall.p_value < 0.01 && !single {
            assert!(found.widening[0] > 1.0 && found.widening[0] == found.widening[1], "{found:?}");
            seen += 1;
        }
    }
    assert!(seen > 0);
}

#[test]
fn too_few_blocks_and_hostile_numbers_are_told() {
    let none = |doubled: &[Vec<Vec<Option<f64>>>]| exchange(doubled, Alpha::FIVE_PERCENT, 1).unwrap();
    assert_eq!(none(&[]), None);
    assert_eq!(none(&[vec![]]), None);
    assert_eq!(none(&[vec![vec![Some(1.0); 5]], vec![vec![None; 30]]]), None);
    let lacking = none(&[vec![vec![Some(0.0); 6], vec![None; 6]], vec![]]).unwrap();
    assert_eq!((lacking.overall.comparisons, lacking.measures[1].comparisons), (1, 0));
    assert_eq!((lacking.measures[1].p_value, lacking.widening), (1.0, vec![1.0, 1.0]));
    let hostile = exchange(&[vec![vec![None, Some(f64::INFINITY)]]], Alpha::FIVE_PERCENT, 1);
    assert_eq!(hostile, Err(BadSample::NotFinite { position: 1, value: f64::INFINITY }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]

    #[test]
    fn which_of_two_equal_pools_is_the_twin_does_not_matter(
        doubled in prop::collection::vec(
            prop::collection::vec(prop::collection::vec(prop::option::weighted(0.9, -0.5..0.9_f64), 0..80), 0..3),
            0..5,
        ),
    ) {
        let turned: Vec<Vec<Vec<Option<f64>>>> = doubled
            .iter()
            .map(|cell| cell.iter().map(|all| all.iter().map(|one| one.map(|one| -one)).collect()).collect())
            .collect();
        let [one, other] = [&doubled, &turned].map(|all| exchange(all, Alpha::FIVE_PERCENT, 7).unwrap());
        prop_assert_eq!(&one, &other);
        if let Some(found) = one {
            prop_assert!(found.widening.iter().all(|widening| *widening >= 1.0));
            prop_assert!(found.overall.p_value > 0.0 && found.overall.p_value <= 1.0);
        }
    }
}
