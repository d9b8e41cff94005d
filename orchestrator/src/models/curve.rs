//! A pool's batches of one workload as they grow: what fits and predictions are made from.

use std::collections::BTreeMap;

use harness::Span;

use super::sharing::Sharing;
use crate::analysis::{Data, Group, Measure, Point, Series, Setup, float};
use crate::stats::{Cell, Line};

/// All sizes of one setup in one workload, ascending.
#[derive(Clone, Debug)]
pub struct Curve {
    /// The workload and its parameter, `sleep:20ms`.
    pub workload: String,
    /// Whether its jobs wait.
    pub waits: bool,
    /// The setup; its workers are those of the largest size, where they grow with the jobs.
    pub setup: Setup,
    /// The kind of the pool.
    pub kind: String,
    /// The loop that it is held against; none for that loop itself, and for a guest whose list names none.
    pub base: Option<String>,
    /// Whether it is the loop that others are held against.
    pub is_loop: bool,
    /// Its sizes.
    pub sizes: Vec<Size>,
}

/// One size's values by block.
#[derive(Clone, Debug)]
pub struct Size {
    /// Jobs in a batch.
    pub jobs: u64,
    /// How they are shared out.
    pub sharing: Sharing,
    /// Batch time, warm where there are warm ones, ns.
    pub time: Cell,
    /// The first batch, ns.
    pub cold: Option<Cell>,
    /// What the work of a job is known from; none where it is not.
    pub work: Option<Work>,
    /// The share of the lanes' time that is the base's work, in the same blocks; none for jobs that wait.
    pub efficiency: Option<Cell>,
    /// Peak memory, bytes.
    pub peak: Option<Cell>,
    /// How exact that is, bytes.
    pub resolution: u64,
}

/// What the work of a job is known from.
#[derive(Clone, Debug)]
pub enum Work {
    /// What each job waits, ns.
    Waits(f64),
    /// Batches of as many jobs of the base in the same blocks, ns, those that a quota held back left out.
    Base(Cell),
}

/// The parts of a batch's time that all sizes of a curve share: `fixed + each x jobs / lanes + work x jobs of the busiest`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shape {
    /// What a batch takes whatever its size, and what a job costs on its lane beyond its work.
    pub line: Line,
    /// The work of a job is in the line, since nothing tells it apart.
    pub is_whole: bool,
}

/// Every curve of a run, twins among them.
pub fn curves(data: &Data) -> Vec<Curve> {
    let mut all: BTreeMap<(String, String, String, String, u64), Curve> = BTreeMap::new();
    for (group, setups) in &data.groups {
        for (setup, series) in setups {
            let base_name = data.bases.base(setup.real_pool()).map(str::to_owned);
            let others = base_name.as_ref().filter(|name| *name != setup.real_pool());
            let base = others.and_then(|name| setups.iter().find(|(base, _)| base.pool == *name));
            let Some(size) = Size::of(data, group, setup, series, base.map(|(_, series)| series)) else { continue };
            let workload = group.workload_and_param();
            let workers = if data.varies_workers(&setup.pool) { setup.workers } else { 0 };
            let key = (workload.clone(), setup.pool.clone(), setup.chunk.clone(), setup.window.clone(), workers);
            let curve = all.entry(key).or_insert_with(|| Curve {
                workload,
                waits: group.waits(),
                setup: setup.clone(),
                kind: series.kind.clone(),
                is_loop: base_name.as_deref() == Some(setup.real_pool()),
                base: base_name.filter(|name| name != setup.real_pool()),
                sizes: Vec::new(),
            });
            curve.setup = setup.clone();
            curve.sizes.push(size);
        }
    }
    // Groups of one workload come by jobs.
    all.into_values().collect()
}

/// What a job of this group waits, ns; none for jobs that compute.
pub(super) fn waiting_ns(group: &Group) -> Option<f64> {
    if !group.waits() {
        return None;
    }
    let span: Span = group.param.parse().ok()?;
    Some(float(u64::try_from(span.duration().as_nanos()).unwrap_or(u64::MAX)))
}

impl Size {
    fn of(data: &Data, group: &Group, setup: &Setup, series: &Series, base: Option<&Series>) -> Option<Self> {
        let sharing = Sharing::of(group, setup, series);
        let by_block = |of: &dyn Fn(&Point) -> Option<u64>| by_block(series, data.blocks, of);
        let times = by_block(&|point| point.value(Measure::Time));
        let waiting = waiting_ns(group);
        let base_times = base.filter(|_| waiting.is_none() && group.jobs > 0).map(|base| base.free_times(data.blocks));
        let base_cell = || Cell::new(base_times.as_ref()?.get(1..)?).map(Work::Base);
        let lanes = float(sharing.lanes);
        let efficiency = base_times.as_ref().and_then(|base| {
            let own = series.free_times(data.blocks);
            let share = |(own, base): (&Option<f64>, &Option<f64>)| Some((*base)? / (lanes * (*own)?));
            Cell::new(&own.iter().zip(base).skip(1).map(share).collect::<Vec<_>>())
        });
        let measure = data.memory();
        Some(Self {
            jobs: group.jobs,
            sharing,
            time: Cell::new(&times)?,
            cold: Cell::new(&by_block(&|point| point.cold_ns)),
            work: waiting.map(Work::Waits).or_else(base_cell),
            efficiency,
            peak: Cell::new(&by_block(&|point| point.value(measure))).filter(|_| series.has(measure)),
            resolution: series.points.iter().filter_map(|point| point.resolution_bytes).max().unwrap_or(0),
        })
    }

    /// The work of a job, ns: what it waits, or the base's median batch by its jobs.
    pub fn work_ns(&self, draw: Option<&[u16]>) -> Option<f64> {
        match self.work.as_ref()? {
            Work::Waits(ns) => Some(*ns),
            Work::Base(cell) => Some(median(cell, draw)? / float(self.jobs.max(1))),
        }
    }

    /// What is left of the median batch beyond the work of the busiest worker, ns; below 0 where the pool works faster than its
    /// base. The difference of the medians and not the median of the differences, which noise upwards would shift.
    fn beyond(&self, draw: Option<&[u16]>) -> Option<f64> {
        Some(median(&self.time, draw)? - self.work_ns(draw)? * float(self.sharing.longest(self.jobs)))
    }

    /// Jobs for each lane that bears what they cost.
    fn share(&self) -> f64 {
        float(self.jobs) / float(self.sharing.overhead_lanes)
    }
}

/// A figure of each trial by block, block 0 left out.
pub(super) fn by_block(series: &Series, blocks: u64, of: &dyn Fn(&Point) -> Option<u64>) -> Vec<Option<f64>> {
    let mut values = vec![None; usize::try_from(blocks).unwrap_or(0)];
    for point in &series.points {
        let place = usize::try_from(point.block).ok().and_then(|block| values.get_mut(block.checked_sub(1)?));
        if let Some(slot) = place {
            *slot = of(&point).map(float);
        }
    }
    values
}

/// A cell's median, of all blocks or of a draw.
pub(super) fn median(cell: &Cell, draw: Option<&[u16]>) -> Option<f64> {
    draw.map_or_else(|| Some(cell.median()), |draw| cell.median_of(draw))
}

impl Curve {
    /// Whether the work of a job is known at every size, so that it can be told from what the pool costs.
    pub fn knows_work(&self) -> bool {
        self.sizes.iter().all(|size| size.work.is_some())
    }

    /// The work of a job, ns: that of the largest size. Of the base itself it is its own time a job.
    pub fn work_ns(&self) -> Option<f64> {
        self.sizes.last()?.work_ns(None)
    }

    /// The work of a job in a batch of so many, ns: between the sizes by logarithms of both, since caches change it; 0 where it is
    /// not known.
    pub fn work_at(&self, jobs: u64) -> f64 {
        let known: Vec<(f64, f64)> = self
            .sizes
            .iter()
            .filter_map(|size| Some((place(size.jobs), size.work_ns(None).filter(|ns| *ns > 0.0)?.ln())))
            .collect();
        between(&known, place(jobs)).map_or(0.0, f64::exp)
    }

    /// The parts that all sizes share, weighted by the inverse squares of their times: a percent counts the same at every size.
    /// None with fewer than two sizes.
    pub fn shape(&self, draw: Option<&[u16]>) -> Option<Shape> {
        let is_whole = !self.knows_work();
        let points = self.sizes.iter().filter_map(|size| {
            let left = if is_whole { median(&size.time, draw)? } else { size.beyond(draw)? };
            Some((size.share(), left, size.time.median().powi(-2)))
        });
        let points: Vec<(f64, f64, f64)> = points.collect();
        Some(Shape { line: Line::not_negative(&points)?, is_whole })
    }

    /// The time that the shape gives to a batch of so many jobs, ns.
    pub fn at(&self, shape: Shape, jobs: u64) -> f64 {
        let Some(sharing) = self.sharing(jobs) else { return f64::NAN };
        let work = if shape.is_whole { 0.0 } else { self.work_at(jobs) };
        shape.line.at(float(jobs) / float(sharing.overhead_lanes)) + work * float(sharing.longest(jobs))
    }

    /// How a batch of so many jobs would be shared out: as the nearest size not larger, else as the smallest.
    pub fn sharing(&self, jobs: u64) -> Option<Sharing> {
        let size = self.sizes.iter().rev().find(|size| size.jobs <= jobs).or_else(|| self.sizes.first());
        size.map(|size| size.sharing)
    }

    /// The same without one size.
    #[must_use]
    pub fn without(&self, jobs: u64) -> Self {
        let sizes = self.sizes.iter().filter(|size| size.jobs != jobs).cloned().collect();
        Self { sizes, ..self.clone() }
    }
}

/// Where a number of jobs stands on an axis of logarithms that has 0.
pub(super) fn place(jobs: u64) -> f64 {
    float(jobs).ln_1p()
}

/// Linear between points that ascend, and constant beyond them.
pub(super) fn between(points: &[(f64, f64)], x: f64) -> Option<f64> {
    let (first, last) = (points.first()?, points.last()?);
    if x <= first.0 {
        return Some(first.1);
    }
    let above = points.windows(2).find(|pair| x <= pair[1].0);
    Some(above.map_or(last.1, |pair| {
        let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
        y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    }))
}
