//! What a ranking keeps to: every pool placed or named, ranks split only at gaps, cells of any scale.

use orchestrator::stats::{Alpha, BadSample, rank};
use proptest::prelude::*;

use crate::given::assert_close;

/// A table of pools, cells and blocks in which a value is missing now and then.
fn tables() -> impl Strategy<Value = Vec<Vec<Vec<Option<f64>>>>> {
    (1..4_usize, 6..15_usize).prop_flat_map(|(cells, blocks)| {
        let value = prop_oneof![9 => (1.0..2.0_f64).prop_map(Some), 1 => Just(None)];
        let cell = prop::collection::vec(value, blocks);
        prop::collection::vec(prop::collection::vec(cell, cells), 1..5)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn a_ranking_places_or_names_every_pool_and_splits_only_at_gaps(table in tables()) {
        let ranking = rank(&table, Alpha::FIVE_PERCENT, 7).unwrap();
        let mut pools: Vec<usize> = ranking.placed.iter().map(|placed| placed.pool).collect();
        pools.extend(ranking.incomplete.iter().map(|incomplete| incomplete.pool));
        pools.sort_unstable();
        prop_assert_eq!(pools, (0..table.len()).collect::<Vec<_>>());
        for incomplete in &ranking.incomplete {
            prop_assert!(!incomplete.missing.is_empty());
        }
        for (index, one) in ranking.placed.iter().enumerate() {
            prop_assert!(one.interval.contains(one.score));
            for other in &ranking.placed[index + 1..] {
                prop_assert!(one.score <= other.score && one.rank <= other.rank);
                prop_assert!(one.rank == other.rank || !one.interval.overlaps(other.interval));
            }
        }
        prop_assert_eq!(&ranking, &rank(&table, Alpha::FIVE_PERCENT, 7).unwrap());
    }

    #[test]
    fn scaling_a_cell_leaves_the_ranking(table in tables(), power in -9..9_i32) {
        let mut scaled = table.clone();
        for pool in &mut scaled {
            for value in pool[0].iter_mut().flatten() {
                *value *= 2.0_f64.powi(power);
            }
        }
        let [one, other] = [&table, &scaled].map(|table| rank(table, Alpha::FIVE_PERCENT, 7).unwrap());
        prop_assert_eq!(one.incomplete, other.incomplete);
        for placed in one.placed {
            let same = other.placed.iter().find(|other| other.pool == placed.pool).unwrap();
            assert_close(same.score, placed.score);
            assert_close(same.interval.low(), placed.interval.low());
            assert_close(same.interval.high(), placed.interval.high());
        }
    }
}

#[test]
fn a_pool_without_a_cell_is_named_and_does_not_move_the_others() {
    let cell = |value: f64| (0..10).map(|block| Some(value + 0.001 * f64::from(block % 3))).collect();
    let mut table: Vec<Vec<Vec<Option<f64>>>> =
        vec![vec![cell(3.0), cell(2.0)], vec![cell(2.0), cell(2.0)], vec![cell(1.0)]];
    let ranking = rank(&table, Alpha::FIVE_PERCENT, 1).unwrap();
    assert_eq!(ranking.incomplete.len(), 1);
    assert_eq!((ranking.incomplete[0].pool, &ranking.incomplete[0].missing[..]), (2, &[1][..]));
    let order: Vec<(usize, usize)> = ranking.placed.iter().map(|one| (one.pool, one.rank)).collect();
    assert_eq!(order, [(1, 1), (0, 2)]);
    assert_close(ranking.placed[0].score, 1.0);

    table[0][1][3] = Some(0.0);
    let refused = rank(&table, Alpha::FIVE_PERCENT, 1).unwrap_err();
    assert_eq!(refused, BadSample::NotPositive { position: 3, value: 0.0 });
    assert_eq!(rank(&[], Alpha::FIVE_PERCENT, 1).unwrap().placed, []);
}

#[test]
fn pools_that_never_shared_a_block_are_not_ranked_against_each_other() {
    let early: Vec<Option<f64>> = (0..20).map(|block| (block < 10).then_some(1.0)).collect();
    let late: Vec<Option<f64>> = (0..20).map(|block| (block >= 10).then_some(2.0)).collect();
    let ranking = rank(&[vec![early], vec![late]], Alpha::FIVE_PERCENT, 1).unwrap();
    assert_eq!((ranking.placed.len(), ranking.incomplete[0].pool), (1, 1));
    assert_eq!(ranking.incomplete[0].missing, [0]);
}

#[test]
fn a_wide_interval_joins_those_before_it_to_one_rank() {
    let cell = |even: f64, odd: f64| (0..20).map(|block| Some(if block % 2 == 0 { even } else { odd })).collect();
    let mut table: Vec<Vec<Vec<Option<f64>>>> = vec![vec![cell(1.0, 1.0)], vec![cell(1.1, 1.1)]];
    let ranks = |table: &[Vec<Vec<Option<f64>>>]| -> Vec<usize> {
        let ranking = rank(table, Alpha::FIVE_PERCENT, 1).unwrap();
        ranking.placed.iter().map(|placed| placed.rank).collect()
    };
    assert_eq!(ranks(&table), [1, 2]);
    table.push(vec![cell(0.75, 2.0)]);
    assert_eq!(ranks(&table), [1, 1, 1]);
}
