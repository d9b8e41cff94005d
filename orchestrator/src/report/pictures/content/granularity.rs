//! Efficiency against the length of a job, with METG(50 %) marked.

use std::collections::{BTreeMap, BTreeSet};

use super::choice::in_panels;
use super::csv::Table;
use super::source::{Found, Sketch, Source};
use crate::models::Figure;
use crate::models::granularity::Granularity;
use crate::report::pictures::draw::Axis;
use crate::report::pictures::draw::lines::Line;
use crate::report::pictures::picture::{About, Absent};
use crate::report::pictures::scale::Spread;
use crate::report::pictures::units::Unit;
use crate::report::shown::Known;
use crate::stats::HALF;

/// The picture.
pub(super) fn granularity(source: &Source) -> Found {
    let all = source.models.granularities();
    let told = most_told(&all);
    let mut of_pools: BTreeMap<&str, &Granularity> = BTreeMap::new();
    for one in told.iter().filter(|one| one.refused.is_none()) {
        // One setup a pool: the one that needs the least.
        let kept = of_pools.entry(&one.pool).or_insert(one);
        if metg(one) < metg(kept) {
            *kept = one;
        }
    }
    let shown: Vec<Granularity> = of_pools.values().map(|one| (*one).clone()).collect();
    let Some(first) = shown.first() else { return Err(absent()) };
    let title = match first.jobs {
        Some(jobs) => format!("spin x {jobs}"),
        None => "spin".to_owned(),
    };
    let axes = (
        Axis { only: Some(Spread::Log), ..Axis::new("core time a job, overhead included", Unit::Time) },
        Axis { only: Some(Spread::Linear), ..Axis::new("efficiency: the share that is work", Unit::Share) },
    );
    let mut lines = in_panels(&source.palette, title, axes, shown.iter().map(line).collect());
    lines.guide = Some(HALF);
    let refused = all.iter().filter(|one| one.refused.is_some()).map(|one| one.name.clone()).collect::<BTreeSet<_>>();
    let about = About {
        id: "granularity",
        title: said(&shown),
        how_to_read: "Further left is better at short jobs. The ring on a line is METG(50 %): from so much \
            core time a job on at least half of it is work. A line without one is above or below half \
            throughout.",
        left_out: if refused.is_empty() {
            String::new()
        } else {
            let names: Vec<String> = refused.into_iter().collect();
            format!("Refused, since more than all of the cores' time would be work: {}.", names.join(", "))
        },
        data: csv(&shown),
    };
    Ok(Sketch { about, parts: vec![Box::new(lines)] })
}

fn absent() -> Absent {
    Absent {
        id: "granularity",
        title: "Efficiency against granularity, with METG marked",
        why: "It takes `spin` jobs of several lengths beside the plain loop: `poolbench run granularity` \
            has them."
            .to_owned(),
    }
}

/// Those of the number of jobs that has the most lengths over all pools.
fn most_told(all: &[Granularity]) -> Vec<&Granularity> {
    let mut by_jobs: BTreeMap<Option<u64>, Vec<&Granularity>> = BTreeMap::new();
    for one in all {
        by_jobs.entry(one.jobs).or_default().push(one);
    }
    let lengths = |of_jobs: &Vec<&Granularity>| of_jobs.iter().map(|one| one.points.len()).sum::<usize>();
    by_jobs.into_values().max_by_key(lengths).unwrap_or_default()
}

fn metg(one: &Granularity) -> f64 {
    one.metg_ns.unwrap_or(f64::INFINITY)
}

fn known(figure: Figure) -> Known {
    Known { value: figure.value, low: figure.low.unwrap_or(figure.value), high: figure.high.unwrap_or(figure.value) }
}

fn line(one: &Granularity) -> Line {
    let star = one.metg_ns.filter(|_| one.bound.is_empty()).map(|ns| {
        let within = one
            .low_ns
            .zip(one.high_ns)
            .map_or(String::new(), |(low, high)| format!(" ({} to {})", Unit::Time.text(low), Unit::Time.text(high)));
        (ns, HALF, format!("{}, METG(50 %): {}{within}", one.name, Unit::Time.text(ns)))
    });
    Line {
        pool: one.pool.clone(),
        name: one.name.clone(),
        points: one.points.iter().map(|point| (point.granularity_ns, known(point.efficiency))).collect(),
        trials: one
            .points
            .iter()
            .flat_map(|point| point.trials.iter().map(|share| (point.granularity_ns, *share)))
            .collect(),
        star,
    }
}

/// From which length on half is work, and with how many pools it always or never is.
fn said(shown: &[Granularity]) -> String {
    let mut found: Vec<&Granularity> = shown.iter().filter(|one| one.bound.is_empty()).collect();
    found.sort_by(|one, other| metg(one).total_cmp(&metg(other)));
    let of = |one: &Granularity| format!("{} ({})", Unit::Time.text(metg(one)), one.name);
    let count = |bound: &str| shown.iter().filter(|one| one.bound == bound).count();
    let (all, always, never) = (shown.len(), count("<"), count(">"));
    let mut said = Vec::new();
    if always > 0 {
        said.push(format!("with {always} of {all} pools at every length tried"));
    }
    match &found[..] {
        [] => {}
        [only] => said.push(format!("from {} a job on", of(only))),
        [least, .., most] => said.push(format!("with {} from {} to {} a job on", found.len(), of(least), of(most))),
    }
    if never > 0 {
        said.push(format!("with {never} at none"));
    }
    format!("At least half of the cores' time is work: {}", said.join(", "))
}

fn csv(shown: &[Granularity]) -> String {
    let mut table = Table::new(&["pool", "workers", "jobs", "core_time_a_job_ps", "metg_ps"], "efficiency_permille");
    for one in shown {
        let jobs = one.jobs.map_or(String::new(), |jobs| jobs.to_string());
        let metg =
            one.metg_ns.filter(|_| one.bound.is_empty()).map_or(String::new(), |ns| format!("{:.0}", 1000.0 * ns));
        for point in &one.points {
            let length = format!("{:.0}", 1000.0 * point.granularity_ns);
            table.row(&[&one.pool, &one.workers, &jobs, &length, &metg], known(point.efficiency).times(1000.0));
        }
    }
    table.text()
}
