//! Where two fitted curves cross within a range, and how often draws of blocks say that they do not.

use super::{Alpha, Draws, Interval};

/// Up to a parabola: `c[0] + c[1] x + c[2] x^2`.
pub type Curve = [f64; 3];

/// Where two curves cross, from their fits in each draw.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Crossing {
    /// Where the fits to all blocks cross; none if they do not within the range.
    pub at: Option<f64>,
    /// Where the draws that have a crossing have it; none where less than half have one, or blocks are too few.
    pub interval: Option<Interval>,
    /// The share of draws without a crossing in the range.
    pub without: f64,
}

/// The first x in `range` at which the two are equal and change sides; none if there is none.
pub fn first_crossing(one: Curve, other: Curve, range: Interval) -> Option<f64> {
    let [c, b, a] = [0, 1, 2].map(|at| one[at] - other[at]);
    let mut roots: Vec<f64> = if a.abs() > 0.0 {
        let root = (b * b - 4.0 * a * c).sqrt();
        // The form without cancellation: q and c / q (Press and others, Numerical Recipes, 5.6).
        let q = -0.5 * (b + root.copysign(b));
        // Where the two touch they do not change sides.
        if root > 0.0 { vec![q / a, c / q] } else { Vec::new() }
    } else {
        vec![-c / b]
    };
    roots.retain(|root| root.is_finite() && range.contains(*root));
    roots.into_iter().reduce(f64::min)
}

impl Crossing {
    /// From the two fits of all blocks and those of each draw.
    pub fn of(whole: (Curve, Curve), again: &[(Curve, Curve)], range: Interval, draws: &Draws, alpha: Alpha) -> Self {
        let found: Vec<f64> = again.iter().filter_map(|(one, other)| first_crossing(*one, *other, range)).collect();
        let all = super::number::real(again.len().max(1));
        Self {
            at: first_crossing(whole.0, whole.1, range),
            interval: draws.interval(&found, alpha),
            without: 1.0 - super::number::real(found.len()) / all,
        }
    }
}
