//! Figures and verdicts as comparisons show them.

use harness::human;

use super::data::whole;
use super::measure::Measure;
use crate::stats::{Band, Interval, Verdict};

/// A median as people read it; empty where there is none.
pub(crate) fn value(measure: Measure, median: f64) -> String {
    if median.is_finite() { measure.text(whole(median)) } else { String::new() }
}

/// A ratio of B to A in words: `+12.0 % (+10.1 to +14.2)`; empty where there is none.
pub(crate) fn difference(estimate: Option<f64>, interval: Option<Interval>) -> String {
    let Some(estimate) = estimate.map(f64::exp_m1) else { return String::new() };
    match interval.map(|interval| (interval.low().exp_m1(), interval.high().exp_m1())) {
        Some((low, high)) => human::change_within(estimate, low, high),
        None => human::change(estimate),
    }
}

/// The verdict about B as a newcomer reads it.
pub(crate) fn verdict(verdict: Verdict, measure: Measure) -> String {
    let is_memory = measure.is_memory();
    match verdict {
        Verdict::Same if is_memory => format!("same (within {} or 1 MiB)", band()),
        Verdict::Same => format!("same (within {})", band()),
        Verdict::Faster => if is_memory { "takes less" } else { "faster" }.to_owned(),
        Verdict::Slower => if is_memory { "takes more" } else { "slower" }.to_owned(),
        Verdict::Unclear => "unclear: more blocks may tell".to_owned(),
        Verdict::TooFewBlocks => "too few blocks to say".to_owned(),
    }
}

/// The band inside which two pools are the same: `3 %`.
fn band() -> String {
    format!("{} %", 100.0 * Band::default().share())
}

/// Digits in groups of three: `1,234,567`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).unwrap_or_default()).collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    #[test]
    fn digits_stand_in_groups_of_three() {
        assert_eq!([0, 999, 1000, 1_234_567].map(super::grouped), ["0", "999", "1,000", "1,234,567"]);
    }
}
