//! The answer: each pool's best setup for the question, best first, and which of them are as good.

use anyhow::{Result, bail, ensure};
use harness::human;
use serde_json::{Value, json};

use super::candidates::{candidates, drawn, measuring_best, ordered};
use super::question::Question;
use crate::analysis::{Setup, whole};
use crate::models::{Curve, Drawn, Models, Prediction};
use crate::plan::Plan;
use crate::stats::{Alpha, Band};

/// Beyond so many times what was measured nothing is predicted.
const FARTHEST: f64 = 10.0;

/// One pool's answer.
#[derive(Clone, Debug)]
pub struct Advice {
    /// The pool, and how it is to work.
    pub setup: Setup,
    /// What the batch takes, ns.
    pub time: Prediction,
    /// Its peak of memory, bytes.
    pub peak: Option<Prediction>,
    /// Whether nothing speaks for it to be slower than the best.
    pub tie: bool,
}

/// The answer to a question.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The best first.
    pub pools: Vec<Advice>,
    /// How many times outside of what the run measured the question lies, in jobs, in their length or in the work of a batch; 1 inside.
    pub outside: f64,
    /// The arguments of poolbench that measure it.
    pub measure_with: Vec<String>,
}

impl Answer {
    /// For programs.
    pub(super) fn json(&self, question: &Question, plan: &Plan) -> Value {
        let pool = |one: &Advice| {
            json!({
                "pool": one.setup.pool, "workers": one.setup.workers, "chunk": one.setup.chunk, "window": one.setup.window,
                "batch_ns": whole(one.time.value), "low_ns": one.time.low.map(whole), "high_ns": one.time.high.map(whole),
                "measured": one.time.measured, "peak_bytes": one.peak.map(|peak| whole(peak.value)), "tie": one.tie,
            })
        };
        json!({
            "run": plan.run, "question": question.json(), "pools": self.pools.iter().map(pool).collect::<Vec<_>>(),
            "outside": self.outside, "unchecked": plan.unchecked().collect::<Vec<_>>(), "measure_with": format!("poolbench {}", self.measure_with.join(" ")),
        })
    }
}

/// Answers; an error where the run cannot, with what would.
pub fn answer(question: &Question, models: &Models, plan: &Plan) -> Result<Answer> {
    let ordered = ordered(question, models, plan);
    let measure_with = measuring_best(question, &ordered, models, plan);
    let Some((_, best)) = ordered.first() else {
        let next = if question.needs.is_empty() {
            measured_by(&measure_with)
        } else {
            "`poolbench list NAME` says what a pool is able to".to_owned()
        };
        bail!("{}: {next}", lacking(question, models))
    };
    let outside = best.outside.farthest();
    ensure!(
        outside <= FARTHEST,
        "{}: {} lies {} times outside of what the run measured, and nothing is predicted beyond {FARTHEST} times: {}",
        question.words(),
        best.outside.farthest_of(),
        human::factor(outside),
        measured_by(&measure_with)
    );
    let best = best.clone();
    let advice = |(setup, drawn): (Setup, Drawn)| {
        let peak = peak(&setup, question, models);
        Advice { tie: is_tie(&drawn, &best, models), time: drawn.prediction(&models.draws), setup, peak }
    };
    let mut pools: Vec<Advice> = ordered.into_iter().map(advice).collect();
    if let Some(most) = question.max_memory {
        let least = pools.iter().filter_map(|one| one.peak).map(|peak| whole(peak.value)).min();
        pools.retain(|one| one.peak.is_some_and(|peak| whole(peak.value) <= most));
        ensure!(
            !pools.is_empty(),
            "--max-memory {}: no pool stays under it for {}; the least is {}",
            human::size(most),
            question.words(),
            least.map_or("not known, since the run has no memory of these pools".to_owned(), human::size)
        );
        retie(&mut pools, question, models, plan);
    }
    Ok(Answer { pools, outside, measure_with })
}

fn measured_by(arguments: &[String]) -> String {
    format!("`poolbench {}` measures it, or --measure", arguments.join(" "))
}

/// Why there is no candidate.
fn lacking(question: &Question, models: &Models) -> String {
    let kind = if question.waits { "wait (sleep)" } else { "compute (compute, factor, spin) beside `serial`" };
    if models.curves.is_empty() {
        return "the run has no trial that was ok in a finished block".to_owned();
    }
    match (question.workers, question.needs.is_empty()) {
        (Some(workers), true) => format!("no pool of the run had {workers} workers with jobs that {kind}"),
        (_, false) => format!("no pool of the run that ran jobs that {kind} has all that --needs names"),
        (None, true) => format!("the run has no jobs that {kind}"),
    }
}

/// The peak from the curve whose jobs are nearest in length.
fn peak(setup: &Setup, question: &Question, models: &Models) -> Option<Prediction> {
    let own = models.curves.iter().filter(|curve| curve.setup == *setup && curve.waits == question.waits);
    let far = |curve: &Curve| (question.job_ns() / curve.work_at(question.jobs).max(1.0)).ln().abs();
    let nearest = own.min_by(|one, other| far(one).total_cmp(&far(other)))?;
    nearest.predict_peak(question.jobs, &models.draws)
}

/// Whether the ratio to the best, draw by draw, reaches down to the band of 3 % around it; what is not measured is doubted by
/// as much as sizes and lengths that were left out were off.
fn is_tie(one: &Drawn, best: &Drawn, models: &Models) -> bool {
    let ratios: Vec<f64> =
        one.again.iter().zip(&best.again).filter_map(|(one, best)| Some(((*one)? / (*best)?).ln())).collect();
    let ratio = (one.value / best.value).ln();
    let low = models.draws.interval(&ratios, Alpha::FIVE_PERCENT).map(|found| found.low().min(ratio));
    let doubt = one.doubt.max(best.doubt);
    // Without an interval nothing can be told apart.
    low.is_none_or(|low| low - doubt <= Band::default().share().ln_1p())
}

/// Ties anew, where the best of all may not be the answer.
fn retie(pools: &mut [Advice], question: &Question, models: &Models, plan: &Plan) {
    let candidates = candidates(question, models, plan);
    let again = |setup: &Setup| {
        let own = candidates.iter().find(|candidate| candidate.setup == *setup)?;
        drawn(&own.curves, setup, question, models)
    };
    let Some(best) = pools.first().and_then(|one| again(&one.setup)) else { return };
    for one in pools {
        one.tie = again(&one.setup).is_none_or(|drawn| is_tie(&drawn, &best, models));
    }
}
