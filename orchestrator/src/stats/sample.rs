//! The values of one cell, and the figures that describe them.

use std::fmt;

use statrs::statistics::{Data, OrderStatistics};

/// Scaled MAD over raw MAD: makes it agree with the standard deviation where values are normal.
const NORMAL_MAD: f64 = 1.482_602_218_505_602;

/// At least one value, all finite, in ascending order.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    sorted: Vec<f64>,
}

/// Why numbers can't be analysed. Positions count from 0 in the slice that was given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BadSample {
    /// There is no value.
    Empty,
    /// A value is infinite or not a number.
    NotFinite {
        /// Where it stands.
        position: usize,
        /// What stands there.
        value: f64,
    },
    /// A value that needs a logarithm is 0, negative, infinite or not a number.
    NotPositive {
        /// Where it stands.
        position: usize,
        /// What stands there.
        value: f64,
    },
}

impl fmt::Display for BadSample {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(out, "no value to analyse: no accepted trial has one"),
            Self::NotFinite { position, value } => {
                write!(out, "value {position} to analyse is {value}: only finite numbers can be")
            }
            Self::NotPositive { position, value } => {
                write!(out, "value {position} to compare is {value}: a ratio needs finite numbers above 0")
            }
        }
    }
}

impl std::error::Error for BadSample {}

impl Sample {
    /// Sorts `values`. Fails if there is none, or if one is not finite.
    pub fn new(values: &[f64]) -> Result<Self, BadSample> {
        if values.is_empty() {
            return Err(BadSample::Empty);
        }
        if let Some(position) = values.iter().position(|value| !value.is_finite()) {
            return Err(BadSample::NotFinite { position, value: values[position] });
        }
        let mut sorted = values.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        Ok(Self { sorted })
    }

    /// How many values there are, at least 1.
    pub fn size(&self) -> usize {
        self.sorted.len()
    }

    /// The values in ascending order.
    pub fn sorted(&self) -> &[f64] {
        &self.sorted
    }

    /// The smallest value.
    pub fn min(&self) -> f64 {
        self.sorted[0]
    }

    /// The largest value.
    pub fn max(&self) -> f64 {
        self.sorted[self.size() - 1]
    }

    /// The middle value, or the mean of the middle two.
    pub fn median(&self) -> f64 {
        f64::midpoint(self.lower_median(), self.sorted[self.size() / 2])
    }

    /// The middle value, or the lower of the middle two: always one that was measured.
    pub fn lower_median(&self) -> f64 {
        self.sorted[(self.size() - 1) / 2]
    }

    /// The value below which a share `p` of the population lies; `p` is taken as 0 below 0 and as 1 above 1.
    ///
    /// Hyndman and Fan's type 8, which is close to median-unbiased whatever the distribution.
    pub fn quantile(&self, p: f64) -> f64 {
        Data::new(self.sorted.clone()).quantile(p.clamp(0.0, 1.0))
    }

    /// Lower and upper quartile, of type 8.
    pub fn quartiles(&self) -> (f64, f64) {
        let mut data = Data::new(self.sorted.clone());
        (data.lower_quartile(), data.upper_quartile())
    }

    /// Median absolute deviation from the median, raw. It is 0 only where at least half of the values agree.
    pub fn mad(&self) -> f64 {
        let median = self.median();
        let mut deviations: Vec<f64> = self.sorted.iter().map(|value| (value - median).abs()).collect();
        deviations.sort_unstable_by(f64::total_cmp);
        Self { sorted: deviations }.median()
    }

    /// Median absolute deviation times 1.4826: comparable with a standard deviation.
    pub fn scaled_mad(&self) -> f64 {
        self.mad() * NORMAL_MAD
    }
}
