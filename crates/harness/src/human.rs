//! Figures as people read them, a function for each quantity: three significant digits and a unit.

use std::time::Duration;

const TIMES: [&str; 4] = ["ns", "us", "ms", "s"];
const SIZES: [&str; 4] = ["B", "KiB", "MiB", "GiB"];

/// A time, from ns to hours.
pub fn time(ns: u64) -> String {
    let minute = Duration::from_mins(1);
    if Duration::from_nanos(ns) < minute { time_part(float(ns)) } else { long(ns.div_ceil(1_000_000_000)) }
}

/// The share of one of `jobs` in a time.
pub fn time_each(ns: u64, jobs: u64) -> String {
    if jobs <= 1 { time(ns) } else { time_part(float(ns) / float(jobs)) }
}

/// A time that need not be whole and may be below 0, in ns.
pub fn time_part(ns: f64) -> String {
    scaled(ns, 1000.0, &TIMES)
}

/// A time from this to that, in ns; the unit once if it is the same.
pub fn time_range(low: u64, high: u64) -> String {
    range(&time(low), &time(high))
}

/// A time in whole seconds, rounded up: for what is left and what is expected.
pub fn seconds(time: Duration) -> String {
    let up = time.as_secs() + u64::from(time.subsec_nanos() > 0);
    if up < 60 { format!("{up} s") } else { long(up) }
}

/// A size, from bytes to GiB.
pub fn size(bytes: u64) -> String {
    size_part(float(bytes))
}

/// A size that need not be whole and may be below 0, in bytes.
pub fn size_part(bytes: f64) -> String {
    scaled(bytes, 1024.0, &SIZES)
}

/// A size from this to that, in bytes; the unit once if it is the same, and one size if they read alike.
pub fn size_range(low: u64, high: u64) -> String {
    range(&size(low), &size(high))
}

/// A share of a whole: 0.5 is `50.0 %`.
pub fn share(share: f64) -> String {
    format!("{} %", percent(share))
}

/// A share by which something is more or less: 0.5 is `+50.0 %`.
pub fn change(share: f64) -> String {
    format!("{} %", signed(share))
}

/// An estimated change with its interval: `+12.0 % (+10.1 to +14.2)`.
pub fn change_within(share: f64, low: f64, high: f64) -> String {
    format!("{} ({} to {})", change(share), signed(low), signed(high))
}

/// How many times as much: `1.25`.
pub fn factor(factor: f64) -> String {
    digits(factor)
}

fn percent(share: f64) -> String {
    if share == 0.0 { "0".to_owned() } else { digits(100.0 * share) }
}

fn signed(share: f64) -> String {
    let plus = if share >= 0.0 { "+" } else { "" };
    format!("{plus}{}", digits(100.0 * share))
}

/// Whole seconds from a minute up.
fn long(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes, seconds) {
        (0, minutes, 0) => format!("{minutes} min"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, 0, _) => format!("{hours} h"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

fn range(low: &str, high: &str) -> String {
    match (low.rsplit_once(' '), high.rsplit_once(' ')) {
        _ if low == high => high.to_owned(),
        (Some((number, unit)), Some((_, other))) if unit == other && !number.contains(' ') => {
            format!("{number} to {high}")
        }
        _ => format!("{low} to {high}"),
    }
}

fn scaled(value: f64, step: f64, units: &[&str]) -> String {
    let mut scaled = value;
    let mut unit = 0;
    // 999.5 would be rounded up to a fourth digit.
    while scaled.abs() >= 999.5 && unit + 1 < units.len() {
        scaled /= step;
        unit += 1;
    }
    let is_whole = unit == 0 && scaled.fract() == 0.0;
    let number = if is_whole { format!("{scaled:.0}") } else { digits(scaled) };
    format!("{number} {}", units[unit])
}

fn digits(value: f64) -> String {
    let decimals = match value.abs() {
        size if size >= 99.95 => 0,
        size if size >= 9.995 => 1,
        _ => 2,
    };
    format!("{value:.decimals$}")
}

fn float(value: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
    let float = value as f64;
    float
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_digits_and_a_unit() {
        for (ns, text) in [
            (0, "0 ns"),
            (999, "999 ns"),
            (1000, "1.00 us"),
            (99_949, "99.9 us"),
            (99_950, "100 us"),
            (999_500, "1.00 ms"),
            (59_000_000_000, "59.0 s"),
            (61_000_000_000, "1 min 1 s"),
            (4_320_000_000_000, "1 h 12 min"),
        ] {
            assert_eq!(time(ns), text);
        }
        assert_eq!(time_each(7, 10), "0.70 ns");
        assert_eq!([time_part(114_183.4), time_part(-1.5), time_part(-1500.0)], ["114 us", "-1.50 ns", "-1.50 us"]);
        assert_eq!([size(2_621_440), size_part(360_448.0), size_part(3.4)], ["2.50 MiB", "352 KiB", "3.40 B"]);
        assert_eq!([share(0.0), share(0.0123), share(0.8312), share(1.0)], ["0 %", "1.23 %", "83.1 %", "100 %"]);
        assert_eq!([change(0.123), change(-0.5), change(0.0)], ["+12.3 %", "-50.0 %", "+0.00 %"]);
        assert_eq!(change_within(0.12, 0.101, 0.142), "+12.0 % (+10.1 to +14.2)");
        assert_eq!([factor(1.0), factor(12.34), factor(1234.0)], ["1.00", "12.3", "1234"]);
    }

    #[test]
    fn a_range_has_its_unit_once() {
        assert_eq!(time_range(4_740_000, 4_790_000), "4.74 to 4.79 ms");
        assert_eq!(time_range(950_000, 1_020_000), "950 us to 1.02 ms");
        assert_eq!(size_range(1_258_291, 3_565_158), "1.20 to 3.40 MiB");
        assert_eq!(size_range(1_048_576, 1_048_577), "1.00 MiB");
        assert_eq!(time_range(61_000_000_000, 71_000_000_000), "1 min 1 s to 1 min 11 s");
    }

    #[test]
    fn seconds_are_whole_and_rounded_up() {
        let texts = [0, 1, 59_001, 200_000].map(|ms| seconds(Duration::from_millis(ms)));
        assert_eq!(texts, ["0 s", "1 s", "1 min", "3 min 20 s"]);
    }
}
