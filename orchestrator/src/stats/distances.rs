//! How far a pool is from the best of a cell, block by block, and the median of that over any draw of the blocks.

/// Differences of logarithms, ascending, each with its position in block order.
pub(super) struct Distances(Vec<(f64, usize)>);

impl Distances {
    /// `own` less `best` in every block that has both.
    pub(super) fn between(best: &[Option<f64>], own: &[Option<f64>]) -> Self {
        let pairs = best.iter().zip(own).filter_map(|(best, own)| Some((*own)? - (*best)?));
        let mut sorted: Vec<(f64, usize)> = pairs.zip(0..).collect();
        sorted.sort_unstable_by(|one, other| one.0.total_cmp(&other.0));
        Self(sorted)
    }

    /// How many blocks have both.
    pub(super) fn size(&self) -> usize {
        self.0.len()
    }

    /// The median distance.
    pub(super) fn median(&self) -> f64 {
        self.median_of(&vec![1; self.size()])
    }

    /// The median distance where the value at a position comes as often as `counts` says. The counts add up to the
    /// size, so that counting finds the middle without sorting anew.
    pub(super) fn median_of(&self, counts: &[u32]) -> f64 {
        f64::midpoint(self.drawn((self.size() - 1) / 2, counts), self.drawn(self.size() / 2, counts))
    }

    /// The value at `index` of the ascending draw.
    fn drawn(&self, index: usize, counts: &[u32]) -> f64 {
        let mut seen = 0;
        let is_reached = |(_, position): &&(f64, usize)| {
            seen += counts[*position] as usize;
            seen > index
        };
        self.0.iter().find(is_reached).map_or(f64::NAN, |(value, _)| *value)
    }
}
