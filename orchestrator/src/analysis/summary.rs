//! `summary`: each cell's figures with intervals, and what may be claimed against a reference.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;
use harness::human;
use serde::Serialize;

use super::compare::{Comparison, Family, against_reference};
use super::data::{Data, Group, Measure, Series, Setup, float, whole};
use super::memory::{self, Growth};
use super::table::{Style, difference, table, verdict};
use super::{load, twin};
use crate::plan::SMOKE_BLOCKS;
use crate::stats::{Alpha, Band, Interval, Sample, SignedRank, drift, flag_outliers, narrow_enough};

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
    /// What a job costs beyond its work: (batch x min(workers, cores) - serial's batch) / jobs.
    pub(crate) overhead_ns: Option<f64>,
    /// Speed-up over serial / min(workers, cores).
    pub(crate) efficiency: Option<f64>,
    pub(crate) memory_bytes: Option<u64>,
    pub(crate) resident_bytes: Option<u64>,
    pub(crate) charged_bytes: Option<u64>,
    pub(crate) memory_base_bytes: Option<u64>,
    pub(crate) memory_job_bytes: Option<f64>,
    pub(crate) peak_concurrency: Option<u64>,
}

/// All cells' figures in the order of groups, and in a group by time.
pub(crate) fn figures(data: &Data) -> Vec<(Group, Vec<Figures>)> {
    let growth = memory::growth(data);
    let of_group = |(group, setups): (&Group, &std::collections::BTreeMap<Setup, Series>)| {
        let serial = setups.iter().find(|(setup, _)| setup.pool == "serial");
        let serial = serial.and_then(|(_, series)| Some(Sample::new(&series.values(Measure::Time)).ok()?.median()));
        let mut figures: Vec<Figures> = setups
            .iter()
            .map(|(setup, series)| {
                let workload = format!("{} {}", group.workload, group.param);
                one(group, setup, series, serial, growth.get(&(workload, memory::key(setup))).copied())
            })
            .collect();
        figures.sort_by_key(|one| one.median_ns.unwrap_or(u64::MAX));
        (group.clone(), figures)
    };
    data.groups.iter().map(of_group).collect()
}

fn one(group: &Group, setup: &Setup, series: &Series, serial: Option<f64>, growth: Option<Growth>) -> Figures {
    let times = series.values(Measure::Time);
    let sample = Sample::new(&times).ok();
    let interval = sample.as_ref().and_then(|sample| sample.median_interval(Alpha::FIVE_PERCENT));
    let time = |pick: fn(&Sample) -> f64| sample.as_ref().map(|sample| whole(pick(sample)));
    let parallel = float(setup.workers.min(series.cores).max(1));
    // Jobs that wait have no work that could be shared out among cores.
    let computes = !matches!(group.workload.as_str(), "sleep" | "http" | "http-native");
    let against = sample.as_ref().map(Sample::median).zip(serial.filter(|_| computes && group.jobs > 0));
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
    }
}

/// The summary of a run for people.
pub(crate) fn text(data: &Data, style: Style) -> Result<String> {
    let mut text = String::new();
    for (group, figures) in figures(data) {
        let heading = if style == Style::Markdown { "### " } else { "" };
        writeln!(text, "\n{heading}{group}{}", if style == Style::Markdown { "\n" } else { "" })?;
        writeln!(text, "{}", cells(style, &figures))?;
    }
    if data.groups.is_empty() {
        writeln!(text, "no finished block yet; `poolbench resume` goes on with the run")?;
        return Ok(text);
    }
    let all = || data.groups.values().flat_map(std::collections::BTreeMap::values);
    let (noisy, trials) = all().fold((0, 0), |(noisy, trials), one| (noisy + one.noisy, trials + one.points.len()));
    if noisy > 0 {
        writeln!(text, "{noisy} of {trials} accepted trials were disturbed by other processes or the hypervisor.")?;
    }
    for sentence in data.without_memory() {
        writeln!(text, "{sentence}")?;
    }
    for (reason, count) in &data.skipped {
        writeln!(text, "left aside: {count} rows {reason}")?;
    }
    writeln!(
        text,
        "\nn = trials of {} blocks; block 0 warms the machine and is left out. batch = median of the warm batches, or of \
         the first where there is only one, with the interval of the median at 95 % or more.\nmemory = peak: resident of a \
         single process, charged (cgroup) of a tree; empty where a figure is not complete.",
        data.blocks
    )?;
    if data.blocks < SMOKE_BLOCKS {
        writeln!(text, "Smoke only: under {SMOKE_BLOCKS} blocks nothing can be said about differences.")?;
    }
    Ok(text)
}

fn cells(style: Style, figures: &[Figures]) -> String {
    let web = figures.iter().any(|one| one.workload.starts_with("http") && one.param != "0ms");
    let mut header = vec![
        "pool",
        "workers",
        "chunk",
        "window",
        "n",
        "batch",
        "interval",
        "a job",
        "overhead",
        "efficiency",
        "first batch",
        "memory",
        "resident",
        "charged",
        "not ok",
    ];
    header.extend(web.then_some("open at once"));
    let rows: Vec<Vec<String>> = figures
        .iter()
        .map(|one| {
            let time = |ns: Option<u64>| ns.map_or(String::new(), human::time);
            let size = |bytes: Option<u64>| bytes.map_or(String::new(), human::size);
            let interval = one.low_ns.zip(one.high_ns);
            let mut cells = vec![
                one.pool.clone(),
                one.workers.to_string(),
                one.chunk.clone(),
                one.window.clone(),
                one.n.to_string(),
                time(one.median_ns),
                interval.map_or(String::new(), |(low, high)| format!("{} to {}", human::time(low), human::time(high))),
                one.median_ns.filter(|_| one.jobs > 0).map_or(String::new(), |ns| human::time_each(ns, one.jobs)),
                one.overhead_ns.filter(|_| one.pool != "serial").map_or(String::new(), |ns| format!("{ns:.1} ns")),
                one.efficiency
                    .filter(|_| one.pool != "serial")
                    .map_or(String::new(), |share| format!("{:.0} %", 100.0 * share)),
                time(one.first_batch_ns),
                size(one.memory_bytes),
                size(one.resident_bytes),
                size(one.charged_bytes),
                if one.not_ok > 0 { one.not_ok.to_string() } else { String::new() },
            ];
            cells.extend(web.then(|| one.peak_concurrency.map_or(String::new(), |open| open.to_string())));
            cells
        })
        .collect();
    // A column that says nothing of any pool here only takes room.
    let says = |column: &usize| *column == 0 || rows.iter().any(|row| !row[*column].is_empty());
    let kept: Vec<usize> = (0..header.len()).filter(says).collect();
    let header: Vec<&str> = kept.iter().map(|column| header[*column]).collect();
    let rows = rows.iter().map(|row| kept.iter().map(|column| row[*column].clone()).collect()).collect();
    table(style, &header, rows)
}

/// What may be claimed against the reference, in time and in memory, and what the run says about itself.
pub(crate) fn claims(data: &Data, reference: Option<&str>, measures: &[Measure], style: Style) -> Result<String> {
    let mut text = String::new();
    for measure in measures.iter().map(|measure| data.comparable(*measure)) {
        let families = against_reference(data, reference, measure, data.alpha)?;
        for family in &families {
            let Some(first) = family.first() else { continue };
            writeln!(text, "\n{} against {}: {}", measure.word(), first.reference.pool, first.group)?;
            writeln!(text, "{}", claim_rows(family, style))?;
        }
        if !families.is_empty() {
            writeln!(text, "{}", twin::sentence(&twin::intervals(data, measure)?))?;
        }
    }
    text.push_str(&drifts(data)?);
    Ok(text)
}

/// One family as a table.
pub(crate) fn claim_rows(family: &[Comparison], style: Style) -> String {
    let rows = family.iter().map(|one| {
        vec![
            one.candidate.to_string(),
            one.finding.blocks.to_string(),
            one.measure.text(whole(one.medians.0)),
            one.measure.text(whole(one.medians.1)),
            difference(one.finding.estimate, one.finding.interval),
            verdict(one.verdict(), one.measure),
        ]
    });
    let header = ["pool", "blocks", "reference", "pool's", "difference (adjusted interval)", "verdict"];
    table(style, &header, rows.collect())
}

/// Whether the machine changed while it was measured, judged on `serial` and the twin.
fn drifts(data: &Data) -> Result<String> {
    let mut text = String::new();
    for (group, setups) in &data.groups {
        for (setup, series) in setups.iter().filter(|(setup, _)| setup.pool == "serial" || setup.is_twin()) {
            let values: Vec<f64> = series.by_block(Measure::Time, data.blocks).into_iter().flatten().collect();
            let Ok(finding) = drift(&values, Alpha::FIVE_PERCENT, Band::default()) else { continue };
            if matches!(finding.verdict, crate::stats::Verdict::Faster | crate::stats::Verdict::Slower) {
                let change = difference(finding.estimate, finding.interval);
                writeln!(
                    text,
                    "drift: {} of {group} changed by {change} from the first half of the blocks to the last",
                    setup.pool
                )?;
            }
        }
    }
    Ok(text)
}

/// What is printed when a run has ended.
pub fn at_the_end(folder: &Path) -> Result<String> {
    let data = load(folder)?;
    let claims = claims(&data, None, &[Measure::Time], Style::Terminal)?;
    let more = "`poolbench summary` adds memory; `compare`, `rank` and `gate` answer other questions.";
    Ok(format!("{}{claims}{more}", text(&data, Style::Terminal)?))
}

/// Whether every pool's ratio to the reference is known to plus or minus `target`, at the error of this look.
pub fn narrow_until(folder: &Path, alpha: Alpha, target: Band) -> Result<bool> {
    let data = load(folder)?;
    let families: Vec<Family> = against_reference(&data, None, Measure::Time, alpha)?;
    let mut intervals: Vec<Option<Interval>> = Vec::new();
    for one in families.iter().flatten() {
        let group = &data.groups[&one.group];
        let differences = super::compare::differences(&group[&one.reference], &group[&one.candidate], Measure::Time)?;
        intervals.push(SignedRank::new(&differences).ok().and_then(|test| test.interval(alpha)));
    }
    Ok(narrow_enough(&intervals, target))
}
