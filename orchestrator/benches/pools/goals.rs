//! What our own pools are to reach on two cores, and whether they do in this run.

use orchestrator::stats::Sample;

use crate::measure::Bench;
use crate::rounds::{Cost, Costs, Question};
use crate::table::markdown;

/// What a goal is about.
#[derive(Clone, Copy)]
enum Measure {
    /// Median ratio to `serial`, chunked, 10^6 jobs.
    Large,
    /// The same with 10^3 jobs.
    Small,
    /// Median time of a job, chunk 1, ns.
    JobNs,
    /// The distance of the quartiles of that over the median, %.
    Spread,
    /// Memory beyond `serial`'s, all submitted at once, bytes a job.
    Bytes,
}

/// The pools, of which the best counts; the measure in words; the most it may be.
const GOALS: [(&[&str], &str, Measure, f64); 10] = [
    (&["threads-counter", "threads", "mpsc"], "10^6 jobs, own chunk: to serial", Measure::Large, 0.51),
    (&["threads-counter", "threads", "mpsc"], "10^3 jobs, own chunk: to serial", Measure::Small, 0.65),
    (&["futures-threads"], "a job, chunk 1, ns", Measure::JobNs, 150.0),
    (&["futures-threads"], "bytes a job", Measure::Bytes, 48.0),
    (&["processes"], "10^6 jobs, own chunk: to serial", Measure::Large, 0.56),
    (&["shm"], "10^6 jobs, own chunk: to serial", Measure::Large, 0.51),
    (&["shm-ring"], "a job, chunk 1, ns", Measure::JobNs, 120.0),
    (&["shm-ring"], "its quartiles' distance, %", Measure::Spread, 15.0),
    (&["green"], "a job, chunk 1, ns", Measure::JobNs, 120.0),
    (&["green-unordered"], "a job, chunk 1, ns", Measure::JobNs, 120.0),
];

impl Measure {
    fn of(self, cost: &Cost) -> Option<f64> {
        let sample = |question, value: fn(f64, f64) -> f64| {
            let pairs = &cost.series.get(&question)?.pairs;
            Sample::new(&pairs.iter().map(|(own, serial)| value(*own, *serial)).collect::<Vec<_>>()).ok()
        };
        let ratio = |question| sample(question, |own, serial| own / serial).map(|sample| sample.median());
        let single = || sample(Question::Single, |own, _| own);
        match self {
            Self::Large => ratio(Question::Large),
            Self::Small => ratio(Question::Small),
            Self::JobNs => single().map(|sample| sample.median()),
            Self::Spread => single().map(|sample| {
                let (low, high) = sample.quartiles();
                100.0 * (high - low) / sample.median()
            }),
            Self::Bytes => cost.all.map(crate::table::bytes),
        }
    }
}

/// The goals and what was measured, for the pools that were built.
pub(crate) fn table(bench: &Bench, costs: &Costs) -> String {
    let mut rows = Vec::new();
    for (names, what, measure, most) in GOALS {
        let there = names.iter().filter(|name| bench.pools.contains_key(**name));
        let measured = there.filter_map(|name| Some((*name, measure.of(costs.pools.get(*name)?)?)));
        let Some((name, value)) = measured.min_by(|one, other| one.1.total_cmp(&other.1)) else { continue };
        let digits = if most < 1.0 { 3 } else { 0 };
        rows.push(vec![
            name.to_owned(),
            what.to_owned(),
            format!("{most}"),
            format!("{value:.digits$}"),
            if value <= most { "reached".to_owned() } else { "**not reached**".to_owned() },
        ]);
    }
    if rows.is_empty() {
        return "No goal is about these pools.".to_owned();
    }
    format!(
        "What this project's own pools are to reach on two cores:\n\n{}",
        markdown(&["pool", "of the first table", "at most", "measured", "goal"], rows)
    )
}
