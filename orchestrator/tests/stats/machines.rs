//! Machines that stand for others of their kind: each counts once, and then errors are what they are said to be.

use orchestrator::stats::{Alpha, Cell, DRAWS, Drawn, Draws, FEWEST_MACHINES, SignedRank, places, places_of};
use proptest::prelude::*;

use crate::noise::Noise;

const MACHINES: usize = 12;
const BLOCKS: usize = 48;

/// Blocks dealt to machines like cards, block 0 in front.
fn dealt(machines: usize, blocks: usize) -> Drawn {
    Drawn::Machines((0..=blocks).map(|block| block.checked_sub(1).map(|block| block % machines)).collect())
}

/// What differs by machine as much as from block to block, with block 0 in front.
fn by_block(noise: &mut Noise) -> Vec<Option<f64>> {
    let machines: Vec<f64> = (0..MACHINES).map(|_| noise.normal()).collect();
    let values = (0..BLOCKS).map(|block| Some(machines[block % MACHINES] + noise.normal()));
    [None].into_iter().chain(values).collect()
}

fn is_alarm(values: &[Option<f64>]) -> bool {
    let known: Vec<f64> = values.iter().flatten().copied().collect();
    let interval = SignedRank::new(&known).unwrap().interval(Alpha::FIVE_PERCENT);
    interval.is_some_and(|interval| !interval.contains(0.0))
}

#[expect(clippy::cast_precision_loss, reason = "small counts")]
fn share(runs: usize, happens: impl FnMut(usize) -> bool) -> f64 {
    (0..runs).map(happens).filter(|it| *it).count() as f64 / runs as f64
}

#[test]
fn what_is_equal_over_a_kind_is_called_different_in_five_percent_though_machines_differ() {
    let mut noise = Noise::new(60);
    let runs: Vec<_> = (0..4000).map(|_| by_block(&mut noise)).collect();
    let drawn = dealt(MACHINES, BLOCKS);
    let folded = share(4000, |run| is_alarm(&drawn.fold(runs[run].clone())));
    assert!((0.035..=0.065).contains(&folded), "{folded}");
    // As blocks they would be called different far more often: of these machines that is right, of their kind it is not.
    let blocks = share(4000, |run| is_alarm(&runs[run]));
    assert!(blocks > 0.2, "{blocks}");
}

#[test]
fn a_median_over_a_kind_lies_where_draws_of_machines_say() {
    let mut noise = Noise::new(61);
    let (machines, blocks) = (Draws::of(&dealt(MACHINES, BLOCKS), BLOCKS, 1), Draws::new(BLOCKS, 1));
    let mut held = [0, 0];
    for _ in 0..400 {
        let cell = Cell::new(&by_block(&mut noise)[1..]).unwrap();
        for (draws, held) in [&machines, &blocks].into_iter().zip(&mut held) {
            let again: Vec<f64> = draws.each().filter_map(|draw| cell.median_of(draw)).collect();
            *held += u32::from(draws.interval(&again, Alpha::FIVE_PERCENT).unwrap().contains(0.0));
        }
    }
    assert!(held[0] >= 368, "{} of 400", held[0]);
    assert!(held[1] < 340, "{} of 400", held[1]);
}

#[test]
fn equal_pools_are_put_in_an_order_in_five_percent_though_machines_prefer_one() {
    let mut noise = Noise::new(62);
    let drawn = dealt(MACHINES, BLOCKS);
    let mut apart = [0, 0];
    for _ in 0..400 {
        let mut pool = || vec![by_block(&mut noise).into_iter().map(|one| one.map(f64::exp)).collect()];
        let pools: Vec<Vec<Vec<Option<f64>>>> = vec![pool(), pool()];
        let found = [
            places_of((2, 1), |pool, cell| pools[pool][cell].clone(), Alpha::FIVE_PERCENT, 1.0, &drawn).unwrap(),
            places(&pools, Alpha::FIVE_PERCENT, 1.0).unwrap(),
        ];
        assert_eq!(found.each_ref().map(|one| one.pairs[0].blocks), [MACHINES, BLOCKS]);
        found.iter().zip(&mut apart).for_each(|(found, apart)| *apart += u32::from(found.pairs[0].is_apart));
    }
    assert!(apart[0] <= 36, "{} of 400", apart[0]);
    assert!(apart[1] > 60, "{} of 400", apart[1]);
}

#[test]
fn a_draw_of_machines_has_as_much_as_they_have() {
    let draws = Draws::of(&dealt(FEWEST_MACHINES, 30), 30, 2);
    assert_eq!(draws.each().count(), DRAWS);
    for draw in draws.each() {
        assert_eq!(draw.iter().sum::<u16>(), 30);
        // Whole machines: what is drawn of one is a multiple of its three blocks.
        let of_machine = |machine| draw.iter().skip(machine).step_by(FEWEST_MACHINES).sum::<u16>();
        assert!((0..FEWEST_MACHINES).all(|machine| of_machine(machine) % 3 == 0));
    }
}

proptest! {
    #[test]
    fn a_block_each_is_what_blocks_are(values in prop::collection::vec(prop::option::of(-9.0..9.0), 10..40)) {
        let all: Vec<Option<f64>> = [None].into_iter().chain(values.clone()).collect();
        prop_assert_eq!(dealt(values.len(), values.len()).fold(all.clone()), values);
        prop_assert_eq!(Drawn::Blocks.fold(all.clone()), all);
    }

    #[test]
    fn the_order_of_a_machines_blocks_is_of_no_matter(
        values in prop::collection::vec(prop::option::of(-9.0..9.0), 30),
        by in 0..3_usize,
    ) {
        let laid = |values: Vec<Option<f64>>| -> Vec<Option<f64>> { [None].into_iter().chain(values).collect() };
        let mut turned = values.clone();
        // Dealt to ten, a block's machine has the blocks ten and twenty further on.
        turned.rotate_left(10 * by);
        let drawn = dealt(10, 30);
        prop_assert_eq!(drawn.fold(laid(values)), drawn.fold(laid(turned)));
    }
}
