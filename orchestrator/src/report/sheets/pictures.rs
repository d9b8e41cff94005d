//! What each picture of a spreadsheet shows: a value with its ends for each pool and number of jobs.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use crate::analysis::{Data, Figures, Measure, Names, figures};
use crate::plan::cell::TWIN;
use crate::stats::{Alpha, Sample};

/// A value with the interval that it is known within; whole numbers, since a decimal point is a comma in half the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Point {
    pub(super) value: i64,
    pub(super) low: i64,
    pub(super) high: i64,
}

/// One picture: jobs along, a line a pool.
#[derive(Clone, Debug)]
pub(super) struct Picture {
    /// What is shown, such as `batch time`.
    pub(super) title: &'static str,
    /// The unit of the values: `ns`, `ps`, `bytes` or `permille`.
    pub(super) unit: &'static str,
    /// Of which workload, with its parameter.
    pub(super) workload: String,
    /// Along.
    pub(super) jobs: Vec<u64>,
    /// A line each, in the order of names: the value at each number of jobs, where there is one.
    pub(super) lines: Vec<(String, Vec<Option<Point>>)>,
    /// Whether all values are above 0, so that a logarithmic axis can show them.
    pub(super) is_positive: bool,
}

impl Picture {
    /// The lines that are best at the largest number of jobs, least first; of efficiency the most is best.
    pub(super) fn leading(&self, count: usize) -> Vec<&str> {
        let last =
            |points: &[Option<Point>]| points.iter().rev().flatten().next().map_or(i64::MAX, |point| point.value);
        let sign = if self.unit == "permille" { -1 } else { 1 };
        let mut order: Vec<(i64, &str)> =
            self.lines.iter().map(|(name, points)| (sign * last(points), name.as_str())).collect();
        order.sort_unstable();
        order.into_iter().take(count).map(|(_, name)| name).collect()
    }

    /// A name for its file or sheet, of letters, digits, dots and dashes.
    pub(super) fn name(&self) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' };
        format!("{}-{}", self.title, self.workload).chars().map(plain).collect()
    }
}

/// What a picture shows of a cell.
type Pick<'a> = (&'static str, &'static str, Box<dyn Fn(&Figures) -> Option<Point> + 'a>);

/// All pictures for which the run has values; twins are in none.
pub(super) fn pictures(data: &Data) -> Result<Vec<Picture>> {
    let (mut cells, names, memory) = (figures(data)?, Names::of(data), data.memory());
    cells.retain(|one| !one.pool.ends_with(TWIN));
    let of_series = |measure: Measure| {
        let mut known: BTreeMap<(String, u64, String), Point> = BTreeMap::new();
        for (group, setups) in &data.groups {
            for (setup, series) in setups {
                if let Some(point) = median(&series.values(measure)).filter(|_| series.has(measure)) {
                    known.insert((group.workload_and_param(), group.jobs, names.short(setup)), point);
                }
            }
        }
        move |one: &Figures| known.get(&(one.workload_and_param(), one.jobs, one.name.clone())).copied()
    };
    let picks: [Pick; 4] = [
        ("batch time", "ns", Box::new(of_series(Measure::Time))),
        (if memory == Measure::Charged { "charged memory" } else { "peak RSS" }, "bytes", Box::new(of_series(memory))),
        (
            "overhead a job",
            "ps",
            Box::new(|one| thousandths(one.overhead_ns, one.overhead_low_ns, one.overhead_high_ns)),
        ),
        (
            "efficiency",
            "permille",
            Box::new(|one| thousandths(one.efficiency, one.efficiency_low, one.efficiency_high)),
        ),
    ];
    let workloads: BTreeSet<String> = cells.iter().map(Figures::workload_and_param).collect();
    let all = workloads.iter().flat_map(|workload| picks.iter().map(move |pick| (workload, pick)));
    Ok(all.filter_map(|(workload, pick)| picture(&cells, workload, pick)).collect())
}

fn picture(cells: &[Figures], workload: &str, (title, unit, pick): &Pick) -> Option<Picture> {
    let own: Vec<&Figures> = cells.iter().filter(|one| one.workload_and_param() == workload).collect();
    let jobs: BTreeSet<u64> = own.iter().map(|one| one.jobs).collect();
    let mut lines: BTreeMap<&str, BTreeMap<u64, Point>> = BTreeMap::new();
    for one in &own {
        if let Some(point) = pick(one) {
            lines.entry(&one.name).or_default().insert(one.jobs, point);
        }
    }
    let is_positive = lines.values().flat_map(BTreeMap::values).all(|point| point.low > 0);
    let line = |(name, points): (&str, BTreeMap<u64, Point>)| {
        (name.to_owned(), jobs.iter().map(|jobs| points.get(jobs).copied()).collect())
    };
    let lines: Vec<_> = lines.into_iter().map(line).collect();
    let jobs: Vec<u64> = jobs.iter().copied().collect();
    (!lines.is_empty()).then(|| Picture { title, unit, workload: workload.to_owned(), jobs, lines, is_positive })
}

/// The median with its interval at 95 %; where there are too few values for one, with their range.
fn median(values: &[f64]) -> Option<Point> {
    let sample = Sample::new(values).ok()?;
    let (low, high) = sample
        .median_interval(Alpha::FIVE_PERCENT)
        .map_or((sample.min(), sample.max()), |found| (found.interval.low(), found.interval.high()));
    Some(Point { value: rounded(sample.median()), low: rounded(low), high: rounded(high) })
}

fn thousandths(value: Option<f64>, low: Option<f64>, high: Option<f64>) -> Option<Point> {
    let whole = |value: f64| rounded(1000.0 * value);
    Some(Point { value: whole(value?), low: whole(low?), high: whole(high?) })
}

fn rounded(value: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "a cast from float saturates")]
    let whole = value.round() as i64;
    whole
}
