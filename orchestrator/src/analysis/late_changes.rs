//! How the last batches of a cell's trials compare with the others: one number a trial, and what they come to.

use std::sync::OnceLock;

use crate::stats::{self, Late};

/// The trials of one setup that tell it.
#[derive(Clone, Debug, Default)]
pub struct LateChanges {
    /// Logarithms of ratios.
    each: Vec<f64>,
    /// What they come to, asked for by every comparison and reckoned once.
    over_all: OnceLock<Option<Late>>,
}

impl LateChanges {
    /// Adds that of a trial, if it tells one.
    pub fn add(&mut self, change: Option<f64>) {
        self.each.extend(change);
        self.over_all = OnceLock::new();
    }

    /// How the last batches compare over all trials; nothing where too few tell.
    pub fn over_all(&self) -> Option<Late> {
        *self.over_all.get_or_init(|| stats::late(&self.each).ok().flatten())
    }
}
