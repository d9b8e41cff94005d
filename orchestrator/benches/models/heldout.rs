//! How far a prediction is off: of each curve of a run each inner size, and of each pool each inner length of jobs, left out and
//! predicted from the others.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use orchestrator::analysis::load;
use orchestrator::models::{Batch, Curve, Models, predict_length};

/// Prints a line for each kind of what was left out.
pub(crate) fn judge(folder: &Path) -> Result<()> {
    let data = load(folder)?;
    let models = Models::of(&data);
    println!("\nleft out and predicted, {}\n", folder.display());
    println!(
        "| what | cells | median error | within 25 % | largest | twins' medians differ by |\n|---|---|---|---|---|---|"
    );
    let own = || models.curves.iter().filter(|curve| !curve.setup.is_twin());
    let mut workloads: BTreeMap<&str, [Vec<f64>; 3]> = BTreeMap::new();
    for curve in own() {
        let errors = workloads.entry(&curve.workload).or_default();
        for (at, size) in curve.sizes.iter().enumerate() {
            let without = curve.without(size.jobs);
            let Some(found) = without.batch(size.jobs, Batch::Warm, None) else { continue };
            let error = (found / size.time.median()).ln().abs();
            let is_inner = at > 0 && at + 1 < curve.sizes.len();
            errors[usize::from(!is_inner)].push(error);
        }
    }
    for twin in models.curves.iter().filter(|curve| curve.setup.is_twin()) {
        let Some(pool) =
            own().find(|curve| curve.workload == twin.workload && curve.setup.pool == twin.setup.real_pool())
        else {
            continue;
        };
        for (one, other) in pool.sizes.iter().zip(&twin.sizes).filter(|(one, other)| one.jobs == other.jobs) {
            let difference = (one.time.median() / other.time.median()).ln().abs();
            workloads.entry(&twin.workload).or_default()[2].push(difference);
        }
    }
    for (workload, [mut inner, mut ends, mut twins]) in workloads {
        let differ = middle(&mut twins);
        say(&format!("{workload}, an inner size"), &mut inner, differ);
        say(&format!("{workload}, an end"), &mut ends, differ);
    }
    let mut lengths = lengths(&own().collect::<Vec<_>>(), &models);
    say("an inner length of jobs", &mut lengths, None);
    Ok(())
}

/// The errors of each pool's inner lengths of `spin`.
fn lengths(curves: &[&Curve], models: &Models) -> Vec<f64> {
    let mut pools: BTreeMap<(&str, u64), Vec<&Curve>> = BTreeMap::new();
    for curve in curves.iter().filter(|curve| curve.workload.starts_with("spin:") && curve.base.is_some()) {
        pools.entry((&curve.setup.pool, curve.setup.workers)).or_default().push(curve);
    }
    let mut errors = Vec::new();
    for mut own in pools.into_values().filter(|own| own.len() > 2) {
        own.sort_by(|one, other| one.work_ns().unwrap_or(0.0).total_cmp(&other.work_ns().unwrap_or(0.0)));
        for left_out in &own[1..own.len() - 1] {
            let others: Vec<&Curve> = own.iter().filter(|one| one.workload != left_out.workload).copied().collect();
            for size in &left_out.sizes {
                let length = left_out.work_at(size.jobs);
                let found = predict_length(&others, length, size.jobs, Batch::Warm, &models.draws);
                errors.extend(found.map(|found| (found.value / size.time.median()).ln().abs()));
            }
        }
    }
    errors
}

fn say(what: &str, errors: &mut [f64], twins: Option<f64>) {
    let Some(median) = middle(errors) else { return };
    let within = errors.iter().filter(|error| **error <= 1.25_f64.ln()).count();
    let percent = |error: f64| format!("{:.1} %", 100.0 * error.exp_m1());
    #[expect(clippy::cast_precision_loss, reason = "hundreds")]
    let share = 100.0 * within as f64 / errors.len() as f64;
    let largest = errors.last().copied().map(percent).unwrap_or_default();
    let twins = twins.map(percent).unwrap_or_default();
    println!("| {what} | {} | {} | {share:.0} % | {largest} | {twins} |", errors.len(), percent(median));
}

/// The median, with the values in order afterwards.
fn middle(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    Some(f64::midpoint(values[last / 2], values[values.len() / 2]))
}
