//! Who may answer a question: each pool's setups in what resembles it, and the run that would measure it.

use std::collections::{BTreeMap, BTreeSet};

use super::question::Question;
use crate::analysis::Setup;
use crate::models::predict::own_work;
use crate::models::{Batch, Curve, Drawn, Models, draw_length};
use crate::plan::Plan;

/// Workloads whose jobs only compute, so that their length is all that tells them apart.
const COMPUTING: [&str; 4] = ["noop", "compute", "factor", "spin"];
/// And those that only wait.
const WAITING: [&str; 1] = ["sleep"];
/// Pools of a measurement.
const MEASURED: usize = 6;
/// Blocks of a measurement: with six pools fifteen pairs are told apart from 12 on.
const BLOCKS: u64 = 16;

/// A setup with its curves in workloads that resemble the question.
pub(super) struct Candidate<'a> {
    /// What is asked for.
    pub(super) setup: Setup,
    /// Of the same policies, and of its number of workers where the run had several.
    pub(super) curves: Vec<&'a Curve>,
}

/// All of them; twins are none.
pub(super) fn candidates<'a>(question: &Question, models: &'a Models, plan: &Plan) -> Vec<Candidate<'a>> {
    let alike: &[&str] = if question.waits { &WAITING } else { &COMPUTING };
    let resembles = |curve: &&Curve| {
        let workload = curve.workload.split(':').next().unwrap_or_default();
        alike.contains(&workload) && !curve.setup.is_twin() && question.admits(&curve.setup.pool, &curve.kind, plan)
    };
    let mut all: BTreeMap<(String, String, String, u64), Vec<&Curve>> = BTreeMap::new();
    for curve in models.curves.iter().filter(resembles) {
        let Setup { pool, workers, chunk, window } = curve.setup.clone();
        if question.workers.is_none_or(|asked| asked == workers) {
            all.entry((pool, chunk, window, workers)).or_default().push(curve);
        }
    }
    let candidate =
        |((pool, chunk, window, workers), curves)| Candidate { setup: Setup { pool, workers, chunk, window }, curves };
    all.into_iter().map(candidate).collect()
}

/// The best setup of each pool, by time.
pub(super) fn ordered(question: &Question, models: &Models, plan: &Plan) -> Vec<(Setup, Drawn)> {
    let mut best: BTreeMap<String, (Setup, Drawn)> = BTreeMap::new();
    for candidate in candidates(question, models, plan) {
        let Some(drawn) = drawn(&candidate.curves, &candidate.setup, question, models) else { continue };
        let is_better = best.get(&candidate.setup.pool).is_none_or(|(_, known)| drawn.value < known.value);
        if is_better && drawn.value.is_finite() {
            best.insert(candidate.setup.pool.clone(), (candidate.setup, drawn));
        }
    }
    let mut ordered: Vec<(Setup, Drawn)> = best.into_values().collect();
    ordered.sort_by(|(_, one), (_, other)| one.value.total_cmp(&other.value));
    ordered
}

/// The time of the batch, or of start, first batch and stop.
pub(super) fn drawn(curves: &[&Curve], setup: &Setup, question: &Question, models: &Models) -> Option<Drawn> {
    let batch = if question.once { Batch::First } else { Batch::Warm };
    let mut drawn = draw_length(curves, job_ns(question, curves, models), question.jobs, batch, &models.draws)?;
    if question.once {
        // A pool that cannot say when it has stopped is counted without.
        let start = models.start_ns(setup)?;
        let around = start + models.stop_ns(setup).unwrap_or(0.0);
        drawn.value += around;
        drawn.again.iter_mut().flatten().for_each(|value| *value += around);
    }
    Some(drawn)
}

/// What a job of the question takes, ns: where the run has the very workload, such as `spin:50us`, what such a job took there,
/// which is its name's length but for the mood of the machine.
fn job_ns(question: &Question, curves: &[&Curve], models: &Models) -> f64 {
    let workload = question.workload();
    let own = curves.iter().copied().chain(&models.curves).find(|curve| curve.workload == workload);
    own.and_then(|curve| own_work(curve, question.jobs)).unwrap_or(question.job_ns())
}

/// The arguments of the race that measures the question, or of a program that runs once the run: the best of the run's pools for it, or those that it has.
pub(super) fn measuring(question: &Question, models: &Models, plan: &Plan) -> Vec<String> {
    measuring_best(question, &ordered(question, models, plan), models, plan)
}

/// The same where the best are known.
pub(super) fn measuring_best(
    question: &Question,
    found: &[(Setup, Drawn)],
    models: &Models,
    plan: &Plan,
) -> Vec<String> {
    let mut pools: Vec<String> = found.iter().map(|(setup, _)| setup.pool.clone()).collect();
    let own = models.curves.iter().filter(|curve| !curve.setup.is_twin());
    pools.extend(
        own.filter(|curve| question.admits(&curve.setup.pool, &curve.kind, plan)).map(|curve| curve.setup.pool.clone()),
    );
    let mut seen = BTreeSet::new();
    pools.retain(|pool| seen.insert(pool.clone()));
    pools.truncate(MEASURED);
    // The plain loop of as many jobs that wait would take their sum, and tells nothing.
    if !question.waits && !pools.iter().any(|pool| pool == "serial") {
        pools.insert(0, "serial".to_owned());
    }
    let mut words =
        ["run", "--pools", &pools.join(","), "--workload", &question.workload(), "--jobs"].map(str::to_owned).to_vec();
    words.push(question.jobs.to_string());
    let option = |name: &str, value: String| [format!("--{name}"), value];
    if !question.once {
        // Start and stop, which count where a program runs once, are no matter of a race.
        "race".clone_into(&mut words[0]);
        words.extend(question.workers.into_iter().flat_map(|workers| option("workers", workers.to_string())));
        words.extend(question.max_memory.into_iter().flat_map(|bytes| option("max-memory", format!("{bytes}B"))));
        return words;
    }
    words.extend(option("blocks", BLOCKS.to_string()));
    let workers = question.workers.or_else(|| found.first().filter(|_| question.waits).map(|(setup, _)| setup.workers));
    words.extend(workers.into_iter().flat_map(|workers| option("workers", workers.to_string())));
    words.extend(option("batches", "1".to_owned()));
    words
}
