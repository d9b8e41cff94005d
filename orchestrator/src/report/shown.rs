//! What is shown of each cell, in spreadsheets and pictures alike: its figures, each with where it lies.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::analysis::{Data, Figures, Group, Measure, Names, Series, Setup, figures, interval};
use crate::stats::{Alpha, Sample};

/// A value with the interval that it is known within.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Known {
    pub(super) value: f64,
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Known {
    /// The median with its interval at 95 %; where there are too few values for one, with their range.
    pub(super) fn median(values: &[f64]) -> Option<Self> {
        let sample = Sample::new(values).ok()?;
        let (low, high) = sample
            .median_interval(Alpha::FIVE_PERCENT)
            .map_or((sample.min(), sample.max()), |found| (found.interval.low(), found.interval.high()));
        Some(Self { value: sample.median(), low, high })
    }

    /// The same a factor larger.
    pub(super) fn times(self, factor: f64) -> Self {
        Self { value: self.value * factor, low: self.low * factor, high: self.high * factor }
    }

    fn all(value: Option<f64>, low: Option<f64>, high: Option<f64>) -> Option<Self> {
        Some(Self { value: value?, low: low?, high: high? })
    }
}

/// One cell.
#[derive(Clone, Debug)]
pub(super) struct Shown<'a> {
    pub(super) group: &'a Group,
    pub(super) setup: &'a Setup,
    pub(super) series: &'a Series,
    /// What tables call the setup.
    pub(super) name: String,
    /// Batch time, ns.
    pub(super) time: Option<Known>,
    /// The peak as the run ranks it, bytes.
    pub(super) memory: Option<Known>,
    /// What a job costs beyond its work, ns.
    pub(super) overhead: Option<Known>,
    /// Speed-up for each core that it could use.
    pub(super) efficiency: Option<Known>,
}

/// All cells of a run, in the order of groups and setups; twins are in none.
pub(super) fn shown(data: &Data) -> Result<Vec<Shown<'_>>> {
    let (names, memory) = (Names::of(data), data.memory());
    let figures = figures(data)?;
    let key = |one: &Figures| (one.workload_and_param(), one.jobs, one.name.clone());
    let known: BTreeMap<_, &Figures> = figures.iter().map(|one| (key(one), one)).collect();
    let median = |series: &Series, measure: Measure| {
        let known = Known::median(&series.values(measure)).filter(|_| series.has(measure))?;
        let ends = interval(data, series, measure).map(|found| (found.low(), found.high()));
        let (low, high) = ends.unwrap_or((known.low, known.high));
        Some(Known { low, high, ..known })
    };
    let of_cell = |group: &'_ Group, name: &str| known.get(&(group.workload_and_param(), group.jobs, name.to_owned()));
    let all =
        data.groups.iter().flat_map(|(group, setups)| setups.iter().map(move |(setup, series)| (group, setup, series)));
    let one = |(group, setup, series)| {
        let name = names.short(setup);
        let of = of_cell(group, &name);
        Shown {
            group,
            setup,
            series,
            time: median(series, Measure::Time),
            memory: median(series, memory),
            overhead: of.and_then(|one| Known::all(one.overhead_ns, one.overhead_low_ns, one.overhead_high_ns)),
            efficiency: of.and_then(|one| Known::all(one.efficiency, one.efficiency_low, one.efficiency_high)),
            name,
        }
    };
    Ok(all.filter(|(_, setup, _): &(_, &Setup, _)| !setup.is_twin()).map(one).collect())
}
