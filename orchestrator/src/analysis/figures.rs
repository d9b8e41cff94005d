//! Each cell's figures: times with intervals, cost of a job, memory.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use harness::own::Language;
use serde::{Serialize, Serializer};

use super::data::{Data, Group, Series, Setup, float, whole};
use super::measure::Measure;
use super::memory;
use super::names::Names;
use crate::stats::{Alpha, Figure, Interval, Sample, efficiency, flag_outliers, overhead};

/// One cell's figures, for tables, `summary.csv` and JSON. Times in ns, memory in bytes; what cannot be told is not there.
/// Fractions are written as whole numbers of a thousandth, since a comma stands for a point in half the world.
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
    #[serde(rename = "job_ps", serialize_with = "thousandths")]
    pub(crate) job_ns: Option<f64>,
    /// What a job costs beyond its work: (batch x min(workers, cores) - its loop's batch) / jobs. As the efficiency, from
    /// trials that no CPU quota held back, each against the loop `base` of the same block; only with its interval at 95 %.
    #[serde(rename = "overhead_ps", serialize_with = "thousandths")]
    pub(crate) overhead_ns: Option<f64>,
    #[serde(rename = "overhead_low_ps", serialize_with = "thousandths")]
    pub(crate) overhead_low_ns: Option<f64>,
    #[serde(rename = "overhead_high_ps", serialize_with = "thousandths")]
    pub(crate) overhead_high_ns: Option<f64>,
    /// Speed-up over that loop / min(workers, cores).
    #[serde(rename = "efficiency_permille", serialize_with = "thousandths")]
    pub(crate) efficiency: Option<f64>,
    #[serde(rename = "efficiency_low_permille", serialize_with = "thousandths")]
    pub(crate) efficiency_low: Option<f64>,
    #[serde(rename = "efficiency_high_permille", serialize_with = "thousandths")]
    pub(crate) efficiency_high: Option<f64>,
    /// Peak resident memory; of a tree between these two.
    pub(crate) resident_low_bytes: Option<u64>,
    pub(crate) resident_high_bytes: Option<u64>,
    pub(crate) charged_bytes: Option<u64>,
    /// Of which of the two quantities the line through the sizes is.
    pub(crate) line_of: Option<&'static str>,
    pub(crate) line_base_bytes: Option<u64>,
    /// What each job adds.
    #[serde(rename = "line_1000_jobs_bytes", serialize_with = "thousandths")]
    pub(crate) line_job_bytes: Option<f64>,
    pub(crate) peak_concurrency: Option<u64>,
    pub(crate) start_ns: Option<u64>,
    /// The loop that overhead and efficiency are held against.
    pub(crate) base: Option<String>,
    /// By how much the last batches of a trial differ from what stands for it; only where enough trials tell it.
    #[serde(rename = "late_permille", serialize_with = "thousandths")]
    pub(crate) late: Option<f64>,
    /// 1 if that is more than 3 % less, beyond doubt less, else 0.
    pub(crate) still_warming: Option<u8>,
    /// 1 where these are jobs of the user's own whose results were held against nothing, 0 where they were not.
    pub(crate) unchecked: Option<u8>,
    /// What tables call it.
    #[serde(skip)]
    pub(crate) name: String,
}

impl Figures {
    /// The workload and its parameter, `sleep:20ms`.
    pub(crate) fn workload_and_param(&self) -> String {
        let words = [self.workload.as_str(), self.param.as_str()];
        words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(":")
    }
}

/// Writes a number as the nearest whole one of its thousandths.
#[expect(clippy::ref_option, reason = "serde hands a field over by reference")]
fn thousandths<S: Serializer>(value: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    #[expect(clippy::cast_possible_truncation, reason = "a cast from float saturates")]
    let whole = value.map(|value| (1000.0 * value).round() as i64);
    whole.serialize(serializer)
}

/// All cells' figures in the order of groups, and in a group by time. Fails on a value of which there is no ratio.
pub(crate) fn figures(data: &Data) -> Result<Vec<Figures>> {
    let growth = memory::growth(data);
    let (names, measure) = (Names::of(data), data.memory());
    let of_group = |(group, setups): (&Group, &BTreeMap<Setup, Series>)| {
        // The times of each loop are laid out by block once.
        let mut loops: BTreeMap<&str, Vec<Option<f64>>> = BTreeMap::new();
        let each = setups.iter().map(|(setup, series)| {
            let base = base_of(data, setups, setup);
            let paired = match base {
                Some((name, base)) => {
                    let times = loops.entry(name).or_insert_with(|| base.free_times(data.blocks));
                    paired(group, setup, series, times, data)?
                }
                None => Paired::default(),
            };
            let line = growth.get(&(memory::workload(group), memory::key(data, setup)));
            Ok(Figures {
                name: names.short(setup),
                overhead_ns: paired.overhead.map(|figure| figure.value),
                overhead_low_ns: paired.overhead.map(|figure| figure.interval.low()),
                overhead_high_ns: paired.overhead.map(|figure| figure.interval.high()),
                efficiency: paired.efficiency.map(|figure| figure.value),
                efficiency_low: paired.efficiency.map(|figure| figure.interval.low()),
                efficiency_high: paired.efficiency.map(|figure| figure.interval.high()),
                unchecked: unchecked(data, group),
                base: paired.efficiency.and(base).map(|(name, _)| name.to_owned()),
                line_of: line.map(|_| measure.key()),
                line_base_bytes: line.map(|line| whole(line.base.max(0.0))),
                line_job_bytes: line.map(|line| line.each),
                ..one(data, group, setup, series)
            })
        });
        let mut figures = each.collect::<Result<Vec<Figures>>>()?;
        figures.sort_by_key(|one| one.median_ns.unwrap_or(u64::MAX));
        Ok(figures)
    };
    let all = data.groups.iter().map(of_group).collect::<Result<Vec<_>>>()?;
    Ok(all.into_iter().flatten().collect())
}

/// Whether nobody knows the right results, of jobs of the user's own.
fn unchecked(data: &Data, group: &Group) -> Option<u8> {
    let is_own = [Language::Library, Language::Python].iter().any(|language| language.word() == group.workload);
    is_own.then(|| u8::from(data.unchecked.contains(&group.workload_and_param())))
}

/// Figures as the text of `summary.csv`.
pub(crate) fn as_csv(figures: &[Figures]) -> Result<String> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    for one in figures {
        csv.serialize(one).context("writing the figures")?;
    }
    String::from_utf8(csv.into_inner().context("writing the figures")?).context("writing the figures")
}

/// The loop that a setup is held against, which is not itself: its first setup in the group.
pub(crate) fn base_of<'a>(
    data: &'a Data,
    setups: &'a BTreeMap<Setup, Series>,
    setup: &Setup,
) -> Option<(&'a str, &'a Series)> {
    let name = data.bases.base(setup.real_pool()).filter(|name| *name != setup.real_pool())?;
    let base = setups.iter().find(|(other, _)| other.pool == name);
    base.map(|(_, series)| (name, series))
}

/// What a job costs beyond its work in each block, ns: (batch x min(workers, cores) - its loop's batch) / jobs, of trials that no CPU
/// quota held back; nothing for jobs that wait, for the loop itself and where it is not there.
pub(crate) fn overheads(data: &Data, group: &Group, setup: &Setup, series: &Series) -> Option<Vec<Option<f64>>> {
    if group.waits() {
        return None;
    }
    let (_, base) = base_of(data, data.groups.get(group)?, setup)?;
    let cores = float(setup.workers.min(series.cores).max(1));
    let jobs = float(group.jobs.max(1));
    let (own, base) = (series.free_times(data.blocks), base.free_times(data.blocks));
    Some(own.into_iter().zip(base).map(|(own, base)| Some((own? * cores - base?) / jobs)).collect())
}

/// Where the median of a measure lies, at 95 % or more; of machines that were drawn by one value of each.
pub(crate) fn interval(data: &Data, series: &Series, measure: Measure) -> Option<Interval> {
    let median = Sample::new(&series.values(measure)).ok()?.median();
    let values = data.nodes.drawn().fold(series.by_block(measure, data.blocks));
    let values: Vec<f64> = values.into_iter().flatten().collect();
    Some(Sample::new(&values).ok()?.median_interval(Alpha::FIVE_PERCENT)?.interval.including(median))
}

/// What only pairs tell.
#[derive(Clone, Copy, Debug, Default)]
struct Paired {
    overhead: Option<Figure>,
    efficiency: Option<Figure>,
}

/// Holds the trials of a pool against those of its loop in the same blocks; nothing of jobs that wait, which have no work
/// that could be shared out among cores.
fn paired(group: &Group, setup: &Setup, series: &Series, base: &[Option<f64>], data: &Data) -> Result<Paired> {
    if group.waits() {
        return Ok(Paired::default());
    }
    let times = series.free_times(data.blocks);
    let pairs = base.iter().zip(times).map(|(base, own)| Some(((*base)?, own?))).collect();
    let pairs = data.nodes.drawn().fold_pairs(pairs);
    let cores = u32::try_from(setup.workers.min(series.cores)).unwrap_or(u32::MAX);
    let why = || format!("{setup} at {group} against its loop");
    Ok(Paired {
        overhead: overhead(&pairs, group.jobs, cores, Alpha::FIVE_PERCENT).with_context(why)?,
        efficiency: efficiency(&pairs, cores, Alpha::FIVE_PERCENT).with_context(why)?,
    })
}

fn one(data: &Data, group: &Group, setup: &Setup, series: &Series) -> Figures {
    let times = series.values(Measure::Time);
    let sample = Sample::new(&times).ok();
    let interval = interval(data, series, Measure::Time);
    let time = |pick: fn(&Sample) -> f64| sample.as_ref().map(|sample| whole(pick(sample)));
    // The median of fewer than half of the trials would not be theirs.
    let median_of = |values: Vec<u64>| {
        let values: Vec<f64> = values.into_iter().map(float).collect();
        let enough = 2 * values.len() >= series.points.len();
        Sample::new(&values).ok().filter(|_| enough).map(|sample| whole(sample.median()))
    };
    let points = || series.points.iter();
    let late = series.late();
    let resident =
        |end: fn((u64, u64)) -> u64| median_of(points().filter_map(|point| point.resident.map(end)).collect());
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
        low_ns: interval.map(|found| whole(found.low())),
        high_ns: interval.map(|found| whole(found.high())),
        mad_ns: time(Sample::mad),
        min_ns: time(Sample::min),
        max_ns: time(Sample::max),
        first_batch_ns: median_of(points().filter_map(|point| point.cold_ns).collect()),
        job_ns: sample.as_ref().filter(|_| group.jobs > 0).map(|sample| sample.median() / float(group.jobs)),
        overhead_ns: None,
        overhead_low_ns: None,
        overhead_high_ns: None,
        efficiency: None,
        efficiency_low: None,
        efficiency_high: None,
        resident_low_bytes: resident(|(low, _)| low),
        resident_high_bytes: resident(|(_, high)| high),
        charged_bytes: median_of(points().filter_map(|point| point.charged_bytes).collect()),
        line_of: None,
        line_base_bytes: None,
        line_job_bytes: None,
        peak_concurrency: (series.most_open > 0).then_some(series.most_open),
        start_ns: median_of(points().filter_map(|point| point.start_ns).collect()),
        base: None,
        late: late.map(|late| late.change.exp_m1()),
        still_warming: late.map(|late| u8::from(late.is_warming)),
        unchecked: None,
        name: String::new(),
    }
}
