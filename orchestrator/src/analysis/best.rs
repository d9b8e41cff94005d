//! Who is fastest in each cell, who cannot be told from that, and what the slowest costs.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Serialize;

use super::compare::{Comparison, Doubt, Pair, family};
use super::data::{Data, Group, Series, Setup, whole};
use super::level::RunLevel;
use super::measure::Measure;
use super::names::Names;
use crate::stats::{Sample, Verdict};

/// The answer of one workload and size. Setups by the names that tables give them.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Best {
    /// The workload and its parameter, `sleep:20ms`.
    pub(crate) workload: String,
    pub(crate) jobs: u64,
    /// The setup with the lowest median.
    pub(crate) pool: String,
    /// That median, ns.
    pub(crate) median_ns: u64,
    /// The others that are not beyond doubt slower, by their medians; nothing where there are too few blocks to tell.
    pub(crate) as_good: Option<Vec<String>>,
    /// The blocks that it takes to tell.
    #[serde(skip)]
    pub(crate) fewest_blocks: usize,
    /// The setup with the highest median, and how many thousandths of the lowest that is.
    pub(crate) worst: Option<String>,
    pub(crate) worst_permille: Option<u64>,
}

/// The answers, in the order of the groups; none for a group without a value. Setups with less than half of the trials of
/// others are left out. In each cell all others are held against its
/// best in the same blocks, as one family.
pub(crate) fn best(data: &Data, level: &RunLevel) -> Result<Vec<Best>> {
    let (names, doubt) = (Names::of(data), Doubt::Widened(level.widening(Measure::Time), data.nodes.drawn()));
    let all = data.groups.iter().map(|(group, setups)| of_group(data, group, setups, &names, doubt));
    all.filter_map(Result::transpose).collect()
}

fn of_group(
    data: &Data,
    group: &Group,
    setups: &BTreeMap<Setup, Series>,
    names: &Names,
    doubt: Doubt,
) -> Result<Option<Best>> {
    let median = |series: &Series| Sample::new(&series.values(Measure::Time)).ok().map(|sample| sample.median());
    let pools = setups.iter().filter(|(setup, _)| !setup.is_twin());
    let most = pools.clone().map(|(_, series)| series.points.len()).max().unwrap_or(0);
    // One that failed in most blocks is the fastest of those that it survived only.
    let lasting = pools.filter(|(_, series)| 2 * series.points.len() >= most);
    let mut by_median: Vec<(f64, (&Setup, &Series))> =
        lasting.filter_map(|(setup, series)| Some((median(series)?, (setup, series)))).collect();
    by_median.sort_by(|one, other| one.0.total_cmp(&other.0));
    let Some(((least, best), others)) = by_median.split_first() else { return Ok(None) };
    let pairs: Vec<Pair> =
        others.iter().map(|(_, candidate)| Pair { group, reference: *best, candidate: *candidate }).collect();
    let found = family(&pairs, Measure::Time, doubt, data.alpha)?;
    let verdicts: Vec<Verdict> = found.iter().map(Comparison::verdict).collect();
    let is_tie = |verdict: &Verdict| !matches!(verdict, Verdict::Slower | Verdict::TooFewBlocks);
    let ties = found.iter().zip(&verdicts).filter(|(_, verdict)| is_tie(verdict));
    let is_told = verdicts.is_empty() || verdicts.iter().any(|verdict| *verdict != Verdict::TooFewBlocks);
    let as_good = ties.map(|(one, _)| names.short(&one.candidate)).collect();
    let worst = others.last();
    Ok(Some(Best {
        workload: group.workload_and_param(),
        jobs: group.jobs,
        pool: names.short(best.0),
        median_ns: whole(*least),
        as_good: is_told.then_some(as_good),
        fewest_blocks: data.alpha.shared_by(others.len().max(1)).fewest_blocks(),
        worst: worst.map(|(_, (setup, _))| names.short(setup)),
        worst_permille: worst.map(|(most, _)| whole(1000.0 * most / least)),
    }))
}
