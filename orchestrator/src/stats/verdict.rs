//! What a comparison may claim.

use std::fmt;

use super::Interval;

/// The answer to "is B faster than A?".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The whole interval lies inside the band: any difference is too small to matter.
    Same,
    /// B takes less: the whole interval says so.
    Faster,
    /// B takes more: the whole interval says so.
    Slower,
    /// None of these can be said.
    Unclear,
    /// Not even the clearest data of this size could carry a claim.
    TooFewBlocks,
}

/// The largest difference that matters to nobody, as a share above 0 % and below 100 %: 3 % by default.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band(f64);

impl Default for Band {
    fn default() -> Self {
        Self(0.03)
    }
}

impl Band {
    /// `share` if it lies between 0 and 1, both excluded.
    pub const fn new(share: f64) -> Option<Self> {
        if share > 0.0 && share < 1.0 { Some(Self(share)) } else { None }
    }

    /// The share: 0.03 stands for 3 %.
    pub const fn share(self) -> f64 {
        self.0
    }

    /// Half its width as a difference of logarithms: ratios from 1 / 1.03 to 1.03, so that A and B may be swapped.
    pub fn half_width(self) -> f64 {
        self.0.ln_1p()
    }

    /// The band around "no difference", in differences of logarithms.
    pub fn interval(self) -> Interval {
        Interval::between(-self.half_width(), self.half_width())
    }
}

impl Verdict {
    /// Judges `ln(B / A)`: its estimate and interval, none if there were too few blocks.
    ///
    /// "Same" is tried first, so a difference that is real but inside the band is called the same. Between two runs a
    /// claim of faster or slower also needs an estimate further from 0 than any end of `twin`, which is what equal pools
    /// differ by there; which of two equal pools is called A means nothing, so its sign is not looked at.
    pub fn of(estimate: f64, interval: Option<Interval>, band: Band, twin: Option<Interval>) -> Self {
        let Some(interval) = interval else {
            return Self::TooFewBlocks;
        };
        let beyond_twin = twin.is_none_or(|twin| estimate.abs() > twin.reach());
        if band.interval().covers(interval) {
            Self::Same
        } else if beyond_twin && interval.lies_below(0.0) {
            Self::Faster
        } else if beyond_twin && interval.lies_above(0.0) {
            Self::Slower
        } else {
            Self::Unclear
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(match self {
            Self::Same => "same",
            Self::Faster => "faster",
            Self::Slower => "slower",
            Self::Unclear => "unclear",
            Self::TooFewBlocks => "too few blocks",
        })
    }
}
