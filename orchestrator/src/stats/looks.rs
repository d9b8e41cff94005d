//! When a run may look at its own data to decide whether to go on.
//!
//! A run of 40 blocks that looks after every block and stops when it pleases finds a difference between equal pools
//! in more than a fifth of all cases. Three looks fixed beforehand, whose errors add up to 5 %, keep the promise.

use super::{Alpha, Band, Interval};

/// A point at which a run with `--until` may stop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// After how many blocks.
    pub blocks: usize,
    /// The error that this look may spend; everything it reports is at this level.
    pub alpha: Alpha,
}

impl Look {
    /// All of them in order: 1 %, 1.5 % and 2.5 %.
    pub const ALL: [Self; 3] = [Self::new(10, 0.01), Self::new(20, 0.015), Self::new(40, 0.025)];

    const fn new(blocks: usize, alpha: f64) -> Self {
        match Alpha::new(alpha) {
            Some(alpha) => Self { blocks, alpha },
            None => unreachable!(),
        }
    }

    /// The first look after more than `blocks` blocks; none after the last.
    pub fn after(blocks: usize) -> Option<Self> {
        Self::ALL.into_iter().find(|look| look.blocks > blocks)
    }

    /// The look at whose level a run reports after `blocks` blocks: the last at or before, which is stricter than the next;
    /// before the first it is the first.
    pub fn reached(blocks: usize) -> Self {
        Self::ALL.into_iter().rfind(|look| look.blocks <= blocks).unwrap_or(Self::ALL[0])
    }
}

/// Whether every interval of `ln(B / A)` is known to plus or minus `target`; one that doesn't exist yet is not, and where
/// there is none at all, nothing is known.
pub fn narrow_enough(intervals: &[Option<Interval>], target: Band) -> bool {
    let narrow = |interval: Interval| interval.half_width() <= target.half_width();
    !intervals.is_empty() && intervals.iter().all(|interval| interval.is_some_and(narrow))
}
