//! The short words in which the tests speak.

use orchestrator::stats::{Alpha, Band, Finding, Interval, Member, SignedRank, compare_family};

/// An error that is one.
pub(crate) fn alpha(value: f64) -> Alpha {
    Alpha::new(value).unwrap()
}

/// One comparison alone, at 5 % and with the default band.
pub(crate) fn compared(differences: &[f64], twin: Option<Interval>) -> Finding {
    let member = Member { differences, twin };
    compare_family(&[member], Alpha::FIVE_PERCENT, Band::default()).unwrap()[0]
}

/// The signed-rank test of these differences.
pub(crate) fn tested(differences: &[f64]) -> SignedRank {
    SignedRank::new(differences).unwrap()
}

/// Equal but for rounding.
#[track_caller]
pub(crate) fn assert_close(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{found} {expected}");
}
