//! Each cell's figures: times with intervals, cost of a job, memory.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Serialize;

use super::data::{Data, Group, Measure, Series, Setup, float, whole};
use super::memory::{self, Growth};
use super::twin::{Equals, reach_of};
use crate::stats::{Alpha, Sample, flag_outliers};

/// One cell's figures. Times in ns, memory in bytes; what cannot be told is not there.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Figures {
    pub(crate) workload: String,
    pub(crate) param: String,
    pub(crate) jobs: u64,
    pub(crate) pool: String,
    pub(crate) workers: u64,
    pub(crate) chunk: String,
    pub(crate) window: String,
    /// Accepted trials that were ok.
    pub(crate) n: usize,
    pub(crate) not_ok: u64,
    pub(crate) noisy: u64,
    pub(crate) outliers: usize,
    pub(crate) median_ns: Option<u64>,
    /// Interval of the median at 95 % or more.
    pub(crate) low_ns: Option<u64>,
    pub(crate) high_ns: Option<u64>,
    pub(crate) mad_ns: Option<u64>,
    pub(crate) min_ns: Option<u64>,
    pub(crate) max_ns: Option<u64>,
    pub(crate) first_batch_ns: Option<u64>,
    pub(crate) job_ns: Option<f64>,
    /// What a job costs beyond its work: (batch x min(workers, cores) - serial's batch) / jobs. As the efficiency, of
    /// trials that no CPU quota held back.
    pub(crate) overhead_ns: Option<f64>,
    /// Speed-up over serial / min(workers, cores).
    pub(crate) efficiency: Option<f64>,
    pub(crate) memory_bytes: Option<u64>,
    pub(crate) resident_bytes: Option<u64>,
    pub(crate) charged_bytes: Option<u64>,
    pub(crate) memory_base_bytes: Option<u64>,
    pub(crate) memory_job_bytes: Option<f64>,
    pub(crate) peak_concurrency: Option<u64>,
    /// By how much equal pools differ in this group's time, as a share; smaller differences are not claimed.
    pub(crate) equal_pools_reach: Option<f64>,
}

/// All cells' figures in the order of groups, and in a group by time. Fails on a value of which there is no ratio.
pub(crate) fn figures(data: &Data) -> Result<Vec<Figures>> {
    let growth = memory::growth(data);
    let equals = Equals::in_run(data, Measure::Time)?;
    let of_group = |(group, setups): (&Group, &BTreeMap<Setup, Series>)| {
        let serial = setups.iter().find(|(setup, _)| setup.pool == "serial");
        let serial = serial.and_then(|(_, series)| Some(Sample::new(&series.free_times()).ok()?.median()));
        let mut figures: Vec<Figures> = setups
            .iter()
            .map(|(setup, series)| {
                let workload = format!("{} {}", group.workload, group.param);
                let growth = growth.get(&(workload, memory::key(data, setup))).copied();
                let equal_pools_reach = reach_of(equals.guard(group));
                Figures { equal_pools_reach, ..one(group, setup, series, serial, growth) }
            })
            .collect();
        figures.sort_by_key(|one| one.median_ns.unwrap_or(u64::MAX));
        figures
    };
    Ok(data.groups.iter().flat_map(of_group).collect())
}

fn one(group: &Group, setup: &Setup, series: &Series, serial: Option<f64>, growth: Option<Growth>) -> Figures {
    let times = series.values(Measure::Time);
    let sample = Sample::new(&times).ok();
    let interval = sample.as_ref().and_then(|sample| sample.median_interval(Alpha::FIVE_PERCENT));
    let time = |pick: fn(&Sample) -> f64| sample.as_ref().map(|sample| whole(pick(sample)));
    let parallel = float(setup.workers.min(series.cores).max(1));
    // Jobs that wait have no work that could be shared out among cores.
    let computes = !matches!(group.workload.as_str(), "sleep" | "http" | "http-native");
    let free = Sample::new(&series.free_times()).ok();
    let against = free.as_ref().map(Sample::median).zip(serial.filter(|_| computes && group.jobs > 0));
    let median_of = |values: Vec<u64>| {
        let values: Vec<f64> = values.into_iter().map(float).collect();
        Sample::new(&values).ok().map(|sample| whole(sample.median()))
    };
    let points = || series.points.iter();
    Figures {
        workload: group.workload.clone(),
        param: group.param.clone(),
        jobs: group.jobs,
        pool: setup.pool.clone(),
        workers: setup.workers,
        chunk: setup.chunk.clone(),
        window: setup.window.clone(),
        n: times.len(),
        not_ok: series.not_ok.values().sum(),
        noisy: series.noisy,
        outliers: flag_outliers(&times).map_or(0, |flags| flags.into_iter().filter(|flag| *flag).count()),
        median_ns: time(Sample::median),
        low_ns: interval.map(|found| whole(found.interval.low())),
        high_ns: interval.map(|found| whole(found.interval.high())),
        mad_ns: time(Sample::mad),
        min_ns: time(Sample::min),
        max_ns: time(Sample::max),
        first_batch_ns: median_of(points().filter_map(|point| point.cold_ns).collect()),
        job_ns: sample.as_ref().filter(|_| group.jobs > 0).map(|sample| sample.median() / float(group.jobs)),
        overhead_ns: against.map(|(own, serial)| (own * parallel - serial) / float(group.jobs)),
        efficiency: against.map(|(own, serial)| serial / own / parallel),
        memory_bytes: median_of(points().filter_map(|point| point.memory_bytes).collect()),
        resident_bytes: median_of(points().filter_map(|point| point.resident_bytes).collect()),
        charged_bytes: median_of(points().filter_map(|point| point.charged_bytes).collect()),
        memory_base_bytes: growth.map(|line| whole(line.base.max(0.0))),
        memory_job_bytes: growth.map(|line| line.each),
        peak_concurrency: (series.most_open > 0).then_some(series.most_open),
        equal_pools_reach: None,
    }
}
