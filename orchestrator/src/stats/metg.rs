//! METG(50 %): the smallest granularity at which half of the cores' time is work (Slaughter and others, Task Bench, SC 2020).

/// More than this of the cores' time cannot be work: the sequential time is not that of the same job.
pub const IMPOSSIBLE: f64 = 1.1;
/// The efficiency asked for.
pub const HALF: f64 = 0.5;

/// The smallest granularity at half efficiency.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Metg {
    /// There.
    At(f64),
    /// Every granularity tried had more: it is below the smallest, which this is.
    Below(f64),
    /// Every one had less: it is above the largest, which this is.
    Above(f64),
    /// An efficiency is above [`IMPOSSIBLE`]: this one.
    Refused(f64),
}

/// From `(granularity, efficiency)`, each above 0, in any order: of those at half or more the smallest, and from there to its
/// next smaller neighbour in logarithms of both. None without a point.
pub fn metg(points: &[(f64, f64)]) -> Option<Metg> {
    let mut points = points.to_vec();
    points.sort_unstable_by(|one, other| one.0.total_cmp(&other.0));
    if let Some((_, most)) = points.iter().max_by(|one, other| one.1.total_cmp(&other.1))
        && *most > IMPOSSIBLE
    {
        return Some(Metg::Refused(*most));
    }
    let first = points.iter().position(|(_, efficiency)| *efficiency >= HALF);
    Some(match first {
        None => Metg::Above(points.last()?.0),
        Some(0) => Metg::Below(points[0].0),
        Some(at) => {
            let ((x0, e0), (x1, e1)) = (points[at - 1], points[at]);
            let share = (HALF / e0).ln() / (e1 / e0).ln();
            Metg::At(x0 * (x1 / x0).powf(share))
        }
    })
}
