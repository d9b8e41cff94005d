//! Times and sizes as people read them: three significant digits and a unit.

/// A time, from ns to s.
pub fn time(ns: u64) -> String {
    time_each(ns, 1)
}

/// The share of one of `jobs` in a time.
pub fn time_each(ns: u64, jobs: u64) -> String {
    scaled(ns, jobs, 1000.0, &["ns", "us", "ms", "s"])
}

/// A size, from bytes to GiB.
pub fn size(bytes: u64) -> String {
    scaled(bytes, 1, 1024.0, &["B", "KiB", "MiB", "GiB"])
}

fn scaled(value: u64, parts: u64, step: f64, units: &[&str]) -> String {
    #[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
    let mut scaled = value as f64 / parts.max(1) as f64;
    let mut unit = 0;
    // 999.5 would be rounded up to a fourth digit.
    while scaled >= 999.5 && unit + 1 < units.len() {
        scaled /= step;
        unit += 1;
    }
    let digits = match scaled {
        _ if (unit == 0 && value.is_multiple_of(parts.max(1))) || scaled >= 99.95 => 0,
        s if s >= 9.995 => 1,
        _ => 2,
    };
    format!("{scaled:.digits$} {}", units[unit])
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
        ] {
            assert_eq!(time(ns), text);
        }
        assert_eq!(time(61_000_000_000), "61.0 s");
        assert_eq!(time_each(7, 10), "0.70 ns");
        assert_eq!(size(2_621_440), "2.50 MiB");
    }
}
