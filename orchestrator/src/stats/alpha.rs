//! The probability of a false claim that is accepted, and what it demands.

/// Probability of error, above 0 and below 1; a confidence level is one minus it.
///
/// The error is kept rather than the level, because 1 - 0.95 is not 0.05 in binary and exact p-values sit on the line.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Alpha(f64);

impl Alpha {
    /// The customary 5 %: intervals of 95 %.
    pub const FIVE_PERCENT: Self = Self(0.05);

    /// `alpha` if it lies between 0 and 1, both excluded.
    pub const fn new(alpha: f64) -> Option<Self> {
        if alpha > 0.0 && alpha < 1.0 { Some(Self(alpha)) } else { None }
    }

    /// The probability of error.
    pub const fn get(self) -> f64 {
        self.0
    }

    /// The confidence level, one minus the error.
    pub const fn confidence(self) -> f64 {
        1.0 - self.0
    }

    /// An equal part of the error for each of `claims` claims (none counts as one).
    #[must_use]
    pub fn shared_by(self, claims: usize) -> Self {
        // A part too small for a float stays the smallest one: an error of 0 would be no `Alpha`.
        Self((self.0 / super::number::real(claims.max(1))).max(f64::MIN_POSITIVE))
    }

    /// Whether a p-value is small enough. The last digits belong to the machine's rounding.
    pub fn allows(self, p_value: f64) -> bool {
        p_value <= self.0 * (1.0 + 1e-12)
    }

    /// The fewest pairs at which a claim is possible: even if all point one way, `n` pairs have a p-value of 2^(1-n).
    ///
    /// 6 at 5 %; with fewer, the answer is "too few blocks" whatever was measured. At most 1100.
    pub fn fewest_blocks(self) -> usize {
        let mut blocks = 1;
        let mut smallest_p = 1.0;
        while !self.allows(smallest_p) {
            blocks += 1;
            smallest_p /= 2.0;
        }
        blocks
    }
}
