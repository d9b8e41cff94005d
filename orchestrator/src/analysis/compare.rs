//! Pools against a reference in the same blocks, and one pool in two runs: estimates, intervals, verdicts.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};

use super::data::{Data, Group, Measure, Series, Setup};
use super::twin;
use crate::stats::{Alpha, Band, Finding, Interval, Member, Sample, Verdict, compare_family, log_ratios};

/// Differences of memory below this many bytes are not claims: that is how far two starts of one program differ.
const MEMORY_FLOOR: f64 = 1_048_576.0;

/// One comparison: B against A.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// Where.
    pub group: Group,
    /// A.
    pub reference: Setup,
    /// B.
    pub candidate: Setup,
    /// What was compared.
    pub measure: Measure,
    /// The medians of A and B.
    pub medians: (f64, f64),
    /// What was found.
    pub finding: Finding,
    /// The A/A twin's interval in this group.
    pub twin: Option<Interval>,
}

impl Comparison {
    /// What may be claimed; a difference of memory below a MiB is none.
    pub fn verdict(&self) -> Verdict {
        let (a, b) = self.medians;
        match self.finding.verdict {
            Verdict::Faster | Verdict::Slower if self.measure.is_memory() && (a - b).abs() < MEMORY_FLOOR => {
                Verdict::Same
            }
            verdict => verdict,
        }
    }
}

/// Comparisons that are claimed together.
pub type Family = Vec<Comparison>;

/// `ln(B / A)` for every block that has both.
pub(crate) fn differences(a: &Series, b: &Series, measure: Measure) -> Result<Vec<f64>> {
    let by_block: BTreeMap<u64, f64> =
        a.points.iter().filter_map(|point| Some((point.block, super::data::float(point.value(measure)?)))).collect();
    let pairs: Vec<(f64, f64)> = b
        .points
        .iter()
        .filter_map(|point| Some((*by_block.get(&point.block)?, super::data::float(point.value(measure)?))))
        .collect();
    log_ratios(&pairs).context("comparing the values of a cell")
}

/// A pair to compare.
pub(crate) struct Pair<'a> {
    pub(crate) group: &'a Group,
    pub(crate) reference: (&'a Setup, &'a Series),
    pub(crate) candidate: (&'a Setup, &'a Series),
}

/// Compares all pairs as one family.
pub(crate) fn family(
    pairs: &[Pair],
    measure: Measure,
    twins: &BTreeMap<Group, Vec<Interval>>,
    alpha: Alpha,
) -> Result<Family> {
    let all: Vec<Vec<f64>> =
        pairs.iter().map(|pair| differences(pair.reference.1, pair.candidate.1, measure)).collect::<Result<_>>()?;
    let twin = |pair: &Pair| twin::of_group(twins, pair.group);
    let members: Vec<Member> =
        pairs.iter().zip(&all).map(|(pair, differences)| Member { differences, twin: twin(pair) }).collect();
    let findings = compare_family(&members, alpha, Band::default()).context("comparing pools")?;
    let median = |series: &Series| Sample::new(&series.values(measure)).map_or(f64::NAN, |sample| sample.median());
    let made = pairs.iter().zip(findings).map(|(pair, finding)| Comparison {
        group: pair.group.clone(),
        reference: pair.reference.0.clone(),
        candidate: pair.candidate.0.clone(),
        measure,
        medians: (median(pair.reference.1), median(pair.candidate.1)),
        finding,
        twin: twin(pair),
    });
    Ok(made.collect())
}

/// Every setup against one reference, within each workload and size; a family for each group. The reference is the
/// named pool, else `serial`, else the one that the twin doubles; a group without it is left out.
pub fn against_reference(data: &Data, named: Option<&str>, measure: Measure, alpha: Alpha) -> Result<Vec<Family>> {
    let twins = twin::intervals(data, measure)?;
    let mut families = Vec::new();
    for (group, setups) in &data.groups {
        let Some(reference) = reference(setups, named) else { continue };
        let others = setups.iter().filter(|(setup, _)| *setup != reference.0 && !setup.is_twin());
        let pairs: Vec<Pair> = others.map(|candidate| Pair { group, reference, candidate }).collect();
        if !pairs.is_empty() {
            families.push(family(&pairs, measure, &twins, alpha)?);
        }
    }
    Ok(families)
}

/// The first setup of the reference pool in a group.
fn reference<'a>(setups: &'a BTreeMap<Setup, Series>, named: Option<&str>) -> Option<(&'a Setup, &'a Series)> {
    let first = |pool: &str| setups.iter().find(|(setup, _)| setup.pool == pool);
    let doubled = || setups.keys().find_map(Setup::doubled);
    match named {
        Some(pool) => first(pool),
        None => first("serial").or_else(|| first(&doubled()?.pool)),
    }
}

/// The setups of two pools that are alike but for the pool; where each has but one, those.
pub(crate) fn pairs_of<'a>(data: &'a Data, a: &str, b: &str) -> Vec<Pair<'a>> {
    let mut pairs = Vec::new();
    for (group, setups) in &data.groups {
        let of = |pool: &str| setups.iter().filter(|(setup, _)| setup.pool == pool).collect::<Vec<_>>();
        let (all_a, all_b) = (of(a), of(b));
        let single = all_a.len() == 1 && all_b.len() == 1;
        let alike = |one: &Setup, other: &Setup| {
            single || (&one.chunk, &one.window, one.workers) == (&other.chunk, &other.window, other.workers)
        };
        for reference in &all_a {
            let matching = all_b.iter().filter(|candidate| alike(reference.0, candidate.0));
            pairs.extend(matching.map(|candidate| Pair { group, reference: *reference, candidate: *candidate }));
        }
    }
    pairs
}
