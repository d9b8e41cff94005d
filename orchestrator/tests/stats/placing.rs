//! Ranges of places: their laws, single cases, and how often equal pools are put apart.

use orchestrator::stats::{Alpha, BadSample, Pair, Place, fewest_blocks, places};
use proptest::prelude::*;

use crate::given::{alpha, assert_close};
use crate::noise::Noise;

type Values = Vec<Vec<Vec<Option<f64>>>>;

/// Values `[pool][cell][block]`, of pools that differ and that lack a value now and then.
fn tables() -> impl Strategy<Value = Values> {
    (1..4_usize, 6..15_usize, prop::collection::vec(1.0..3.0_f64, 1..7)).prop_flat_map(|(cells, blocks, pools)| {
        let table = pools.into_iter().map(|slow| {
            let value = prop_oneof![19 => (1.0..1.3_f64).prop_map(move |value| Some(value * slow)), 1 => Just(None)];
            prop::collection::vec(prop::collection::vec(value, blocks), cells)
        });
        table.collect::<Vec<_>>()
    })
}

fn placed(table: &Values) -> Vec<Place> {
    let mut placed = places(table, Alpha::FIVE_PERCENT, 1.0).unwrap().placed;
    placed.sort_by_key(|place| place.pool);
    placed
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn every_pool_has_a_range_of_places_or_is_named(table in tables()) {
        let found = places(&table, Alpha::FIVE_PERCENT, 1.0).unwrap();
        let mut pools: Vec<usize> = found.placed.iter().map(|place| place.pool).collect();
        pools.extend(found.incomplete.iter().map(|incomplete| incomplete.pool));
        pools.sort_unstable();
        prop_assert_eq!(pools, (0..table.len()).collect::<Vec<_>>());
        let count = found.placed.len();
        prop_assert_eq!(found.pairs.len(), count * count.saturating_sub(1) / 2);
        for place in &found.placed {
            prop_assert!(1 <= place.best && place.best <= place.worst && place.worst <= count);
            if let (Some(score), Some(interval)) = (place.score, place.interval) {
                prop_assert!(interval.low() <= score + 1e-9 && score <= interval.high() + 1e-9);
            }
        }
        for Pair { ahead, behind, blocks, is_apart, adjusted_p, p_value, .. } in found.pairs {
            prop_assert!(ahead != behind && p_value <= adjusted_p && is_apart == (adjusted_p <= 0.05));
            prop_assert!(!is_apart || blocks >= fewest_blocks(1, Alpha::FIVE_PERCENT));
        }
    }

    #[test]
    fn a_pool_keeps_its_place_wherever_it_stands_and_whatever_the_unit(
        (table, order) in tables().prop_flat_map(|table| {
            let order: Vec<usize> = (0..table.len()).collect();
            (Just(table), Just(order).prop_shuffle())
        }),
        power in -9..9_i32,
    ) {
        let scaled = |values: &Vec<Vec<Option<f64>>>| {
            let cell = |cell: &Vec<Option<f64>>| cell.iter().map(|one| one.map(|one| one * 2.0_f64.powi(power))).collect();
            values.iter().map(cell).collect()
        };
        let moved = placed(&order.iter().map(|pool| scaled(&table[*pool])).collect());
        let stayed = placed(&table);
        prop_assert_eq!(moved.len(), stayed.len());
        for place in moved {
            let same = stayed.iter().find(|other| other.pool == order[place.pool]).unwrap();
            prop_assert_eq!((same.best, same.worst), (place.best, place.worst));
            prop_assert_eq!(same.score.is_some(), place.score.is_some());
            assert_close(same.score.unwrap_or(0.0), place.score.unwrap_or(0.0));
        }
    }
}

#[test]
fn fourteen_blocks_are_the_fewest_for_all_pairs_of_24_pools() {
    let fewest = [0, 1, 28, 276, 300, 44_850].map(|pairs| fewest_blocks(pairs, Alpha::FIVE_PERCENT));
    assert_eq!(fewest, [6, 6, 11, 14, 14, 21]);
    assert_eq!(fewest_blocks(276, alpha(0.01)), 16);
}

#[test]
fn places_are_certain_with_enough_blocks_and_all_with_fewer() {
    let pool = |slow: u32, blocks: u32| {
        let value = |block: u32| Some(f64::from(slow) * f64::from(100 + block * 7 % 5));
        vec![(0..blocks).map(value).collect::<Vec<_>>(); 2]
    };
    let ranges = |blocks| -> Vec<(usize, usize)> {
        let table: Values = [3, 1, 2, 4].map(|slow| pool(slow, blocks)).to_vec();
        placed(&table).iter().map(|place| (place.best, place.worst)).collect()
    };
    // Six pairs share 5 %, and 2^-7 is less than a sixth of that.
    assert_eq!(ranges(8), [(3, 3), (1, 1), (2, 2), (4, 4)]);
    assert_eq!(ranges(7), [(1, 4); 4]);
    let table: Values = [3, 1, 2, 4].map(|slow| pool(slow, 8)).to_vec();
    let found = places(&table, Alpha::FIVE_PERCENT, 1.0).unwrap();
    let order: Vec<usize> = found.placed.iter().map(|place| place.pool).collect();
    assert_eq!(order, [1, 2, 0, 3]);
    for (place, expected) in found.placed.iter().zip([1.0, 2.0, 3.0, 4.0]) {
        assert_close(place.score.unwrap(), expected);
        assert_close(place.interval.unwrap().high(), expected);
    }
}

#[test]
fn nothing_that_is_lacking_or_alike_is_too_much() {
    let alike: Values = vec![vec![vec![Some(5.0); 20]; 3]; 4];
    let ranges = |table: &Values| -> Vec<(usize, usize)> {
        placed(table).iter().map(|place| (place.best, place.worst)).collect()
    };
    assert_eq!(ranges(&alike), [(1, 4); 4]);
    assert_eq!(ranges(&vec![vec![vec![Some(5.0); 20]]]), [(1, 1)]);
    for nothing in [vec![], vec![vec![]], vec![vec![vec![]; 2]; 2]] {
        assert_eq!(places(&nothing, Alpha::FIVE_PERCENT, 1.0).unwrap().placed, []);
    }
    // No block in common: both may have either place, and only the best of the cell has a score.
    let half = |early: bool| vec![(0..20).map(|block| (early == (block < 10)).then_some(2.0)).collect::<Vec<_>>()];
    let apart = placed(&vec![half(true), half(false)]);
    assert_eq!(
        apart.iter().map(|place| (place.best, place.worst, place.score)).collect::<Vec<_>>(),
        [(1, 2, Some(1.0)), (1, 2, None)]
    );
    let mut lacking = alike;
    lacking[2].pop();
    let found = places(&lacking, Alpha::FIVE_PERCENT, 1.0).unwrap();
    assert_eq!((found.placed.len(), found.incomplete[0].pool, &found.incomplete[0].missing[..]), (3, 2, &[2][..]));
    lacking[1][0][7] = Some(-1.0);
    let refused = places(&lacking, Alpha::FIVE_PERCENT, 1.0).unwrap_err();
    assert_eq!(refused, BadSample::NotPositive { position: 7, value: -1.0 });
}

/// Pools whose noise is upwards only, in blocks that disturb all of them: any of 28 pairs apart in at most 5 % of runs.
#[test]
fn equal_pools_are_put_apart_in_at_most_five_percent_of_runs() {
    let mut noise = Noise::new(31);
    let runs: u32 = 400;
    let split = (0..runs).filter(|_| {
        let blocks: Vec<f64> = (0..16).map(|_| noise.normal()).collect();
        let mut value = |block: &f64| Some((0.5 * block + noise.disturbed_pair()).exp());
        let mut cell = |_| blocks.iter().map(&mut value).collect();
        let table: Values = (0..8).map(|_| (0..3).map(&mut cell).collect()).collect();
        placed(&table).iter().any(|place| (place.best, place.worst) != (1, 8))
    });
    let share = f64::from(u32::try_from(split.count()).unwrap()) / f64::from(runs);
    assert!(share <= 0.075, "{share}");
}

/// Five equal pools beside five that are far apart, whose pairs are all found: the steps still keep the promise.
#[test]
fn equal_pools_among_unequal_ones_stay_together() {
    let mut noise = Noise::new(32);
    let runs: u32 = 400;
    let (mut split, mut missed) = (0, 0);
    for _ in 0..runs {
        let mut cell = |pool: usize| {
            let slow = if pool < 5 { 0.0 } else { 2.0 * f64::from(u32::try_from(pool).unwrap()) };
            vec![(0..16).map(|_| Some((slow + 0.1 * noise.normal()).exp())).collect::<Vec<_>>()]
        };
        let table: Values = (0..10).map(&mut cell).collect();
        let found = places(&table, Alpha::FIVE_PERCENT, 1.0).unwrap();
        let (equal, unequal): (Vec<&Pair>, Vec<&Pair>) =
            found.pairs.iter().partition(|pair| pair.ahead < 5 && pair.behind < 5);
        split += u32::from(equal.iter().any(|pair| pair.is_apart));
        missed += u32::from(unequal.iter().any(|pair| !pair.is_apart));
    }
    assert!(f64::from(split) / f64::from(runs) <= 0.075, "{split}");
    assert_eq!(missed, 0);
}
