//! Did the machine change while it was measured: the first half of the blocks against the last.

use super::{Alpha, BadSample, Band, Finding, Member, compare_family, log_ratios};

/// Compares each block of the first half with the one half a run later, for one pool that should not change.
///
/// `values` are positive and in the order of their blocks; of an odd number the middle one is left out. The verdict
/// "slower" means that the machine got slower; 12 blocks are the fewest for one at 5 %. Neighbouring blocks resemble
/// each other, so it cries a little more often than its level: an alarm to be read, not a correction to be made. Fails
/// on a value that is not finite and above 0; its position is that in a half.
pub fn drift(values: &[f64], alpha: Alpha, band: Band) -> Result<Finding, BadSample> {
    let half = values.len() / 2;
    let (first, last) = (&values[..half], &values[values.len() - half..]);
    let pairs: Vec<(f64, f64)> = first.iter().copied().zip(last.iter().copied()).collect();
    let differences = log_ratios(&pairs)?;
    let findings = compare_family(&[Member { differences: &differences, twin: None }], alpha, band)?;
    Ok(findings[0])
}
