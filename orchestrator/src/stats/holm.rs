//! Many claims at once: Holm's steps keep the chance of a single false one within the error of the family.

use super::Alpha;

/// What Holm's procedure makes of one p-value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HolmStep {
    /// The smallest family error at which this claim is made, up to 1.
    pub adjusted_p: f64,
    /// The error at which this claim was tested; an interval at it leaves out 0 exactly when the claim is made.
    pub alpha: Alpha,
}

/// Holm's steps for a family of p-values, in the order given.
///
/// The smallest of m is tested at alpha / m, the next at alpha / (m - 1), and so on until one fails; those after it
/// share the level at which it failed. Equal p-values share the stricter level, so that no order is better. Valid
/// however the comparisons depend on each other, as those against one reference do.
///
/// It bounds false claims of a difference. The intervals at these levels show that decision; to hold the truth all at
/// once they would each need alpha / m.
pub fn holm(p_values: &[f64], family: Alpha) -> Vec<HolmStep> {
    let claims = p_values.len();
    let mut order: Vec<usize> = (0..claims).collect();
    order.sort_by(|&one, &other| p_values[one].total_cmp(&p_values[other]));

    let mut steps = vec![HolmStep { adjusted_p: 1.0, alpha: family }; claims];
    let mut level = family.shared_by(claims);
    let (mut failed, mut adjusted_p, mut previous) = (false, 0.0_f64, None);
    for (done, &index) in order.iter().enumerate() {
        let p = p_values[index];
        let left = claims - done;
        if !failed && previous != Some(p) {
            level = family.shared_by(left);
            failed = !level.allows(p);
        }
        adjusted_p = adjusted_p.max(p * super::number::real(left)).min(1.0);
        steps[index] = HolmStep { adjusted_p, alpha: level };
        previous = Some(p);
    }
    steps
}
