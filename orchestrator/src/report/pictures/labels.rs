//! Where labels stand so that none covers another.

use crate::analysis::float;

/// The height of a line of text, in the picture's units.
pub(super) const LINE: f64 = 14.0;
/// The width of a letter of labels, which are in a font whose letters are all alike: 0.6 of its height, and a little more.
pub(super) const LETTER: f64 = 6.8;
/// The most letters of a label beside what is drawn.
const LONGEST: usize = 20;

/// A name that leaves room for the picture.
pub(super) fn cut(name: &str) -> String {
    cut_to(name, LONGEST)
}

/// A name of at most so many letters, at least 2.
pub(super) fn cut_to(name: &str, longest: usize) -> String {
    if name.chars().count() <= longest {
        return name.to_owned();
    }
    name.chars().take(longest - 2).collect::<String>() + ".."
}

/// How wide a text is.
pub(super) fn width(text: &str) -> f64 {
    LETTER * float(text.chars().count() as u64)
}

/// Heights as near as may be to the wanted ones, in squares, at least a line apart and between `top` and `bottom`; in the order of
/// `wanted`. Where so many lines have no room there they are evenly spread.
pub(super) fn spread(wanted: &[f64], (top, bottom): (f64, f64)) -> Vec<f64> {
    let last = float(wanted.len().saturating_sub(1) as u64);
    let gap = if last > 0.0 { LINE.min((bottom - top) / last) } else { LINE };
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|one, other| wanted[*one].total_cmp(&wanted[*other]));
    // Less the lines above each they must only not descend: runs that would are at their mean (pool adjacent violators).
    let mut runs: Vec<(f64, f64)> = Vec::new();
    for (line, at) in order.iter().enumerate() {
        let mut run = (wanted[*at] - gap * float(line as u64), 1.0);
        while let Some(above) = runs.last().copied().filter(|above| above.0 >= run.0) {
            run = ((above.0 * above.1 + run.0 * run.1) / (above.1 + run.1), above.1 + run.1);
            runs.pop();
        }
        runs.push(run);
    }
    let heights = runs.iter().flat_map(|(height, lines)| (0..crate::analysis::whole(*lines)).map(|_| *height));
    let mut places = wanted.to_vec();
    for ((line, at), height) in order.iter().enumerate().zip(heights) {
        places[*at] = height.clamp(top, (bottom - gap * last).max(top)) + gap * float(line as u64);
    }
    places
}

/// A text's place: its left end and its middle's height, and how far it reaches.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spot {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
}

impl Spot {
    fn covers(&self, other: &Self) -> bool {
        self.x < other.x + other.width && other.x < self.x + self.width && (self.y - other.y).abs() < LINE
    }
}

/// The frame that places lie in: left, top, right and bottom.
pub(super) type Frame = (f64, f64, f64, f64);

/// Places beside points `(x, y, width of the text)`, each the nearest that is free, within the frame and on none of the `taken` points;
/// nothing where there is none.
pub(super) fn beside(points: &[(f64, f64, f64)], taken: &[(f64, f64)], frame: Frame) -> Vec<Option<Spot>> {
    const MARK: f64 = 10.0;
    let (left, top, right, bottom) = frame;
    let mut taken: Vec<Spot> = taken.iter().map(|(x, y)| Spot { x: x - MARK / 2.0, y: *y, width: MARK }).collect();
    let mut place = |(x, y, width): (f64, f64, f64)| {
        let rings = (0..16).map(|ring| LINE / 2.0 * float(ring));
        let tries = rings.flat_map(|far| {
            [
                (8.0, -far),
                (-8.0 - width, -far),
                (8.0, far),
                (-8.0 - width, far),
                (-width / 2.0, -LINE - far),
                (-width / 2.0, LINE + far),
            ]
            .map(|(dx, dy)| Spot { x: x + dx, y: y + dy, width })
        });
        let fits = |spot: &Spot| spot.x >= left && spot.x + width <= right && spot.y >= top && spot.y <= bottom;
        let found = tries.filter(fits).find(|spot| !taken.iter().any(|one| one.covers(spot)));
        taken.extend(found);
        found
    };
    points.iter().map(|point| place(*point)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn labels_are_a_line_apart_and_within_the_frame(wanted in prop::collection::vec(-500.0..500.0_f64, 1..12)) {
            let places = spread(&wanted, (10.0, 190.0));
            let mut sorted = places.clone();
            sorted.sort_by(f64::total_cmp);
            prop_assert!(sorted.windows(2).all(|two| two[1] - two[0] >= LINE - 1e-9), "{places:?}");
            prop_assert!(sorted[0] >= 10.0 && sorted[sorted.len() - 1] <= 190.0 + 1e-9, "{places:?}");
            for (one, other) in (0..wanted.len()).flat_map(|one| (0..wanted.len()).map(move |other| (one, other))) {
                prop_assert!(wanted[one] >= wanted[other] || places[one] < places[other], "in order: {places:?}");
            }
        }

        #[test]
        fn labels_with_room_stay_where_they_should(first in 20.0..40.0_f64, apart in LINE..40.0) {
            let wanted = [first + apart, first, first + 2.0 * apart];
            for (place, wanted) in spread(&wanted, (10.0, 190.0)).iter().zip(wanted) {
                prop_assert!((place - wanted).abs() < 1e-9);
            }
        }

        #[test]
        fn no_label_covers_another_or_a_point(
            points in prop::collection::vec((0.0..300.0_f64, 0.0..200.0_f64, 10.0..140.0_f64), 1..20),
        ) {
            let marks: Vec<(f64, f64)> = points.iter().map(|(x, y, _)| (*x, *y)).collect();
            let spots: Vec<Spot> = beside(&points, &marks, (0.0, 0.0, 300.0, 200.0)).into_iter().flatten().collect();
            for (at, one) in spots.iter().enumerate() {
                prop_assert!(spots[..at].iter().all(|other| !other.covers(one)), "{spots:?}");
                prop_assert!(one.x >= 0.0 && one.x + one.width <= 300.0 && one.y >= 0.0 && one.y <= 200.0);
                let inside = |(x, y): &&(f64, f64)| (one.x..one.x + one.width).contains(x) && (y - one.y).abs() < LINE;
                prop_assert!(marks.iter().find(inside).is_none());
            }
        }
    }

    #[test]
    fn a_few_points_all_have_their_label() {
        let points: Vec<(f64, f64, f64)> = (0..6).map(|at| (50.0 + f64::from(at), 60.0, 40.0)).collect();
        let spots = beside(&points, &[], (0.0, 0.0, 300.0, 200.0));
        assert_eq!(spots.into_iter().flatten().count(), 6);
        assert_eq!(
            beside(&[(5.0, 5.0, 1000.0)], &[], (0.0, 0.0, 300.0, 200.0)),
            [None],
            "what fits nowhere has no place"
        );
    }

    #[test]
    fn a_long_name_is_cut() {
        assert_eq!(
            (cut("rayon").as_str(), cut("a-name-of-many-letters-in-a-row").as_str()),
            ("rayon", "a-name-of-many-let..")
        );
    }
}
