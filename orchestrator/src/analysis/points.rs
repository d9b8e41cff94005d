//! The trials of one setup that were ok: one of them for who looks at it, and how millions of them are kept.

use super::column::Column;
use super::measure::Measure;

/// One accepted trial that was ok.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Point {
    /// Its block.
    pub block: u64,
    /// Whether a CPU quota held it back.
    pub is_throttled: bool,
    /// The first batch, ns.
    pub cold_ns: Option<u64>,
    /// The warm batches' lower median, ns.
    pub warm_ns: Option<u64>,
    /// From before the pool's start to when its workers were up, ns.
    pub start_ns: Option<u64>,
    /// From the end of the last batch to when the workers were gone, ns.
    pub stop_ns: Option<u64>,
    /// Resident memory of the tree before there was a worker, bytes.
    pub ready_bytes: Option<u64>,
    /// The same when the workers were up.
    pub started_bytes: Option<u64>,
    /// The same at the end of the last batch, bytes.
    pub done_bytes: Option<u64>,
    /// The same when the workers were gone, bytes.
    pub stopped_bytes: Option<u64>,
    /// CPU time of the tree over the window, a batch of it, ns: cells may differ in their batches.
    pub cpu_ns: Option<u64>,
    /// Peak resident memory, bytes: twice the same of a single process, of a tree what it is at least and at most;
    /// nothing where it is incomplete.
    pub resident: Option<(u64, u64)>,
    /// The control group's peak, bytes; nothing where it is incomplete.
    pub charged_bytes: Option<u64>,
    /// How exact the more exact of the two is, bytes.
    pub resolution_bytes: Option<u64>,
}

impl Point {
    /// One value; nothing if it was not measured, and nothing for 0, of which there is no ratio.
    pub fn value(&self, measure: Measure) -> Option<u64> {
        let value = match measure {
            Measure::Time => self.warm_ns.or(self.cold_ns),
            Measure::Cpu => self.cpu_ns,
            Measure::Charged => self.charged_bytes,
            Measure::Resident => self.resident.filter(|(low, high)| low == high).map(|(low, _)| low),
        };
        value.filter(|value| *value > 0)
    }
}

/// Trials in the order in which they were added, a column a figure: 30 to 50 bytes a trial, of which [`Point`] takes 216.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Points {
    len: usize,
    block: Column,
    /// 0 of those that were held back.
    throttled: Column,
    cold: Column,
    warm: Column,
    start: Column,
    stop: Column,
    ready: Column,
    started: Column,
    done: Column,
    stopped: Column,
    cpu: Column,
    low: Column,
    /// What the resident peak may be more than it is at least: 0 of a single process.
    spread: Column,
    charged: Column,
    resolution: Column,
}

impl Points {
    /// Adds a trial.
    pub fn push(&mut self, point: Point) {
        self.len += 1;
        self.block.push(Some(point.block));
        self.throttled.push(point.is_throttled.then_some(0));
        self.cold.push(point.cold_ns);
        self.warm.push(point.warm_ns);
        self.start.push(point.start_ns);
        self.stop.push(point.stop_ns);
        self.ready.push(point.ready_bytes);
        self.started.push(point.started_bytes);
        self.done.push(point.done_bytes);
        self.stopped.push(point.stopped_bytes);
        self.cpu.push(point.cpu_ns);
        self.low.push(point.resident.map(|(low, _)| low));
        self.spread.push(point.resident.map(|(low, high)| high.saturating_sub(low)));
        self.charged.push(point.charged_bytes);
        self.resolution.push(point.resolution_bytes);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The first one.
    pub fn first(&self) -> Option<Point> {
        self.iter().next()
    }

    /// Each of them.
    pub fn iter(&self) -> Iter<'_> {
        Iter { points: self, at: 0 }
    }

    /// The block of each and its value of a measure: of the columns that this takes, and no others.
    pub fn values(&self, measure: Measure) -> impl Iterator<Item = (u64, Option<u64>)> {
        let value = move |at: usize| {
            let point = match measure {
                Measure::Time => Point { warm_ns: self.warm.get(at), cold_ns: self.cold.get(at), ..Point::default() },
                Measure::Cpu => Point { cpu_ns: self.cpu.get(at), ..Point::default() },
                Measure::Charged => Point { charged_bytes: self.charged.get(at), ..Point::default() },
                Measure::Resident => Point { resident: self.resident(at), ..Point::default() },
            };
            (self.block(at), point.value(measure))
        };
        (0..self.len).map(value)
    }

    /// Drops those for which `keeps` is false; the others may be changed.
    pub fn retain_mut(&mut self, mut keeps: impl FnMut(&mut Point) -> bool) {
        *self = self.iter().filter_map(|mut point| keeps(&mut point).then_some(point)).collect();
    }

    fn get(&self, at: usize) -> Point {
        Point {
            block: self.block(at),
            is_throttled: self.throttled.get(at).is_some(),
            cold_ns: self.cold.get(at),
            warm_ns: self.warm.get(at),
            start_ns: self.start.get(at),
            stop_ns: self.stop.get(at),
            ready_bytes: self.ready.get(at),
            started_bytes: self.started.get(at),
            done_bytes: self.done.get(at),
            stopped_bytes: self.stopped.get(at),
            cpu_ns: self.cpu.get(at),
            resident: self.resident(at),
            charged_bytes: self.charged.get(at),
            resolution_bytes: self.resolution.get(at),
        }
    }

    fn block(&self, at: usize) -> u64 {
        self.block.get(at).unwrap_or(0)
    }

    fn resident(&self, at: usize) -> Option<(u64, u64)> {
        let low = self.low.get(at)?;
        Some((low, low + self.spread.get(at)?))
    }
}

impl FromIterator<Point> for Points {
    fn from_iter<T: IntoIterator<Item = Point>>(all: T) -> Self {
        let mut points = Self::default();
        all.into_iter().for_each(|point| points.push(point));
        points
    }
}

impl<'a> IntoIterator for &'a Points {
    type Item = Point;
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

/// Each of some trials.
#[derive(Clone, Debug)]
pub struct Iter<'a> {
    points: &'a Points,
    at: usize,
}

impl Iterator for Iter<'_> {
    type Item = Point;

    fn next(&mut self) -> Option<Point> {
        let point = (self.at < self.points.len).then(|| self.points.get(self.at))?;
        self.at += 1;
        Some(point)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points() -> Vec<Point> {
        let one = Point { block: 3, cold_ns: Some(7), resident: Some((5, 5)), ..Point::default() };
        let full = Point {
            block: 1,
            is_throttled: true,
            cold_ns: Some(u64::MAX),
            warm_ns: Some(1),
            start_ns: Some(2),
            stop_ns: Some(3),
            ready_bytes: Some(4),
            started_bytes: Some(5),
            done_bytes: Some(6),
            stopped_bytes: Some(7),
            cpu_ns: Some(0),
            resident: Some((0, u64::MAX)),
            charged_bytes: Some(9),
            resolution_bytes: Some(10),
        };
        vec![one, full, Point::default()]
    }

    #[test]
    fn every_figure_comes_back_and_measures_are_those_of_the_points() {
        let all = points();
        let kept: Points = all.iter().copied().collect();
        assert_eq!(kept.iter().collect::<Vec<_>>(), all);
        assert_eq!((kept.len(), kept.is_empty(), kept.first()), (3, false, all.first().copied()));
        for measure in [Measure::Time, Measure::Cpu, Measure::Charged, Measure::Resident] {
            let each: Vec<_> = all.iter().map(|point| (point.block, point.value(measure))).collect();
            assert_eq!(kept.values(measure).collect::<Vec<_>>(), each);
        }
    }

    #[test]
    fn those_that_stay_may_be_changed() {
        let mut kept: Points = points().into_iter().collect();
        kept.retain_mut(|point| {
            point.block += 1;
            point.cold_ns.is_some()
        });
        assert_eq!(kept.iter().map(|point| point.block).collect::<Vec<_>>(), [4, 2]);
    }
}
