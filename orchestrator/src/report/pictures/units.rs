//! What is on an axis, and how its values read.

use harness::human;

/// What is on an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// Times, ns.
    Time,
    /// Sizes, bytes.
    Size,
    /// Numbers of things.
    Count,
    /// Shares of a whole.
    Share,
    /// How many times as much.
    Times,
}

impl Unit {
    /// A value for people.
    pub(super) fn text(self, value: f64) -> String {
        match self {
            Self::Time => human::time_part(value),
            Self::Size => human::size_part(value),
            Self::Count => grouped(value),
            Self::Share => human::share(value),
            Self::Times => format!("{} times", human::factor(value)),
        }
    }

    /// A tick's text: no more digits than it has.
    pub(super) fn tick(self, value: f64) -> String {
        const TIMES: [&str; 4] = [" ns", " us", " ms", " s"];
        const SIZES: [&str; 4] = [" B", " KiB", " MiB", " GiB"];
        const COUNTS: [&str; 4] = ["", "k", "M", "G"];
        let scaled = |step: f64, units: [&str; 4]| {
            let (mut scaled, mut at) = (value, 0);
            while scaled.abs() >= step * 0.9999 && at + 1 < units.len() {
                (scaled, at) = (scaled / step, at + 1);
            }
            format!("{}{}", short(scaled), units[at])
        };
        match self {
            _ if value == 0.0 => "0".to_owned(),
            Self::Time => scaled(1000.0, TIMES),
            Self::Size => scaled(1024.0, SIZES),
            Self::Count => scaled(1000.0, COUNTS),
            Self::Share => format!("{} %", short(100.0 * value)),
            Self::Times => short(value),
        }
    }

    /// The powers that have a tick of 1 on a logarithmic axis: of sizes those of each unit.
    pub(super) fn powers(self) -> Vec<f64> {
        let of = |from: i32, to: i32| (from..to).map(|power| 10_f64.powi(power));
        match self {
            Self::Size => (0..5).flat_map(|unit| of(0, 3).map(move |power| power * 1024_f64.powi(unit))).collect(),
            _ => of(-6, 16).collect(),
        }
    }

    /// What round numbers are multiples of, up to this value.
    pub(super) fn round(self, high: f64) -> f64 {
        match self {
            Self::Size => 1024_f64.powf((high.max(1.0).log2() / 10.0).floor().min(3.0)),
            _ => 1.0,
        }
    }
}

/// Up to three digits behind the point, without zeros at the end.
fn short(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A whole number with its thousands apart: `10,000`.
pub(super) fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) && !text.ends_with('-') {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_ticks_have_their_units() {
        let ticks =
            [Unit::Time.tick(2.5e6), Unit::Size.tick(1_048_576.0), Unit::Count.tick(2e4), Unit::Share.tick(0.5)];
        assert_eq!(ticks, ["2.5 ms", "1 MiB", "20k", "50 %"]);
        assert_eq!([Unit::Time.tick(0.0), Unit::Time.tick(999.999_999), Unit::Time.tick(-2e3)], ["0", "1 us", "-2 us"]);
        let texts =
            [Unit::Time.text(1234.0), Unit::Size.text(2_621_440.0), Unit::Count.text(1e6), Unit::Share.text(0.5)];
        assert_eq!(texts, ["1.23 us", "2.50 MiB", "1,000,000", "50.0 %"]);
        assert_eq!((Unit::Times.tick(1.05), Unit::Times.text(1.05)), ("1.05".to_owned(), "1.05 times".to_owned()));
        assert_eq!([grouped(999.0), grouped(1000.0), grouped(-1000.0), grouped(0.0)], ["999", "1,000", "-1,000", "0"]);
    }
}
