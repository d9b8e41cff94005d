//! One pool's figure against another's, block by block: what is compared between originals and counterparts.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::compare::Pair;
use super::super::data::{Data, Group, Series, Setup, float};
use super::super::figures::{base_of, overheads};
use super::super::measure::Measure;
use crate::stats::{Drawn, Sample, SignedRank, log_ratios};

/// Sizes closer to each other say nothing of what a job adds.
const JOBS_APART: f64 = 1000.0;

/// A figure that both have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Figure {
    /// Batch time over jobs.
    TimeAJob,
    /// What a job costs beyond its work, each against the loop of its own language.
    OverheadAJob,
    /// CPU time of the tree over the jobs of a batch.
    CpuAJob,
    /// The peak of the whole tree.
    PeakMemory,
    /// What each worker adds to it.
    MemoryAWorker,
    /// What each job adds to it.
    MemoryAJob,
    /// A pool's batch against that of its own loop.
    Loop,
}

/// A value per block, up to the last.
type ByBlock = Vec<Option<f64>>;

/// Two by-block values to be compared.
#[derive(Clone, Debug)]
pub(super) struct Ratio {
    pub(super) figure: Figure,
    /// Where: a workload and size, or a workload.
    pub(super) at: String,
    /// Whose value is above the line.
    pub(super) one: Setup,
    /// And below it.
    pub(super) other: Setup,
    /// What stands for each over all blocks, in ns or bytes.
    pub(super) values: (Option<f64>, Option<f64>),
    /// The logarithm of the ratio in each block that has both, or of each machine where these were drawn.
    pub(super) differences: Vec<f64>,
    /// Why there is no ratio.
    pub(super) without: Option<&'static str>,
    /// Whether the batches of one of them still get faster at the end of a trial, so that this depends on their number.
    pub(super) warming: bool,
}

impl Ratio {
    fn new(
        drawn: &Drawn,
        figure: Figure,
        at: String,
        (one, its): (&Setup, ByBlock),
        (other, others): (&Setup, ByBlock),
    ) -> Self {
        let pairs = drawn.fold_pairs(others.iter().zip(&its).map(|(a, b)| Some(((*a)?, (*b)?))).collect());
        let (differences, without) = match log_ratios(&pairs) {
            Ok(found) if found.is_empty() => (Vec::new(), Some("not measured")),
            Ok(found) => (found, None),
            // An overhead, or what a worker adds, may be nothing.
            Err(_) => (Vec::new(), Some("not above 0 throughout")),
        };
        let value = |values: ByBlock| {
            let known: Vec<f64> = values.into_iter().flatten().collect();
            // As the summary has it.
            if figure == Figure::OverheadAJob {
                SignedRank::new(&known).ok().map(|test| test.estimate())
            } else {
                median(&known)
            }
        };
        Self {
            figure,
            at,
            one: one.clone(),
            other: other.clone(),
            values: (value(its), value(others)),
            differences,
            without,
            warming: false,
        }
    }
}

fn median(values: &[f64]) -> Option<f64> {
    Sample::new(values).ok().map(|sample| sample.median())
}

/// Time, overhead, CPU time and peak of a pair in one workload and size; `candidate` is above the line.
pub(super) fn of_pair(data: &Data, pair: &Pair) -> Vec<Ratio> {
    let (one, other) = (pair.candidate, pair.reference);
    let jobs = float(pair.group.jobs.max(1));
    let each = |series: &Series, measure| over(series.by_block(measure, data.blocks), jobs);
    let whole = |series: &Series| series.by_block(data.memory(), data.blocks);
    let at = || pair.group.to_string();
    let ratio = |figure, its, others| Ratio::new(data.nodes.drawn(), figure, at(), (one.0, its), (other.0, others));
    let mut all = vec![ratio(Figure::TimeAJob, each(one.1, Measure::Time), each(other.1, Measure::Time))];
    if !pair.group.waits() {
        let of = |(setup, series)| overheads(data, pair.group, setup, series);
        let overheads = of(one).zip(of(other));
        all.extend(overheads.map(|(its, others)| ratio(Figure::OverheadAJob, its, others)));
    }
    all.push(ratio(Figure::CpuAJob, each(one.1, Measure::Cpu), each(other.1, Measure::Cpu)));
    let warming = one.1.warming().or(other.1.warming()).is_some();
    for ratio in &mut all {
        ratio.warming = warming;
    }
    all.push(ratio(Figure::PeakMemory, whole(one.1), whole(other.1)));
    all
}

fn over(values: ByBlock, jobs: f64) -> ByBlock {
    values.into_iter().map(|value| value.map(|value| value / jobs)).collect()
}

/// A setup's batch against that of its own loop; nothing for the loop itself.
pub(super) fn of_loop(data: &Data, group: &Group, (setup, series): (&Setup, &Series)) -> Option<Ratio> {
    let setups = data.groups.get(group)?;
    let (name, base) = base_of(data, setups, setup)?;
    let (base_setup, _) = setups.iter().find(|(other, _)| other.pool == name)?;
    let times = |series: &Series| series.by_block(Measure::Time, data.blocks);
    let warming = series.warming().or(base.warming()).is_some();
    let sides = ((setup, times(series)), (base_setup, times(base)));
    let ratio = Ratio::new(data.nodes.drawn(), Figure::Loop, group.to_string(), sides.0, sides.1);
    Some(Ratio { warming, ..ratio })
}

/// What each worker, and each job, adds to the peak of the pairs, where the run has several numbers of them: by the slope in each
/// block.
pub(super) fn of_slopes(data: &Data, pairs: &[Pair]) -> Vec<Ratio> {
    let mut by_workers: BTreeMap<_, Vec<&Pair>> = BTreeMap::new();
    let mut by_jobs: BTreeMap<_, Vec<&Pair>> = BTreeMap::new();
    for pair in pairs {
        let pools = (pair.candidate.0.pool.clone(), pair.reference.0.pool.clone());
        by_workers.entry((pair.group.to_string(), pools)).or_default().push(pair);
        let setups = (pair.candidate.0.clone(), pair.reference.0.clone());
        by_jobs.entry((pair.group.workload_and_param(), setups)).or_default().push(pair);
    }
    let slopes = |pairs: &[&Pair], apart: f64, x: fn(&Pair, &Setup) -> u64| {
        let of = |sides: Vec<(&Setup, &Series)>| {
            let points = pairs.iter().zip(sides).map(|(pair, (setup, series))| (float(x(pair, setup)), series));
            slope(data, &points.collect::<Vec<_>>(), apart)
        };
        let one = of(pairs.iter().map(|pair| pair.candidate).collect())?;
        Some((one, of(pairs.iter().map(|pair| pair.reference).collect())?))
    };
    let made = |figure, at: &String, pair: &Pair, (one, other): (ByBlock, ByBlock)| {
        let sides = ((pair.candidate.0, one), (pair.reference.0, other));
        Ratio::new(data.nodes.drawn(), figure, at.clone(), sides.0, sides.1)
    };
    let workers = by_workers.iter().filter_map(|((at, _), pairs)| {
        let (one, other) = slopes(pairs, 1.0, |_, setup| setup.workers)?;
        Some(made(Figure::MemoryAWorker, at, pairs[0], (one, other)))
    });
    let jobs = by_jobs.iter().filter_map(|((at, _), pairs)| {
        let (one, other) = slopes(pairs, JOBS_APART, |pair, _| pair.group.jobs)?;
        Some(made(Figure::MemoryAJob, at, pairs[0], (one, other)))
    });
    workers.chain(jobs).collect()
}

/// The slope of memory through the points in each block, by Theil and Sen; nothing where no two lie `apart`. Slopes within what
/// the figures are exact to are 0, of which there is no ratio.
fn slope(data: &Data, points: &[(f64, &Series)], apart: f64) -> Option<ByBlock> {
    let ends = points.iter().fold((f64::INFINITY, 0.0_f64), |(low, high), (x, _)| (low.min(*x), high.max(*x)));
    if ends.1 - ends.0 < apart {
        return None;
    }
    let lines: Vec<(f64, ByBlock)> =
        points.iter().map(|(x, series)| (*x, series.by_block(data.memory(), data.blocks))).collect();
    let resolution = points.iter().flat_map(|(_, series)| &series.points).filter_map(|point| point.resolution_bytes);
    let least = float(resolution.max().unwrap_or(0)) / (ends.1 - ends.0);
    let in_block = |block: usize| {
        let known: Vec<(f64, f64)> = lines.iter().filter_map(|(x, values)| Some((*x, values[block]?))).collect();
        let pairs = known.iter().flat_map(|one| known.iter().map(move |other| (one, other)));
        let slopes = pairs.filter(|(one, other)| other.0 - one.0 >= apart);
        let slopes: Vec<f64> = slopes.map(|(one, other)| (other.1 - one.1) / (other.0 - one.0)).collect();
        median(&slopes).map(|slope| if slope.abs() <= least { 0.0 } else { slope })
    };
    let blocks = lines.first()?.1.len();
    Some((0..blocks).map(in_block).collect())
}
