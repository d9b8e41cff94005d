//! What a batch that was not measured would take: for advice, where [`cost`](super::cost) is for explaining.
//!
//! A prediction goes through every measured size. Between them it follows the shape that all sizes share, corrected by what
//! the neighbouring sizes were off, so that a shape that fits badly costs little where there are sizes near.

use serde::Serialize;

use super::curve::{Curve, Shape, Size, between, median, place};
use super::figure::Figure;
use super::outside::Outside;
use crate::analysis::float;
use crate::stats::{Draws, Interval, Line, theil_sen};

/// An answer for a batch or a peak.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Prediction {
    /// ns, or bytes.
    pub value: f64,
    /// The low end of its interval at 95 %.
    pub low: Option<f64>,
    /// The high end.
    pub high: Option<f64>,
    /// How far it lies outside of what was measured.
    pub outside: Outside,
    /// How far a size was off that was left out and predicted from the others, at worst; none with fewer than three sizes. The
    /// interval is that much wider where the size was not measured.
    pub left_out: Option<f64>,
    /// Whether the run has this very batch, so that nothing is predicted.
    pub measured: bool,
}

/// The smallest size of a curve may have so many times the jobs of a batch that is predicted from it, where others have not.
const FEWER: f64 = 10.0;

/// Which batch of a trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Batch {
    /// After others: warm where the run has warm ones.
    Warm,
    /// The first of a process.
    First,
}

impl Curve {
    /// The time of a batch of so many jobs of this workload, ns. None without a size.
    pub fn predict(&self, jobs: u64, batch: Batch, draws: &Draws) -> Option<Prediction> {
        let value = self.batch(jobs, batch, None)?;
        let again: Vec<f64> = draws.each().filter_map(|draw| self.batch(jobs, batch, Some(draw))).collect();
        let is_measured = self.sizes.iter().any(|size| size.jobs == jobs);
        let left_out = self.left_out(batch);
        let doubt = if is_measured { 0.0 } else { left_out.unwrap_or(0.0) };
        let figure = Figure::of(value, &again, draws);
        Some(Prediction {
            outside: Outside { jobs: self.outside(jobs), ..Outside::INSIDE },
            left_out,
            measured: is_measured,
            ..Prediction::of(figure, doubt)
        })
    }

    /// The same from all blocks or one draw, without how sure it is.
    pub fn batch(&self, jobs: u64, batch: Batch, draw: Option<&[u16]>) -> Option<f64> {
        let times = |size: &Size| match batch {
            Batch::Warm => median(&size.time, draw),
            Batch::First => median(size.cold.as_ref()?, draw),
        };
        if let [only] = self.sizes.as_slice() {
            // All that one size can say: as much a job.
            let share = float(jobs.max(1)) / float(only.jobs.max(1));
            return Some(times(only)? * share);
        }
        // Shapes vary little from draw to draw, and what they miss is put right by the residuals.
        let shape = self.shape(None)?;
        let off = self.sizes.iter().filter_map(|size| {
            let ratio = times(size)? / self.at(shape, size.jobs);
            (ratio.is_finite() && ratio > 0.0).then(|| (place(size.jobs), ratio.ln()))
        });
        let off: Vec<(f64, f64)> = off.collect();
        Some(self.at(shape, jobs) * between(&off, place(jobs))?.exp())
    }

    /// How far the inner size that is predicted worst from the others is off, as a logarithm.
    fn left_out(&self, batch: Batch) -> Option<f64> {
        let inner = self.sizes.get(1..self.sizes.len().checked_sub(1)?)?;
        let errors = inner.iter().filter_map(|size| {
            let right = match batch {
                Batch::Warm => Some(&size.time),
                Batch::First => size.cold.as_ref(),
            };
            Some((self.without(size.jobs).batch(size.jobs, batch, None)? / right?.median()).ln().abs())
        });
        errors.reduce(f64::max)
    }

    /// How many times as many jobs as the largest size, or as few as the smallest.
    pub fn outside(&self, jobs: u64) -> f64 {
        let (Some(least), Some(most)) = (self.sizes.first(), self.sizes.last()) else { return f64::INFINITY };
        let times = |one: u64, other: u64| float(one.max(1)) / float(other.max(1));
        times(jobs, most.jobs).max(times(least.jobs, jobs)).max(1.0)
    }

    /// The peak of a batch of so many jobs, bytes: between the sizes linear, beyond the largest by the slope of the two
    /// largest: over smaller ones the 256 KiB to which peaks are exact say more than the jobs do. None where
    /// memory was not measured.
    pub fn predict_peak(&self, jobs: u64, draws: &Draws) -> Option<Prediction> {
        let value = self.peak(jobs, None)?;
        let again: Vec<f64> = draws.each().filter_map(|draw| self.peak(jobs, Some(draw))).collect();
        let measured = self.sizes.iter().any(|size| size.jobs == jobs && size.peak.is_some());
        let figure = Figure::of(value, &again, draws);
        let outside = Outside { jobs: self.outside(jobs), ..Outside::INSIDE };
        Some(Prediction { outside, measured, ..Prediction::of(figure, 0.0) })
    }

    /// The same from all blocks or one draw.
    pub fn peak(&self, jobs: u64, draw: Option<&[u16]>) -> Option<f64> {
        let known = self.sizes.iter().filter_map(|size| Some((float(size.jobs), median(size.peak.as_ref()?, draw)?)));
        let known: Vec<(f64, f64)> = known.collect();
        let (most, peak) = *known.last()?;
        let more = (float(jobs) - most).max(0.0);
        let slope = theil_sen(&known[known.len().saturating_sub(2)..]).unwrap_or(0.0).max(0.0);
        Some(if more > 0.0 { peak + slope * more } else { between(&known, float(jobs))? })
    }
}

impl Prediction {
    /// With an interval that is wider by a doubt, inside what was measured.
    fn of(figure: Figure, doubt: f64) -> Self {
        let interval =
            figure.interval().map(|found| Interval::between(found.low() * (-doubt).exp(), found.high() * doubt.exp()));
        Self {
            value: figure.value,
            low: interval.map(Interval::low),
            high: interval.map(Interval::high),
            outside: Outside::INSIDE,
            left_out: None,
            measured: false,
        }
    }
}

/// The time of a batch of jobs of a length that was not measured, ns, from the curves of one setup in workloads that all wait or
/// all compute and whose work is known. At this number of jobs each gives a length of a job and a batch time; between the
/// lengths the time follows the line through them, corrected by what the neighbours were off; beyond them only the work changes.
/// None where no curve knows its work.
pub fn predict_length(curves: &[&Curve], job_ns: f64, jobs: u64, batch: Batch, draws: &Draws) -> Option<Prediction> {
    draw_length(curves, job_ns, jobs, batch, draws).map(|drawn| drawn.prediction(draws))
}

/// A prediction with its value in each draw, so that two of them can be held against each other draw by draw.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    /// From all blocks.
    pub value: f64,
    /// From each draw, in their order; none where a draw has no answer.
    pub again: Vec<Option<f64>>,
    /// By how much more it may be off, since it was not measured: a logarithm.
    pub doubt: f64,
    /// As in [`Prediction`].
    pub outside: Outside,
    /// As in [`Prediction`].
    pub left_out: Option<f64>,
    /// As in [`Prediction`].
    pub measured: bool,
}

impl Drawn {
    /// With its interval.
    pub fn prediction(&self, draws: &Draws) -> Prediction {
        let again: Vec<f64> = self.again.iter().flatten().copied().collect();
        let Self { outside, left_out, measured, .. } = *self;
        let figure = Figure::of(self.value, &again, draws);
        Prediction { outside, left_out, measured, ..Prediction::of(figure, self.doubt) }
    }
}

/// What [`predict_length`] rests on.
pub fn draw_length(curves: &[&Curve], job_ns: f64, jobs: u64, batch: Batch, draws: &Draws) -> Option<Drawn> {
    let mut known: Vec<(f64, &Curve)> =
        curves.iter().filter_map(|curve| Some((own_work(curve, jobs)?, *curve))).collect();
    known.sort_by(|one, other| one.0.total_cmp(&other.0));
    // What many jobs took tells little of what few of them would: what a batch costs whatever its size is hidden in it.
    let tells = |curve: &Curve| curve.sizes.first().is_some_and(|least| float(least.jobs) <= FEWER * float(jobs));
    if known.iter().any(|(_, curve)| tells(curve)) {
        known.retain(|(_, curve)| tells(curve));
    }
    let value = at_length(&known, job_ns, jobs, batch, None)?;
    let again = draws.each().map(|draw| at_length(&known, job_ns, jobs, batch, Some(draw))).collect();
    let nearest = known.iter().min_by(|one, other| {
        let far = |work: f64| (job_ns / work).ln().abs();
        far(one.0).total_cmp(&far(other.0))
    })?;
    let inner = known.len().checked_sub(1).and_then(|end| known.get(1..end)).unwrap_or(&[]);
    let errors = inner.iter().filter_map(|(work, curve)| {
        let others: Vec<(f64, &Curve)> =
            known.iter().filter(|(_, other)| other.workload != curve.workload).copied().collect();
        Some((at_length(&others, *work, jobs, batch, None)? / curve.batch(jobs, batch, None)?).ln().abs())
    });
    let of_lengths = errors.reduce(f64::max);
    let of_sizes = nearest.1.left_out(batch);
    // Workers may grow with the jobs.
    let is_it = |size: &Size| size.jobs == jobs && size.sharing.workers == nearest.1.setup.workers.max(1);
    let measured = (nearest.0 / job_ns - 1.0).abs() < 1e-9 && nearest.1.sizes.iter().any(is_it);
    let left_out = of_lengths.into_iter().chain(of_sizes).reduce(f64::max);
    let doubt = if measured { 0.0 } else { left_out.unwrap_or(0.0) };
    Some(Drawn { value, again, doubt, outside: Outside::of(&known, job_ns, jobs), left_out, measured })
}

/// The work of a job of a curve in a batch of so many, ns; of the base itself its own time.
pub(super) fn own_work(curve: &Curve, jobs: u64) -> Option<f64> {
    let work = if curve.is_loop && !curve.waits {
        curve.batch(jobs, Batch::Warm, None)? / float(jobs.max(1))
    } else {
        curve.work_at(jobs)
    };
    (work > 0.0).then_some(work)
}

fn at_length(known: &[(f64, &Curve)], job_ns: f64, jobs: u64, batch: Batch, draw: Option<&[u16]>) -> Option<f64> {
    let times = known.iter().filter_map(|(work, curve)| Some((*work, curve.batch(jobs, batch, draw)?, *curve)));
    let times: Vec<(f64, f64, &Curve)> = times.collect();
    let longest = |curve: &Curve| curve.sharing(jobs).map(|sharing| float(sharing.longest(jobs)));
    let (first, last) = (times.first()?, times.last()?);
    if job_ns <= first.0 || job_ns >= last.0 {
        let (work, time, curve) = if job_ns <= first.0 { first } else { last };
        // No batch is shorter than a tenth of what was measured only because its jobs are: what is left is overhead.
        return Some((time + (job_ns - work) * longest(curve)?).max(0.1 * time));
    }
    let points: Vec<(f64, f64, f64)> = times.iter().map(|(work, time, _)| (*work, *time, time.powi(-2))).collect();
    let line = Line::not_negative(&points)?;
    let off: Vec<(f64, f64)> = points.iter().map(|(work, time, _)| (work.ln(), (time / line.at(*work)).ln())).collect();
    Some(line.at(job_ns) * between(&off, job_ns.ln())?.exp())
}

impl Shape {
    /// What a batch takes whatever its size, ns.
    pub fn fixed_ns(self) -> f64 {
        self.line.fixed
    }

    /// What a job costs on its lane beyond its work, ns; with its work where that is not known.
    pub fn each_ns(self) -> f64 {
        self.line.each
    }
}
