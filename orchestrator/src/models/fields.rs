//! The fields of the decision table: what holds jobs up, how long one lasts, how many there are.

use std::collections::BTreeMap;

use harness::Span;
use serde::{Serialize, Serializer};

use crate::analysis::{Data, Group, Measure, Series, Setup, float};
use crate::stats::Sample;

/// What holds a job up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Bottleneck {
    /// The processor.
    Computing,
    /// A timer.
    Waiting,
    /// A web server on the same machine, which takes its share of the cores.
    Web,
}

impl Bottleneck {
    fn of(group: &Group) -> Self {
        match group.workload.as_str() {
            "http" | "http-native" => Self::Web,
            _ if group.waits() => Self::Waiting,
            _ => Self::Computing,
        }
    }

    /// Its name for people and for programs.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Computing => "computing",
            Self::Waiting => "waiting",
            Self::Web => "web",
        }
    }

    /// Which jobs it stands for.
    pub(super) fn jobs(self) -> &'static str {
        match self {
            Self::Computing => "jobs that compute",
            Self::Waiting => "jobs that wait",
            Self::Web => "jobs that ask the web",
        }
    }
}

impl Serialize for Bottleneck {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

/// One line of the table: all cells whose lengths and numbers of jobs lie nearest to the same powers of ten.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Field {
    pub(super) bottleneck: Bottleneck,
    /// The nearest power of ten of a job's length, ns.
    length: i32,
    /// The nearest power of ten of the number of jobs.
    jobs: i32,
}

impl Field {
    /// Whether it is of the same jobs, but for their number.
    pub(super) fn is_beside(self, other: Self) -> bool {
        (self.bottleneck, self.length) == (other.bottleneck, other.length)
    }

    fn new(bottleneck: Bottleneck, length_ns: f64, jobs: u64) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "a cast from float saturates")]
        let nearest = |value: f64| value.max(1.0).log10().round() as i32;
        Self { bottleneck, length: nearest(length_ns), jobs: nearest(float(jobs)) }
    }
}

/// What the table should have: a cell of the preset `all` for each field.
pub(super) struct Standard {
    pub(super) field: Field,
    pub(super) length_ns: f64,
    pub(super) jobs: u64,
    workload: &'static str,
}

impl Standard {
    /// The command that fills the field.
    pub(super) fn command(&self) -> String {
        format!("poolbench run --workload {} --jobs {}", self.workload, self.jobs)
    }
}

/// The fields that a run of `all` fills.
pub(super) fn standard() -> impl Iterator<Item = Standard> {
    use Bottleneck::{Computing, Waiting, Web};
    let all = [
        (Computing, 1e2, 1000, "compute"),
        (Computing, 1e2, 10_000, "compute"),
        (Computing, 1e2, 100_000, "compute"),
        (Computing, 1e3, 100, "spin:1us"),
        (Computing, 1e3, 10_000, "spin:1us"),
        (Computing, 1e4, 100, "spin:10us"),
        (Computing, 1e4, 1000, "spin:10us"),
        (Computing, 1e5, 100, "spin:100us"),
        (Computing, 1e6, 50, "spin:1ms"),
        (Computing, 2e7, 8, "spin:20ms"),
        (Waiting, 1e6, 100, "sleep:1ms"),
        (Waiting, 1e6, 1000, "sleep:1ms"),
        (Waiting, 2e7, 100, "sleep:20ms"),
        (Web, 1e5, 100, "http:0ms"),
        (Web, 5e6, 100, "http:5ms"),
    ];
    all.into_iter().map(|(bottleneck, length_ns, jobs, workload)| Standard {
        field: Field::new(bottleneck, length_ns, jobs),
        length_ns,
        jobs,
        workload,
    })
}

/// How long a job of a cell lasts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Length {
    pub(super) ns: f64,
    /// Whether it is only known to be no more, for want of a plain loop.
    pub(super) is_bound: bool,
}

/// All cells of a run that have jobs and whose jobs have a length, by field.
pub(super) fn fields(data: &Data) -> BTreeMap<Field, Vec<(&Group, Length)>> {
    let mut fields: BTreeMap<Field, Vec<(&Group, Length)>> = BTreeMap::new();
    for (group, setups) in data.groups.iter().filter(|(group, _)| group.jobs > 0) {
        let Some(length) = length(group, setups) else { continue };
        let field = Field::new(Bottleneck::of(group), length.ns, group.jobs);
        fields.entry(field).or_default().push((group, length));
    }
    fields
}

/// As the parameter says it, else what a plain loop takes for a job, else what the fastest takes for it on all its workers:
/// a job lasts no longer than that.
fn length(group: &Group, setups: &BTreeMap<Setup, Series>) -> Option<Length> {
    let exact = |ns| Some(Length { ns, is_bound: false });
    let is_told = matches!(group.workload.as_str(), "spin" | "skew" | "sleep" | "http" | "http-native");
    let told = group.param.parse::<Span>().ok().filter(|span| is_told && span.ns > 0);
    if let Some(span) = told {
        return exact(float(span.ns));
    }
    let jobs = float(group.jobs);
    let each = |series: &Series| Some(Sample::new(&series.values(Measure::Time)).ok()?.median() / jobs);
    let least = |all: &mut dyn Iterator<Item = f64>| all.min_by(f64::total_cmp);
    let plain = setups.values().filter(|series| series.kind == "serial").filter_map(each);
    if let Some(ns) = least(&mut plain.into_iter()) {
        return exact(ns);
    }
    let at_once = |setup: &Setup, series: &Series| {
        float(if group.waits() { setup.workers } else { setup.workers.min(series.cores) }.max(1))
    };
    let bounds = setups.iter().filter_map(|(setup, series)| Some(each(series)? * at_once(setup, series)));
    // Where no trial was ok the field is named all the same: by the length of a short job.
    Some(Length { ns: least(&mut bounds.into_iter()).unwrap_or(1e2), is_bound: true })
}
