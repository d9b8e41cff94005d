//! A closed range of values that the data cannot tell apart.

/// A closed interval. Its low end is never above its high end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    low: f64,
    high: f64,
}

impl Interval {
    /// The interval between two ends, given in either order.
    pub const fn between(one: f64, other: f64) -> Self {
        Self { low: one.min(other), high: one.max(other) }
    }

    /// The low end.
    pub const fn low(self) -> f64 {
        self.low
    }

    /// The high end.
    pub const fn high(self) -> f64 {
        self.high
    }

    /// Half the distance between the ends: the figure after a "+-".
    pub fn half_width(self) -> f64 {
        (self.high - self.low) / 2.0
    }

    /// The largest distance from 0 that it covers.
    pub fn reach(self) -> f64 {
        self.low.abs().max(self.high.abs())
    }

    /// Whether `value` lies inside or on an end.
    pub fn contains(self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }

    /// Whether `other` lies inside, ends included.
    pub fn covers(self, other: Self) -> bool {
        self.low <= other.low && other.high <= self.high
    }

    /// Whether the two share a value.
    pub fn overlaps(self, other: Self) -> bool {
        self.low <= other.high && other.low <= self.high
    }

    /// Whether all of it is larger than `value`: what a gate asks before it fails a build.
    pub fn lies_above(self, value: f64) -> bool {
        self.low > value
    }

    /// Whether all of it is smaller than `value`.
    pub fn lies_below(self, value: f64) -> bool {
        self.high < value
    }

    /// The smallest interval that holds both.
    #[must_use]
    pub const fn hull(self, other: Self) -> Self {
        Self { low: self.low.min(other.low), high: self.high.max(other.high) }
    }

    /// The smallest interval that holds both this one and `value`.
    #[must_use]
    pub const fn including(self, value: f64) -> Self {
        Self { low: self.low.min(value), high: self.high.max(value) }
    }

    /// Both ends `factor` times as far from `centre`, which it holds. Everything for an infinite factor, be it a point; the
    /// same, to the last digit, for one that is not above 1.
    #[must_use]
    pub fn widened(self, centre: f64, factor: f64) -> Self {
        if factor <= 1.0 {
            return self;
        }
        if factor.is_infinite() {
            return Self { low: f64::NEG_INFINITY, high: f64::INFINITY };
        }
        Self { low: centre + factor * (self.low - centre), high: centre + factor * (self.high - centre) }
    }

    /// From differences of logarithms to ratios.
    #[must_use]
    pub fn to_ratio(self) -> Self {
        Self { low: self.low.exp(), high: self.high.exp() }
    }
}
