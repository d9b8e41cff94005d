//! Fits, draws of blocks, scaling and granularity against values by hand and their own laws.

use orchestrator::stats::{
    Alpha, Cell, Draws, HALF, Interval, Line, Metg, Scaling, first_crossing, least_squares, metg, non_negative,
    theil_sen,
};
use proptest::prelude::*;

use super::noise::Noise;

#[test]
fn a_fit_that_cannot_be_is_none() {
    let ones = vec![1.0; 3];
    let fit = |columns: &[Vec<f64>], y: &[f64], weights: &[f64]| least_squares(columns, y, weights);
    assert!(fit(&[ones.clone(), vec![1.0, 2.0, 3.0]], &[1.0, 2.0, 3.0], &ones).is_some());
    assert_eq!(fit(&[ones.clone(), vec![2.0; 3]], &[1.0, 2.0, 3.0], &ones), None, "one column is the other");
    assert_eq!(fit(std::slice::from_ref(&ones), &[1.0, f64::NAN, 3.0], &ones), None);
    assert_eq!(fit(std::slice::from_ref(&ones), &[1.0, 2.0], &ones), None, "lengths differ");
    assert_eq!(fit(&[], &[1.0], &[1.0]), None);
    assert_eq!(fit(std::slice::from_ref(&ones), &[1.0, 2.0, 3.0], &[1.0, -1.0, 1.0]), None);
    assert_eq!(non_negative(&vec![ones.clone(); 5], &[1.0; 3], &ones), None, "five unknowns");
    assert_eq!(Line::not_negative(&[(1.0, 1.0, 1.0), (1.0, 2.0, 1.0)]), None, "one x");
    assert_eq!(theil_sen(&[(1.0, 1.0)]), None);
    assert_eq!(metg(&[]), None);
    assert_eq!(Scaling::fit(&[(1.0, 1.0), (2.0, 1.9), (4.0, 3.0)]), None, "three numbers of workers");
}

#[test]
fn what_would_be_below_0_is_0() {
    // The plain line is -1 + 2 x.
    let points = [(1.0, 1.0, 1.0), (2.0, 3.0, 1.0), (3.0, 5.0, 1.0)];
    let line = Line::not_negative(&points).unwrap();
    assert_eq!(line.fixed, 0.0);
    assert!((line.each - 22.0 / 14.0).abs() < 1e-12, "through the origin: {line:?}");
    let falling = Line::not_negative(&[(1.0, 5.0, 1.0), (2.0, 3.0, 1.0)]).unwrap();
    assert_eq!((falling.fixed, falling.each), (4.0, 0.0));
    let below = Line::not_negative(&[(1.0, -5.0, 1.0), (2.0, -3.0, 1.0)]).unwrap();
    assert_eq!((below.fixed, below.each), (0.0, 0.0));
}

#[test]
fn granularity_is_read_off_between_the_two_neighbours() {
    let points = [(1e6, 0.9), (1e4, 0.25), (1e5, 0.8), (1e3, 0.05)];
    let Some(Metg::At(found)) = metg(&points) else { panic!("it is inside") };
    let share = (0.5_f64 / 0.25).ln() / (0.8_f64 / 0.25).ln();
    assert!((found / 10_f64.powf(4.0 + share) - 1.0).abs() < 1e-12, "{found}");
    assert_eq!(metg(&points[..1]), Some(Metg::Below(1e6)));
    assert_eq!(metg(&[(1e3, 0.1), (1e4, 0.4)]), Some(Metg::Above(1e4)));
    assert_eq!(metg(&[(1e3, 0.1), (1e4, 1.2)]), Some(Metg::Refused(1.2)));
    assert_eq!(metg(&[(1e3, 0.1), (1e4, HALF)]), Some(Metg::At(1e4)));
}

#[test]
fn scaling_comes_back_out_of_noise_of_3_percent() {
    let truth = Scaling { rate: 1000.0, contention: 0.05, coherence: 0.0008 };
    let mut noise = Noise::new(5);
    let points: Vec<(f64, f64)> =
        (1..=64).map(|n| (f64::from(n), truth.at(f64::from(n)) * (1.0 + 0.03 * noise.normal()))).collect();
    let found = Scaling::fit(&points).unwrap();
    assert!((found.rate / 1000.0 - 1.0).abs() < 0.04, "{found:?}");
    assert!((found.contention - 0.05).abs() < 0.006 && (found.coherence - 0.0008).abs() < 0.0001, "{found:?}");
    assert!((found.peak().unwrap() - 34.5).abs() < 1.5, "{found:?}");
    let exact: Vec<(f64, f64)> = [1.0, 2.0, 4.0, 8.0].map(|n| (n, 10.0 * n)).to_vec();
    assert_eq!(Scaling::fit(&exact).unwrap().peak(), None, "more always bring more");
}

#[test]
fn curves_cross_where_they_change_sides_first() {
    let range = Interval::between(0.0, 10.0);
    assert_eq!(first_crossing([1.0, 1.0, 0.0], [3.0, 0.0, 0.0], range), Some(2.0));
    assert_eq!(first_crossing([1.0, 1.0, 0.0], [30.0, 0.0, 0.0], range), None);
    assert_eq!(first_crossing([1.0, 1.0, 0.0], [3.0, 1.0, 0.0], range), None, "side by side");
    assert_eq!(first_crossing([6.0, -5.0, 1.0], [0.0; 3], range), Some(2.0));
    assert_eq!(first_crossing([4.0, -4.0, 1.0], [0.0; 3], range), None, "they touch");
    assert_eq!(first_crossing([0.0; 3], [0.0; 3], range), None, "they are one");
}

#[test]
fn draws_are_the_same_for_the_same_seed_and_have_all_blocks() {
    let (one, same, other) = (Draws::new(20, 7), Draws::new(20, 7), Draws::new(20, 8));
    assert!(one.each().eq(same.each()) && !one.each().eq(other.each()));
    assert!(one.each().all(|draw| draw.iter().sum::<u16>() == 20));
    assert_eq!(Draws::new(5, 1).interval(&[1.0; 1000], Alpha::FIVE_PERCENT), None, "too few blocks");
    assert_eq!(Draws::new(20, 1).interval(&[1.0; 400], Alpha::FIVE_PERCENT), None, "most draws lack it");
    assert_eq!(Draws::new(0, 1).each().count(), 0);
}

/// Times with weights.
fn points() -> impl Strategy<Value = Vec<(f64, f64, f64)>> {
    prop::collection::vec((1.0..1e6_f64, 0.0..1e9_f64, 0.1..10.0_f64), 2..9)
}

proptest! {
    #[test]
    fn the_line_that_is_not_negative_is_that_of_active_sets(points in points()) {
        let column = |of: fn(&(f64, f64, f64)) -> f64| points.iter().map(of).collect::<Vec<f64>>();
        let columns = [column(|_| 1.0), column(|point| point.0)];
        let (y, weights) = (column(|point| point.1), column(|point| point.2));
        if let (Some(line), Some(fit)) = (Line::not_negative(&points), non_negative(&columns, &y, &weights)) {
            let own: f64 = points.iter().map(|(x, y, w)| w * (y - line.at(*x)).powi(2)).sum();
            prop_assert!(line.fixed >= 0.0 && line.each >= 0.0);
            prop_assert!(own <= fit.residual * (1.0 + 1e-6) + 1e-6, "{line:?} {fit:?}");
            prop_assert!(fit.residual <= own * (1.0 + 1e-6) + 1e-6, "{line:?} {fit:?}");
        }
    }

    #[test]
    fn a_fit_leaves_nothing_that_a_column_could_explain(points in points()) {
        let column = |of: fn(&(f64, f64, f64)) -> f64| points.iter().map(of).collect::<Vec<f64>>();
        let columns = [column(|_| 1.0), column(|point| point.0)];
        let (y, weights) = (column(|point| point.1), column(|point| point.2));
        if let Some(fit) = least_squares(&columns, &y, &weights) {
            for own in &columns {
                let left: f64 = (0..y.len()).map(|at| {
                    weights[at] * own[at] * (y[at] - fit.at(&[columns[0][at], columns[1][at]]))
                }).sum();
                let size: f64 = (0..y.len()).map(|at| weights[at] * own[at].abs() * y[at].abs()).sum();
                prop_assert!(left.abs() <= 1e-7 * size + 1e-9, "{left} of {size}");
            }
        }
    }

    #[test]
    fn the_median_of_a_draw_is_that_of_its_values(values in prop::collection::vec(prop::option::weighted(0.8, 0.0..1e9_f64), 6..20), seed: u64) {
        let draws = Draws::new(values.len(), seed);
        if let Some(cell) = Cell::new(&values) {
            for draw in draws.each().take(20) {
                let copies = values.iter().zip(draw).flat_map(|(value, count)| vec![*value; usize::from(*count)]);
                let drawn: Vec<f64> = copies.flatten().collect();
                let right = orchestrator::stats::Sample::new(&drawn).ok().map(|sample| sample.median());
                prop_assert_eq!(cell.median_of(draw), right);
            }
        }
    }

    #[test]
    fn theil_sen_turns_with_its_scale(points in prop::collection::vec((0.0..1e3_f64, 0.0..1e3_f64), 2..12)) {
        if let Some(slope) = theil_sen(&points) {
            let twice: Vec<(f64, f64)> = points.iter().map(|(x, y)| (*x, 2.0 * y)).collect();
            prop_assert_eq!(theil_sen(&twice), Some(2.0 * slope));
        }
    }

    #[test]
    fn granularity_is_the_same_in_any_order(mut points in prop::collection::vec((1.0..1e7_f64, 0.01..1.0_f64), 1..9)) {
        let found = metg(&points);
        points.reverse();
        prop_assert_eq!(found, metg(&points));
    }
}
