//! A length of time as it is written in workload names: `10us`, `20ms`, `2s`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// A length of time, whole nanoseconds, up to an hour; prints back in the largest unit that holds it exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The length in ns.
    pub ns: u64,
}

const UNITS: [(&str, u64); 4] = [("ns", 1), ("us", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000)];
const LONGEST_NS: u64 = 3_600_000_000_000;

impl Span {
    /// The same as a standard duration.
    pub fn duration(self) -> Duration {
        Duration::from_nanos(self.ns)
    }
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("'{text}' is no length of time: write a whole number and ns, us, ms or s, at most 3600s");
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at(digits);
        let scale = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(wrong)?.1;
        let ns = number.parse::<u64>().ok().and_then(|n| n.checked_mul(scale)).ok_or_else(wrong)?;
        if ns > LONGEST_NS { Err(wrong()) } else { Ok(Self { ns }) }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ns == 0 {
            return f.write_str("0ms");
        }
        let (unit, scale) =
            UNITS.iter().rev().find(|(_, scale)| self.ns.is_multiple_of(*scale)).expect("1 divides all");
        write!(f, "{}{unit}", self.ns / scale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_span_parses_back_to_itself(ns in 0..=LONGEST_NS) {
            let span = Span { ns };
            prop_assert_eq!(span.to_string().parse::<Span>(), Ok(span));
        }
    }

    #[test]
    fn anything_else_is_refused_with_the_accepted_form() {
        for text in ["", "5", "ms", "-1ms", "1.5ms", "1 ms", "1h", "99999999999999999999ns", "3601s"] {
            assert!(text.parse::<Span>().unwrap_err().contains("ns, us, ms or s"), "{text}");
        }
    }
}
