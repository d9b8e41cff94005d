//! A figure with where it lies, as fits give it.

use serde::Serialize;

use crate::stats::{Alpha, Draws, Interval};

/// An estimate, and its interval at 95 % where there are blocks enough.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// From all blocks.
    pub value: f64,
    /// The low end.
    pub low: Option<f64>,
    /// The high end.
    pub high: Option<f64>,
}

impl Figure {
    /// A figure of all blocks and of each draw of them. The interval holds the value.
    pub fn of(value: f64, again: &[f64], draws: &Draws) -> Self {
        let interval = draws.interval(again, Alpha::FIVE_PERCENT).map(|found| found.including(value));
        Self { value, low: interval.map(Interval::low), high: interval.map(Interval::high) }
    }

    /// The interval, if there is one.
    pub fn interval(&self) -> Option<Interval> {
        Some(Interval::between(self.low?, self.high?))
    }

    /// The same a factor larger.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        let times = |end: Option<f64>| end.map(|end| end * factor);
        Self { value: self.value * factor, low: times(self.low), high: times(self.high) }
    }
}
