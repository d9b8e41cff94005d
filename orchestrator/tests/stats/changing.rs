//! Changes over many runs: against those that Hunter finds, in courses whose truth is known, and what must hold of any.

use std::collections::BTreeSet;
use std::path::Path;

use orchestrator::stats::{
    Alpha, BadSample, Band, Beside, Change, FEWEST_RUNS_BEFORE, Verdict, against, changes, eras, fewest_runs, typical,
};
use proptest::prelude::*;
use rand_pcg::Pcg64;

/// One run in 200 may say a change that is none.
const ERROR: f64 = 0.005;

fn found(courses: &[Vec<Option<f64>>]) -> Vec<Vec<Change>> {
    changes(courses, Alpha::new(ERROR).unwrap(), 15).unwrap()
}

/// The error at which single series are held against Hunter, whose p of 0.001 is for one place of a series.
const BESIDE_HUNTER: f64 = 0.002;

/// Sums of uniform numbers: close to normal, with a spread of 1.
fn noise(draw: &mut Pcg64) -> f64 {
    (0..12).map(|_| draw.random_range(-0.5..0.5)).sum()
}

struct Case {
    name: String,
    values: Vec<f64>,
    truth: Vec<usize>,
    hunter: Vec<usize>,
}

fn cases() -> Vec<Case> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/hunter.csv");
    let indices = |text: &str| text.split_whitespace().map(|index| index.parse().unwrap()).collect();
    let case = |row: csv::StringRecord| Case {
        name: format!("{}, {}", &row[0], &row[1]),
        values: row[2].split(' ').map(|value| value.parse().unwrap()).collect(),
        truth: indices(&row[3]),
        hunter: indices(&row[4]),
    };
    csv::Reader::from_path(path).unwrap().records().map(|row| case(row.unwrap())).collect()
}

#[test]
fn what_hunter_finds_is_found_and_less_of_what_is_not_there() {
    let cases = cases();
    let (mut right, mut wrong, mut of_hunter) = ((0, 0), 0, 0);
    for Case { name, values, truth, hunter } in &cases {
        let course: Vec<Option<f64>> = values.iter().copied().map(Some).collect();
        let found = changes(&[course], Alpha::new(BESIDE_HUNTER).unwrap(), 15).unwrap();
        let own: Vec<usize> = found[0].iter().filter(|change| change.is_borne_out).map(|change| change.at).collect();
        let near = |all: &[usize], at: usize| all.iter().any(|one| one.abs_diff(at) <= 1);
        for at in truth {
            right.0 += usize::from(near(&own, *at));
            right.1 += usize::from(near(hunter, *at));
            // None of those that Hunter finds is missed.
            assert!(near(&own, *at) || !near(hunter, *at), "{name}: {at} in {own:?}, Hunter {hunter:?}");
        }
        let stray = |all: &[usize]| all.iter().filter(|at| !near(truth, **at)).count();
        (wrong, of_hunter) = (wrong + stray(&own), of_hunter + stray(hunter));
    }
    let truths: usize = cases.iter().map(|case| case.truth.len()).sum();
    println!("of {truths} changes found {right:?}; none there: {wrong}, Hunter {of_hunter}");
    assert!(right.0 >= right.1, "{right:?}");
    assert!(wrong < of_hunter, "{wrong} against {of_hunter}");
}

#[test]
fn a_fault_that_was_mended_is_found_twice() {
    let mut draw = Pcg64::new(3, 0);
    let level = |run: usize| if (25..33).contains(&run) { 0.12 } else { 0.0 };
    let course: Vec<Option<f64>> = (0..50).map(|run| Some(level(run) + 0.02 * noise(&mut draw))).collect();
    let others = (0..30).map(|_| (0..50).map(|_| Some(0.02 * noise(&mut draw))).collect());
    let all = found(&std::iter::once(course).chain(others).collect::<Vec<_>>());
    let at: Vec<usize> = all[0].iter().map(|change| change.at).collect();
    assert_eq!(at, [25, 33]);
    assert!(all[0].iter().all(|change| change.is_borne_out && change.interval.contains(change.shift)));
    assert!(all[0][0].shift > 0.08 && all[0][1].shift < -0.08, "{:?}", all[0]);
    assert!(all[1..].iter().flatten().next().is_none(), "nothing else changed");
}

#[test]
fn what_all_cells_of_a_run_have_in_common_raises_no_alarm() {
    // A hundred cells that always move together are one, and a run far off is no change.
    let mut alarms = 0;
    for seed in 0..20 {
        let mut draw = Pcg64::new(seed, 1);
        let moods: Vec<f64> = (0..40).map(|_| noise(&mut draw).powi(3) * 0.05).collect();
        let course = || moods.iter().map(|mood| Some(*mood)).collect::<Vec<_>>();
        let courses: Vec<Vec<Option<f64>>> = (0..100).map(|_| course()).collect();
        let runs: BTreeSet<usize> = found(&courses).iter().flatten().map(|change| change.found).collect();
        alarms += runs.len();
    }
    // 800 runs: 4 are allowed, and 12 are less likely than one in a thousand.
    assert!(alarms < 12, "{alarms}");
}

#[test]
fn below_the_fewest_runs_nothing_is_found_and_bad_values_are_named() {
    let fewest = fewest_runs(Alpha::new(ERROR).unwrap());
    assert_eq!(fewest, 12);
    let step = |runs: usize| {
        let rising = (0..runs).zip(0_u32..).map(|(run, number)| (run, 0.001 * f64::from(number)));
        rising.map(|(run, by)| Some(if run + 3 >= runs { 1.0 } else { 0.0 } + by)).collect::<Vec<_>>()
    };
    assert!(found(&[step(fewest - 1)])[0].is_empty());
    assert_eq!(found(&[step(fewest + 1)])[0].len(), 1);
    assert_eq!(found(&[vec![], vec![None; 30], vec![Some(1.0); 30]]), [vec![], vec![], vec![]]);
    let bad = changes(&[vec![Some(1.0), None, Some(f64::NAN)]], Alpha::FIVE_PERCENT, 1);
    assert!(matches!(bad, Err(BadSample::NotFinite { position: 2, .. })), "{bad:?}");
}

#[test]
fn a_run_against_several_is_called_different_as_often_as_promised() {
    let mut draw = Pcg64::new(11, 0);
    let mut alarms = 0;
    for _ in 0..1000 {
        let before: Vec<Vec<f64>> = (0..10).map(|_| (0..10).map(|_| 0.03 * noise(&mut draw)).collect()).collect();
        let members: Vec<Beside> =
            before.iter().map(|before| Beside { before, now: Some(0.03 * noise(&mut draw)), equals: None }).collect();
        let findings = against(&members, Alpha::FIVE_PERCENT, Band::default()).unwrap();
        alarms += usize::from(findings.iter().any(|one| matches!(one.verdict, Verdict::Slower | Verdict::Faster)));
    }
    // 5 % of families at most, less the ones within the band; 75 of 1000 are less likely than one in a thousand.
    assert!((10..75).contains(&alarms), "{alarms}");
}

#[test]
fn too_few_runs_before_claim_nothing() {
    let before = [0.0; FEWEST_RUNS_BEFORE];
    let one = |before: &[f64], now| {
        against(&[Beside { before, now, equals: None }], Alpha::FIVE_PERCENT, Band::default()).unwrap()[0]
    };
    assert_eq!(one(&before, Some(1.0)).verdict, Verdict::Slower);
    assert_eq!(one(&before[1..], Some(1.0)).verdict, Verdict::TooFewBlocks);
    assert_eq!(one(&before, None).verdict, Verdict::TooFewBlocks);
    assert_eq!(one(&[], Some(1.0)).verdict, Verdict::TooFewBlocks);
}

#[test]
fn runs_that_have_nothing_in_common_with_any_before_begin_an_era() {
    let (some, none) = (Some(1.0), None);
    let things =
        [vec![some, some, none, none, none], vec![none, some, some, none, none], vec![none, none, none, some, some]];
    assert_eq!(eras(&things, 5), [0, 0, 0, 1, 1]);
    assert_eq!(eras(&[], 2), [0, 0]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn turned_round_or_moved_a_course_has_the_same_changes(seed: u64, constant in -50.0..50.0, shift in 0.05..0.5, at in 12_usize..30) {
        let mut draw = Pcg64::new(seed.into(), 2);
        let base: Vec<f64> = (0..36).map(|run| if run >= at { shift } else { 0.0 } + 0.02 * noise(&mut draw)).collect();
        let course = |change: &dyn Fn(f64) -> f64| base.iter().map(|value| Some(change(*value))).collect::<Vec<_>>();
        let one = &found(&[course(&|value| value)])[0];
        let other = &found(&[course(&|value| constant - value)])[0];
        prop_assert_eq!(one.len(), other.len());
        for (one, other) in one.iter().zip(other) {
            prop_assert_eq!((one.at, one.found, one.is_borne_out), (other.at, other.found, other.is_borne_out));
            prop_assert!((one.shift + other.shift).abs() < 1e-9);
            prop_assert!(one.interval.contains(one.shift) && one.p_value <= ERROR * (1.0 + 1e-9));
        }
    }

    #[test]
    fn what_was_found_by_a_run_is_found_whatever_comes_after(seed: u64, cut in 20_usize..40, gaps in 0.0..0.3) {
        let mut draw = Pcg64::new(seed.into(), 3);
        let courses: Vec<Vec<Option<f64>>> = (0..4)
            .map(|number| {
                let at = draw.random_range(5..35);
                let value = |run: usize, draw: &mut Pcg64| {
                    let level = if run >= at && number < 2 { 0.2 } else { 0.0 };
                    (!draw.random_bool(gaps)).then(|| level + 0.02 * noise(draw))
                };
                (0..40).map(|run| value(run, &mut draw)).collect()
            })
            .collect();
        let short: Vec<Vec<Option<f64>>> = courses.iter().map(|course| course[..cut].to_vec()).collect();
        for (one, other) in found(&short).iter().zip(found(&courses)) {
            let when = |all: &[Change]| all.iter().map(|change| change.found).filter(|found| *found < cut).collect::<Vec<_>>();
            prop_assert_eq!(when(one), when(&other));
        }
    }

    #[test]
    fn things_and_moods_come_apart_exactly(seed: u64, things in 2_usize..6, runs in 2_usize..10, gaps in 0.0..0.4) {
        let mut draw = Pcg64::new(seed.into(), 4);
        let levels: Vec<f64> = (0..things).map(|_| 10.0 * noise(&mut draw)).collect();
        let moods: Vec<f64> = (0..runs).map(|_| noise(&mut draw)).collect();
        let values: Vec<Vec<Option<f64>>> = levels
            .iter()
            .map(|level| moods.iter().map(|mood| (!draw.random_bool(gaps)).then_some(level + mood)).collect())
            .collect();
        let eras = eras(&values, runs);
        prop_assert!(eras.windows(2).all(|pair| pair[1] == pair[0] || pair[1] == pair[0] + 1));
        prop_assume!(eras.iter().all(|era| *era == 0));
        let found = typical(&values, runs);
        // Levels are known up to what is common to all.
        let off: Vec<f64> = found.iter().zip(&levels).filter_map(|(found, level)| Some((*found)? - level)).collect();
        prop_assert!(off.windows(2).all(|pair| (pair[0] - pair[1]).abs() < 1e-9), "{:?}", off);
    }

    #[test]
    fn an_interval_leaves_out_0_where_the_p_value_allows_a_claim(seed: u64, count in 5_usize..20, by in -0.2..0.2) {
        let mut draw = Pcg64::new(seed.into(), 5);
        let before: Vec<f64> = (0..count).map(|_| 0.02 * noise(&mut draw)).collect();
        let one = against(&[Beside { before: &before, now: Some(by), equals: None }], Alpha::FIVE_PERCENT, Band::default());
        let one = one.unwrap()[0];
        let interval = one.interval.unwrap();
        prop_assert_eq!(!interval.contains(0.0), Alpha::FIVE_PERCENT.allows(one.p_value));
        prop_assert!(interval.contains(one.estimate.unwrap()));
    }
}
