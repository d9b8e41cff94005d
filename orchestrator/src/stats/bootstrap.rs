//! Where a figure of many cells lies, by drawing whole blocks again: trials of one block share its weather.

use rand::{RngExt as _, SeedableRng as _};
use rand_pcg::Pcg64;
use statrs::distribution::{ContinuousCDF as _, Normal, StudentsT};

use super::number::real;
use super::{Alpha, Drawn, Interval, Sample};

/// How often blocks are drawn for one interval: its ends at 95 % and 20 blocks are the 16th values from each end.
pub const DRAWS: usize = 1000;

/// Blocks drawn with replacement, again and again; one set of draws for all figures of a run, so that figures of the same
/// blocks stay paired.
#[derive(Clone, Debug)]
pub struct Draws {
    blocks: usize,
    /// How much each draw is of: blocks, or machines.
    units: usize,
    /// Of each draw, how often it has each block.
    counts: Vec<u16>,
}

impl Draws {
    /// [`DRAWS`] draws of so many blocks; the same seed gives the same draws.
    pub fn new(blocks: usize, seed: u64) -> Self {
        let mut generator = Pcg64::seed_from_u64(seed);
        let mut counts = vec![0; blocks * DRAWS];
        for draw in counts.chunks_exact_mut(blocks.max(1)) {
            (0..blocks).for_each(|_| draw[generator.random_range(0..blocks)] += 1);
        }
        Self { blocks, units: blocks, counts }
    }

    /// The same of a run whose machines were drawn: machines are drawn again, and for each as many blocks of it as it has.
    pub fn of(drawn: &Drawn, blocks: usize, seed: u64) -> Self {
        let Some(machines) = drawn.blocks_of_machines() else { return Self::new(blocks, seed) };
        let mut generator = Pcg64::seed_from_u64(seed);
        let mut counts = vec![0; blocks * DRAWS];
        for draw in counts.chunks_exact_mut(blocks.max(1)) {
            for _ in 0..machines.len() {
                let own = &machines[generator.random_range(0..machines.len())];
                for _ in own {
                    draw[own[generator.random_range(0..own.len())]] += 1;
                }
            }
        }
        Self { blocks, units: machines.len(), counts }
    }

    /// How many blocks each draw is from.
    pub fn blocks(&self) -> usize {
        self.blocks
    }

    /// Each draw: how often it has block 0, 1, ..
    pub fn each(&self) -> impl Iterator<Item = &[u16]> {
        self.counts.chunks_exact(self.blocks.max(1))
    }

    /// The interval of a figure from what it is in each draw; none below [`Alpha::fewest_blocks`] blocks, or where less than
    /// half of the draws have the figure.
    ///
    /// The percentile interval with its ends moved out to `Phi(-sqrt(n / (n - 1)) t(1 - alpha / 2, n - 1))`, since the plain one is
    /// as narrow as if n blocks were very many (Hesterberg 2015, "expanded percentile").
    pub fn interval(&self, figures: &[f64], alpha: Alpha) -> Option<Interval> {
        if self.units < alpha.fewest_blocks() || 2 * figures.len() < DRAWS {
            return None;
        }
        percentiles(figures, expanded(self.units, alpha)?)
    }
}

/// The interval between the values that a share `tail` of the figures lies below, and above. None for none.
pub fn percentiles(figures: &[f64], tail: f64) -> Option<Interval> {
    let figures = Sample::new(figures).ok()?;
    Some(Interval::between(figures.quantile(tail), figures.quantile(1.0 - tail)))
}

fn expanded(blocks: usize, alpha: Alpha) -> Option<f64> {
    let freedom = real(blocks.checked_sub(1)?);
    let t = StudentsT::new(0.0, 1.0, freedom).ok()?.inverse_cdf(1.0 - alpha.get() / 2.0);
    let standard = Normal::new(0.0, 1.0).ok()?;
    Some(standard.cdf(-(real(blocks) / freedom).sqrt() * t))
}

/// One cell's values, ready for the median of any draw of blocks.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Value and block, by value.
    sorted: Vec<(f64, usize)>,
}

impl Cell {
    /// Takes a value for each block that has one. What is not finite is left out; none if nothing is left.
    pub fn new(by_block: &[Option<f64>]) -> Option<Self> {
        let known = by_block.iter().enumerate().filter_map(|(block, value)| Some(((*value)?, block)));
        let mut sorted: Vec<(f64, usize)> = known.filter(|(value, _)| value.is_finite()).collect();
        sorted.sort_unstable_by(|one, other| one.0.total_cmp(&other.0));
        (!sorted.is_empty()).then_some(Self { sorted })
    }

    /// How many blocks have a value.
    pub fn size(&self) -> usize {
        self.sorted.len()
    }

    /// All values in ascending order.
    pub fn values(&self) -> impl Iterator<Item = f64> {
        self.sorted.iter().map(|(value, _)| *value)
    }

    /// The median of all values.
    pub fn median(&self) -> f64 {
        let size = self.size();
        f64::midpoint(self.sorted[(size - 1) / 2].0, self.sorted[size / 2].0)
    }

    /// The median of a draw; none if it drew no block that has a value.
    pub fn median_of(&self, draw: &[u16]) -> Option<f64> {
        let total: u32 = self.sorted.iter().map(|(_, block)| u32::from(draw[*block])).sum();
        let (lower, upper) = ((total.checked_sub(1)?) / 2, total / 2);
        let (mut passed, mut low) = (0, None);
        for (value, block) in &self.sorted {
            passed += u32::from(draw[*block]);
            if low.is_none() && passed > lower {
                low = Some(*value);
            }
            if passed > upper {
                return Some(f64::midpoint(low?, *value));
            }
        }
        None
    }
}
