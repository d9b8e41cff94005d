//! Pools against a reference in the same blocks, and one pool in two runs: estimates, intervals, verdicts.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::data::{Data, Group, Series, Setup};
use super::differences::differences;
use super::equals::Equals;
use super::level::RunLevel;
use super::load::load;
use super::measure::Measure;
use crate::stats::{Alpha, Band, Drawn, Finding, Interval, Member, Sample, Verdict, compare_widened, narrow_enough};

/// Differences of memory below this many bytes are not claims: that is how far two starts of one program differ.
pub(crate) const MEMORY_FLOOR: f64 = 1_048_576.0;

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
    /// What equal builds differ by between two runs, which a claim must go beyond; none inside a run.
    pub twin: Option<Interval>,
    /// Whether the batches of A and B still get faster at the end of a trial.
    pub warming: (bool, bool),
}

impl Comparison {
    /// What may be claimed. Memory that surely differs by less than a MiB is the same, and what may be less is unclear.
    pub fn verdict(&self) -> Verdict {
        let Some(bytes) = self.bytes() else { return self.finding.verdict };
        match self.finding.verdict {
            _ if Interval::between(-MEMORY_FLOOR, MEMORY_FLOOR).covers(bytes) => Verdict::Same,
            Verdict::Faster if bytes.high() > -MEMORY_FLOOR => Verdict::Unclear,
            Verdict::Slower if bytes.low() < MEMORY_FLOOR => Verdict::Unclear,
            verdict => verdict,
        }
    }

    /// Whether B surely takes more than `limit` beyond A, as a logarithm, and more than equal pools differ by; of memory
    /// also more than a MiB.
    pub fn is_beyond(&self, limit: f64) -> bool {
        let lies_above = self.finding.interval.is_some_and(|interval| interval.lies_above(limit.max(0.0)));
        let beyond_twin = self.twin.is_none_or(|twin| self.finding.estimate.is_some_and(|found| found > twin.reach()));
        lies_above && beyond_twin && self.bytes().is_none_or(|bytes| bytes.low() >= MEMORY_FLOOR)
    }

    /// The interval of a difference of memory, in bytes around A's median.
    fn bytes(&self) -> Option<Interval> {
        let interval = self.finding.interval.filter(|_| self.measure.is_memory())?;
        let bytes = |log: f64| self.medians.0 * log.exp_m1();
        Some(Interval::between(bytes(interval.low()), bytes(interval.high())))
    }
}

/// Comparisons that are claimed together.
pub type Family = Vec<Comparison>;

/// A pair to compare.
pub(crate) struct Pair<'a> {
    pub(crate) group: &'a Group,
    pub(crate) reference: (&'a Setup, &'a Series),
    pub(crate) candidate: (&'a Setup, &'a Series),
}

/// What holds claims back.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Doubt<'a> {
    /// Inside a run a claim stands on its own interval, of what was drawn, widened by this factor if the run's twins are out of order.
    Widened(f64, &'a Drawn),
    /// Between two runs nothing is drawn, so a claim must go beyond what equal builds differ by.
    Beyond(&'a Equals),
}

/// Compares all pairs as one family.
pub(crate) fn family(pairs: &[Pair], measure: Measure, doubt: Doubt, alpha: Alpha) -> Result<Family> {
    // Between two runs blocks of one number have nothing in common.
    let (widening, drawn) =
        if let Doubt::Widened(factor, drawn) = doubt { (factor, drawn) } else { (1.0, &Drawn::Blocks) };
    let of_pair = |pair: &Pair| differences(pair.reference.1, pair.candidate.1, measure, drawn);
    let all: Vec<Vec<f64>> = pairs.iter().map(of_pair).collect::<Result<_>>()?;
    let twin = |pair: &Pair| match doubt {
        Doubt::Widened(..) => None,
        Doubt::Beyond(equals) => equals.guard(pair.group),
    };
    let members: Vec<Member> =
        pairs.iter().zip(&all).map(|(pair, differences)| Member { differences, twin: twin(pair) }).collect();
    let findings = compare_widened(&members, alpha, Band::default(), widening).context("comparing pools")?;
    let median = |series: &Series| Sample::new(&series.values(measure)).map_or(f64::NAN, |sample| sample.median());
    let made = pairs.iter().zip(findings).map(|(pair, finding)| Comparison {
        group: pair.group.clone(),
        reference: pair.reference.0.clone(),
        candidate: pair.candidate.0.clone(),
        measure,
        medians: (median(pair.reference.1), median(pair.candidate.1)),
        finding,
        twin: twin(pair),
        warming: (pair.reference.1.warming().is_some(), pair.candidate.1.warming().is_some()),
    });
    Ok(made.collect())
}

/// Every setup against one reference, within each workload and size; a family for each group. The reference is the
/// named pool, else `serial` unless it failed throughout, else the one that the twin doubles; a group without it is left
/// out.
///
/// Intervals reach `widening` times as far as they would, as [`RunLevel::widening`](super::RunLevel::widening) says.
pub fn against_reference(
    data: &Data,
    named: Option<&str>,
    measure: Measure,
    alpha: Alpha,
    widening: f64,
) -> Result<Vec<Family>> {
    let mut families = Vec::new();
    for (group, setups) in &data.groups {
        let Some(reference) = reference(setups, named) else { continue };
        let others = setups.iter().filter(|(setup, _)| *setup != reference.0 && !setup.is_twin());
        let pairs: Vec<Pair> = others.map(|candidate| Pair { group, reference, candidate }).collect();
        if !pairs.is_empty() {
            families.push(family(&pairs, measure, Doubt::Widened(widening, data.nodes.drawn()), alpha)?);
        }
    }
    Ok(families)
}

/// Whether every pool's ratio of time to the reference is known to plus or minus `target`, by the intervals that claims are
/// made from.
pub fn narrow_until(folder: &Path, target: Band) -> Result<bool> {
    let data = load(folder)?;
    let families =
        against_reference(&data, None, Measure::Time, data.alpha, RunLevel::of(&data)?.widening(Measure::Time))?;
    let intervals: Vec<Option<Interval>> = families.iter().flatten().map(|one| one.finding.interval).collect();
    Ok(narrow_enough(&intervals, target))
}

/// The first setup of the reference pool in a group.
fn reference<'a>(setups: &'a BTreeMap<Setup, Series>, named: Option<&str>) -> Option<(&'a Setup, &'a Series)> {
    let first = |pool: &str| setups.iter().find(|(setup, _)| setup.pool == pool);
    let doubled = || setups.keys().find_map(Setup::doubled);
    match named {
        Some(pool) => first(pool),
        None => first("serial").filter(|(_, series)| !series.points.is_empty()).or_else(|| first(&doubled()?.pool)),
    }
}

/// The setups of two pools that are alike but for the pool. Where no two are, chunk and window are each pool's own, and
/// those with as many workers belong together if each pool has but one of them.
pub(crate) fn pairs_of<'a>(data: &'a Data, a: &str, b: &str) -> Vec<Pair<'a>> {
    let mut pairs = Vec::new();
    for (group, setups) in &data.groups {
        let of = |pool: &str| setups.iter().filter(|(setup, _)| setup.pool == pool).collect::<Vec<_>>();
        let (all_a, all_b) = (of(a), of(b));
        let matching = |alike: &dyn Fn(&Setup, &Setup) -> bool| {
            let all = all_a.iter().flat_map(|reference| all_b.iter().map(move |candidate| (*reference, *candidate)));
            let alike = all.filter(|(reference, candidate)| alike(reference.0, candidate.0));
            alike.map(|(reference, candidate)| Pair { group, reference, candidate }).collect::<Vec<_>>()
        };
        let same_policy = matching(&|one, other| {
            (&one.chunk, &one.window, one.workers) == (&other.chunk, &other.window, other.workers)
        });
        let alone =
            |all: &[(&Setup, &Series)], workers| all.iter().filter(|(one, _)| one.workers == workers).count() == 1;
        let same_workers = matching(&|one, other| {
            one.workers == other.workers && alone(&all_a, one.workers) && alone(&all_b, one.workers)
        });
        let single = matching(&|_, _| all_a.len() == 1 && all_b.len() == 1);
        pairs.extend(
            [same_policy, same_workers, single].into_iter().find(|found| !found.is_empty()).unwrap_or_default(),
        );
    }
    pairs
}

/// The setups that a pool has anywhere in the run, in words.
pub(crate) fn setups_of(data: &Data, pool: &str) -> String {
    let mut all: Vec<String> = Vec::new();
    for (group, setup) in data.groups.iter().flat_map(|(group, setups)| setups.keys().map(move |one| (group, one))) {
        let words = format!("{setup} at {group}");
        if setup.pool == pool && !all.contains(&words) {
            all.push(words);
        }
    }
    all.join("; ")
}
