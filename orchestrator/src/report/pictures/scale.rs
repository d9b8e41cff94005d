//! From values to places on a picture: logarithmic and linear scales.

use super::units::Unit;

/// How values are spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spread {
    /// Equal ratios are equal distances.
    Log,
    /// Equal differences are equal distances.
    Linear,
}

impl Spread {
    /// Its class.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::Linear => "linear",
        }
    }
}

/// An axis: which values lie between which places.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    pub(super) unit: Unit,
    pub(super) spread: Spread,
    /// The values at its ends.
    pub(super) low: f64,
    pub(super) high: f64,
    from: f64,
    to: f64,
}

/// The share of a scale that lies beyond the values at each end.
const ROOM: f64 = 0.04;

impl Scale {
    /// Over all of these values, which it leaves a little room, between two places; of a logarithmic one what is not above 0 has no place.
    /// Linear ones have 0 in them.
    pub(super) fn over(unit: Unit, spread: Spread, values: impl IntoIterator<Item = f64>, places: (f64, f64)) -> Self {
        let seen = values.into_iter().filter(|value| value.is_finite() && (spread == Spread::Linear || *value > 0.0));
        let (low, high) = seen.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), value| (l.min(value), h.max(value)));
        let (low, high) = match spread {
            _ if low > high => {
                if spread == Spread::Log {
                    (1.0, 10.0)
                } else {
                    (0.0, 1.0)
                }
            }
            Spread::Log => {
                // At least a doubling, so that noise does not fill a picture.
                let lack = (2.0 / (high / low)).max(1.0).sqrt();
                let room = (high / low).powf(ROOM).max(1.02);
                (low / lack / room, high * lack * room)
            }
            Spread::Linear => {
                let (low, high) = (low.min(0.0), high.max(0.0));
                let room = if high > low { ROOM * (high - low) } else { 1.0 };
                (if low < 0.0 { low - room } else { low }, high + room)
            }
        };
        Self { unit, spread, low, high, from: places.0, to: places.1 }
    }

    /// Where a value lies; nothing for what has no place.
    pub(super) fn place(&self, value: f64) -> Option<f64> {
        let share = match self.spread {
            Spread::Log => (value / self.low).ln() / (self.high / self.low).ln(),
            Spread::Linear => (value - self.low) / (self.high - self.low),
        };
        (share.is_finite() && (-0.001..=1.001).contains(&share)).then_some(self.from + share * (self.to - self.from))
    }

    /// Where a value lies, at the nearer end for what has no place.
    pub(super) fn nearest(&self, value: f64) -> f64 {
        self.place(value).unwrap_or(if value > self.low { self.to } else { self.from })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn values_keep_their_order_and_lie_within(mut values in prop::collection::vec(1e-3..1e12_f64, 1..20)) {
            for spread in [Spread::Log, Spread::Linear] {
                let scale = Scale::over(Unit::Time, spread, values.clone(), (200.0, 10.0));
                values.sort_by(f64::total_cmp);
                let places: Vec<f64> = values.iter().filter_map(|value| scale.place(*value)).collect();
                prop_assert_eq!(places.len(), values.len());
                prop_assert!(places.windows(2).all(|two| two[0] >= two[1]), "{:?}", places);
                prop_assert!(places.iter().all(|place| (9.9..=200.1).contains(place)), "{:?}", places);
            }
        }
    }

    #[test]
    fn what_has_no_place_is_at_the_end_or_nowhere() {
        let log = Scale::over(Unit::Time, Spread::Log, [0.0, -1.0, 5.0], (0.0, 100.0));
        assert_eq!((log.place(0.0), log.place(-1.0), log.place(f64::NAN)), (None, None, None));
        assert_eq!((log.nearest(-1.0), log.nearest(1e9)), (0.0, 100.0));
        let empty = Scale::over(Unit::Size, Spread::Log, [], (0.0, 1.0));
        assert!(empty.place(2.0).is_some(), "no value is no reason to fail");
    }
}
