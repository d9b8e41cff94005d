//! Ratings out of five: time and memory of jobs that compute and jobs that wait, and their plain means.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use serde::Serialize;

use super::stars::{Ratio, band, stars};
pub use super::stars::{Rule, Stars, minmax_log};
use crate::analysis::rank;
use crate::analysis::{Data, Group, MEMORY_FLOOR, Measure, Names, RunLevel, float};
use crate::stats::{Interval, Sample};

/// What is rated, in the order of the tables: which jobs, and what of them.
pub(crate) const PARTS: [(&str, &str); 4] =
    [("computing", "time"), ("computing", "memory"), ("waiting", "time"), ("waiting", "memory")];

/// All ratings of a run.
#[derive(Debug)]
pub(crate) struct Ratings {
    pub(crate) rule: Rule,
    /// What stands for memory.
    pub(crate) memory: Measure,
    /// The highest overall first; those that lack a part behind the others.
    pub(crate) pools: Vec<Rating>,
    /// How many cells compute and how many wait.
    pub(crate) cells: [usize; 2],
}

/// The ratings of one pool.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Rating {
    pub(crate) pool: String,
    /// As [`PARTS`]; nothing where the pool has not every cell.
    pub(crate) parts: [Option<Part>; 4],
    /// Means of time and memory.
    pub(crate) computing: Option<f64>,
    pub(crate) waiting: Option<f64>,
    /// The mean of these two.
    pub(crate) overall: Option<f64>,
}

/// One part for programs; a ratio is the geometric mean of those to the best of each cell.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Part {
    jobs: &'static str,
    measure: &'static str,
    pub(crate) stars: f64,
    pub(crate) low: Option<f64>,
    pub(crate) high: Option<f64>,
    pub(crate) ratio: f64,
    ratio_low: Option<f64>,
    ratio_high: Option<f64>,
}

impl Part {
    /// The stars as people read them: `4.5`, or `4 to 5` where that is what the interval spans.
    pub(crate) fn text(&self) -> String {
        match self.low.zip(self.high) {
            None => format!("{} ?", self.stars),
            #[expect(clippy::float_cmp, reason = "both are halves")]
            Some((low, high)) if low == high => self.stars.to_string(),
            Some((low, high)) => format!("{low} to {high}"),
        }
    }
}

impl Ratings {
    /// The pools with the most stars of a part, at most so many, the least ratio first.
    pub(crate) fn best_of(&self, part: usize, many: usize) -> Vec<(&str, &Part)> {
        let rated = self.pools.iter().filter_map(|one| Some((one.pool.as_str(), one.parts[part].as_ref()?)));
        let mut rated: Vec<(&str, &Part)> = rated.collect();
        rated.sort_by(|(_, one), (_, other)| other.stars.total_cmp(&one.stars).then(one.ratio.total_cmp(&other.ratio)));
        rated.truncate(many);
        rated
    }
}

/// Rates all pools of a run. Places' scores and intervals are what stars are made from: each is over all cells of a part, so
/// that a pool which lacks one of them has no stars there.
pub(crate) fn ratings(data: &Data, level: &RunLevel, rule: Rule) -> Result<Ratings> {
    let (names, memory) = (Names::of(data), data.memory());
    let (waiting, computing): (Vec<&Group>, Vec<&Group>) =
        data.groups.keys().filter(|group| group.jobs > 0).partition(|group| group.waits());
    let mut parts = Vec::new();
    for (at, (jobs, measure)) in PARTS.into_iter().enumerate() {
        let groups = if at < 2 { &computing } else { &waiting };
        let of = if at % 2 == 0 { Measure::Time } else { memory };
        parts.push(if groups.is_empty() { BTreeMap::new() } else { part(data, level, &names, groups, of, rule)? });
        for part in parts.last_mut().into_iter().flat_map(BTreeMap::values_mut) {
            (part.jobs, part.measure) = (jobs, measure);
        }
    }
    let setups = data.groups.values().flat_map(BTreeMap::keys).filter(|setup| !setup.is_twin());
    let all: BTreeSet<String> = setups.map(|setup| names.short(setup)).collect();
    let mut pools: Vec<Rating> = all.into_iter().map(|pool| rating(pool, &parts)).collect();
    let key = |one: &Rating| [one.overall, one.computing, one.waiting].map(|stars| stars.unwrap_or(-1.0));
    pools.sort_by(|one, other| key(other).partial_cmp(&key(one)).unwrap_or(std::cmp::Ordering::Equal));
    Ok(Ratings { rule, memory, pools, cells: [computing.len(), waiting.len()] })
}

fn rating(pool: String, parts: &[BTreeMap<String, Part>]) -> Rating {
    let of = |at: usize| parts[at].get(&pool).cloned();
    let parts = [of(0), of(1), of(2), of(3)];
    let stars = |at: usize| parts[at].as_ref().map(|part| part.stars);
    let mean = |one: Option<f64>, other: Option<f64>| Some(f64::midpoint(one?, other?));
    let (computing, waiting) = (mean(stars(0), stars(1)), mean(stars(2), stars(3)));
    Rating { pool, computing, waiting, overall: mean(computing, waiting), parts }
}

/// The stars of all pools that have every one of these cells.
fn part(
    data: &Data,
    level: &RunLevel,
    names: &Names,
    groups: &[&Group],
    measure: Measure,
    rule: Rule,
) -> Result<BTreeMap<String, Part>> {
    let ranks = rank::scores_of_cells(data, level, measure, names, groups)?;
    let placed: Vec<_> =
        ranks.placed().filter_map(|(name, place)| Some((name.to_owned(), place.score?, place.interval))).collect();
    let rated: BTreeSet<&str> = placed.iter().map(|(name, ..)| name.as_str()).collect();
    let nobody_minds = if measure.is_memory() { beyond_a_floor(data, names, groups, measure, &rated) } else { band() };
    let ratios: Vec<Ratio> =
        placed.iter().map(|(_, value, interval)| Ratio { value: *value, interval: *interval, nobody_minds }).collect();
    let made = placed.iter().zip(stars(rule, &ratios)).map(|((name, ratio, interval), stars)| {
        let part = Part {
            jobs: "",
            measure: "",
            stars: stars.value,
            low: stars.range.map(|(low, _)| low),
            high: stars.range.map(|(_, high)| high),
            ratio: *ratio,
            ratio_low: interval.map(Interval::low),
            ratio_high: interval.map(Interval::high),
        };
        (name.clone(), part)
    });
    Ok(made.collect())
}

/// The ratio that lies 1 MiB above the geometric mean of the best of each cell, or the band if that is more.
fn beyond_a_floor(data: &Data, names: &Names, groups: &[&Group], measure: Measure, rated: &BTreeSet<&str>) -> f64 {
    let best = |group: &&Group| {
        let setups = data.groups[*group].iter().filter(|(setup, _)| rated.contains(names.short(setup).as_str()));
        let medians = setups.filter_map(|(_, series)| Some(Sample::new(&series.values(measure)).ok()?.median()));
        medians.min_by(f64::total_cmp)
    };
    let logs: Vec<f64> = groups.iter().filter_map(best).map(f64::ln).collect();
    if logs.is_empty() {
        return band();
    }
    let mean = (logs.iter().sum::<f64>() / float(logs.len() as u64)).exp();
    ((mean + MEMORY_FLOOR) / mean).max(band())
}
