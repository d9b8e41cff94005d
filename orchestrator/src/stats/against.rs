//! One run against several before it: each of those is one observation, however many blocks it has, so that what differs from
//! run to run is in the error.
//!
//! The interval is that of Student's t for one further value beside n (Fisher 1935): spread x sqrt(1 + 1/n), all comparisons
//! sharing the error by Holm's steps. It takes runs for normal, as one value alone has no permutations.

use statrs::distribution::{ContinuousCDF as _, StudentsT};

use super::number::real;
use super::{Alpha, BadSample, Band, Finding, Interval, Sample, Verdict, holm};

/// The fewest runs that tell their spread.
pub const FEWEST_RUNS_BEFORE: usize = 5;
/// No spread is taken for smaller, a logarithm.
const SMALLEST_SPREAD: f64 = 0.001;

/// A cell's runs before, and the run that is held against them.
#[derive(Clone, Copy, Debug)]
pub struct Beside<'a> {
    /// Logarithms, one a run.
    pub before: &'a [f64],
    /// That of the run, none if it has no such cell.
    pub now: Option<f64>,
    /// What builds that did not change differ by in that run.
    pub equals: Option<Interval>,
}

/// Compares all members as one family. A finding's `blocks` are the runs before; under [`FEWEST_RUNS_BEFORE`] it has no interval.
/// Fails if a value is not finite.
pub fn against(members: &[Beside<'_>], family: Alpha, band: Band) -> Result<Vec<Finding>, BadSample> {
    let all: Vec<Option<Shift>> = members.iter().map(Shift::of).collect::<Result<_, _>>()?;
    let p_values: Vec<f64> = all.iter().map(|one| one.as_ref().map_or(1.0, Shift::p_value)).collect();
    let steps = holm(&p_values, family);
    let findings = members.iter().zip(&all).zip(p_values).zip(steps);
    Ok(findings
        .map(|(((member, shift), p_value), step)| {
            let estimate = shift.as_ref().map(|shift| shift.by);
            let interval = shift.as_ref().and_then(|shift| shift.interval(step.alpha));
            Finding {
                blocks: member.before.len(),
                estimate,
                interval,
                alpha: step.alpha,
                p_value,
                adjusted_p: step.adjusted_p,
                verdict: estimate
                    .map_or(Verdict::TooFewBlocks, |estimate| Verdict::of(estimate, interval, band, member.equals)),
            }
        })
        .collect())
}

/// How far a run lies from the mean of those before, and the error of that.
struct Shift {
    by: f64,
    error: f64,
    /// None of fewer runs than tell it.
    students: Option<StudentsT>,
}

impl Shift {
    /// None where the run or those before have no value.
    fn of(member: &Beside) -> Result<Option<Self>, BadSample> {
        let (Some(now), false) = (member.now, member.before.is_empty()) else { return Ok(None) };
        Sample::new(&[now])?;
        Sample::new(member.before)?;
        let count = real(member.before.len());
        let mean = member.before.iter().sum::<f64>() / count;
        let squares: f64 = member.before.iter().map(|value| (value - mean).powi(2)).sum();
        let spread = (squares / (count - 1.0).max(1.0)).sqrt().max(SMALLEST_SPREAD);
        let students =
            (member.before.len() >= FEWEST_RUNS_BEFORE).then(|| StudentsT::new(0.0, 1.0, count - 1.0).ok()).flatten();
        Ok(Some(Self { by: now - mean, error: spread * (1.0 + 1.0 / count).sqrt(), students }))
    }

    fn p_value(&self) -> f64 {
        let tail = |students: &StudentsT| 2.0 * students.cdf(-(self.by / self.error).abs());
        self.students.as_ref().map_or(1.0, tail)
    }

    fn interval(&self, alpha: Alpha) -> Option<Interval> {
        let reach = self.error * -self.students.as_ref()?.inverse_cdf(alpha.get() / 2.0);
        Some(Interval::between(self.by - reach, self.by + reach))
    }
}
