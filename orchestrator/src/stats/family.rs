//! The comparisons that are claimed together, from differences to verdicts.

use super::{Alpha, BadSample, Band, Interval, SignedRank, Verdict, holm};

/// One comparison of a family.
#[derive(Clone, Copy, Debug)]
pub struct Member<'a> {
    /// `ln(B / A)`, one a block, in any order. May be empty, which makes "too few blocks".
    pub differences: &'a [f64],
    /// What equal pools differ by, where A and B lie in two runs and no draw made them alike. None inside a run: there a
    /// claim stands on its own interval.
    pub twin: Option<Interval>,
}

/// What was found about one comparison.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Finding {
    /// How many blocks had both values.
    pub blocks: usize,
    /// Hodges-Lehmann estimate of `ln(B / A)`; none without a block.
    pub estimate: Option<f64>,
    /// Signed-rank interval of `ln(B / A)` at `alpha`, widened where the run is; none if no data of this size could reach it.
    pub interval: Option<Interval>,
    /// The error of `interval`, after Holm.
    pub alpha: Alpha,
    /// The p-value of "no difference" by itself.
    pub p_value: f64,
    /// The same after Holm: the claim holds for the family if it is at most the family's error.
    pub adjusted_p: f64,
    /// What may be said.
    pub verdict: Verdict,
}

/// Compares every member, with the chance of any false "faster" or "slower" among them at most `family`.
///
/// Findings come in the order of the members. Fails if a difference is not finite; positions are those in its member.
pub fn compare_family(members: &[Member<'_>], family: Alpha, band: Band) -> Result<Vec<Finding>, BadSample> {
    compare_widened(members, family, band, 1.0)
}

/// The same in a run whose twins raise more alarms than chance: intervals reach `widening` times as far from their
/// estimates, as [`Level::widening`](super::Level) says. P-values stay as they are, so that an interval may then hold 0
/// although the p-value alone would allow a claim.
pub fn compare_widened(
    members: &[Member<'_>],
    family: Alpha,
    band: Band,
    widening: f64,
) -> Result<Vec<Finding>, BadSample> {
    let tests = members.iter().map(|member| match SignedRank::new(member.differences) {
        Err(BadSample::Empty) => Ok(None),
        tested => tested.map(Some),
    });
    let tests: Vec<Option<SignedRank>> = tests.collect::<Result<_, _>>()?;
    let p_values: Vec<f64> = tests.iter().map(|test| test.as_ref().map_or(1.0, SignedRank::p_value)).collect();
    let steps = holm(&p_values, family);

    let findings = members.iter().zip(&tests).zip(p_values).zip(steps);
    Ok(findings
        .map(|(((member, test), p_value), step)| {
            let estimate = test.as_ref().map(SignedRank::estimate);
            let interval = test.as_ref().and_then(|test| test.interval(step.alpha));
            let interval = interval.zip(estimate).map(|(interval, centre)| interval.widened(centre, widening));
            Finding {
                blocks: member.differences.len(),
                estimate,
                interval,
                alpha: step.alpha,
                p_value,
                adjusted_p: step.adjusted_p,
                verdict: estimate
                    .map_or(Verdict::TooFewBlocks, |estimate| Verdict::of(estimate, interval, band, member.twin)),
            }
        })
        .collect())
}
