//! `compare --mirrors`: each original beside the pools in Rust that stand for it, and each against its own language's loop.

mod couples;
mod ratios;
mod tables;

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use super::compare::pairs_of;
use super::condition::condition;
use super::data::{Data, Setup};
use super::level::RunLevel;
use super::load;
use super::measure::Measure;
use super::passage::Passage;
use super::table::Style;
use crate::plan::Plan;
use crate::record::folder;
use crate::stats::{Band, Finding, Interval, Member, compare_widened};
use couples::{Original, originals};
use ratios::{Figure, Ratio, of_loop, of_pair, of_slopes};

/// What makes a run that has both.
const HOW: &str = "`make bench-python` makes a run that has them";

/// All that is compared of a run, and what was found, claimed together.
struct Mirrors {
    data: Data,
    level: RunLevel,
    originals: Vec<Original>,
    ratios: Vec<(Ratio, Option<Finding>)>,
}

/// The tables of a run for people.
pub(super) fn text(path: &Path, style: Style) -> Result<String> {
    let mirrors = Mirrors::of(path)?;
    tables::text(&mirrors, style)
}

/// The answer, what it is of, the tables and what they stand on; nothing of a run that has no originals with a counterpart in a cell of theirs.
pub(crate) fn mirrors_in_passages(path: &Path, plan: &Plan) -> Option<(String, Passage, Vec<Passage>, Vec<String>)> {
    // Only guests have a loop of their own, or say that they have none.
    let has_guests = plan.pools.values().any(|binary| !binary.base.is_empty());
    has_guests.then(|| Mirrors::of(path).ok()).flatten().map(|mirrors| tables::passages(&mirrors))
}

/// The same as Markdown; nothing of a run that has no originals with a counterpart.
pub(crate) fn mirrors_as_markdown(path: &Path) -> Result<Option<String>> {
    let originals = originals(&folder::read_plan(path)?, &load(path)?);
    let has_some = originals.iter().any(|one| !one.counterparts.is_empty());
    has_some.then(|| text(path, Style::Markdown)).transpose()
}

/// The same for programs.
pub(super) fn as_json(path: &Path) -> Result<String> {
    let plan = folder::read_plan(path)?;
    let Mirrors { data, level, originals, ratios } = Mirrors::of(path)?;
    let condition = condition(&data, &level, Style::Markdown)?;
    let all = json!({
        "run": plan.run,
        "originals": originals.iter().map(Original::record).collect::<Vec<_>>(),
        "ratios": ratios.iter().map(|(ratio, finding)| record(ratio, finding.as_ref())).collect::<Vec<_>>(),
        "memory": data.memory().key(),
        "level": level.record(),
        "unchecked": data.unchecked,
        "condition": condition.lines().collect::<Vec<_>>(),
    });
    serde_json::to_string_pretty(&all).context("writing the comparison as JSON")
}

/// An original beside its nearest counterpart in one workload and size.
#[derive(Clone, Debug)]
pub(crate) struct Beside {
    /// The workload and size, as a group is written.
    pub(crate) at: String,
    pub(crate) original: Setup,
    pub(crate) counterpart: Setup,
    /// How many times the counterpart's time a job the original takes; nothing where no block has both.
    pub(crate) times: Option<f64>,
    /// Where that lies, claimed together with all that `compare --mirrors` says.
    pub(crate) within: Option<Interval>,
}

/// The times of all originals of a run beside their nearest counterparts; none of a run that has none.
pub(crate) fn beside(data: &Data, plan: &Plan, level: &RunLevel) -> Result<Vec<Beside>> {
    let originals = originals(plan, data);
    let ratios = ratios_of(data, &originals);
    let findings = claimed(&ratios, data, level)?;
    let found = ratios.into_iter().zip(findings).filter(|(ratio, _)| ratio.figure == Figure::TimeAJob);
    let nearest = |ratio: &Ratio| {
        let original = originals.iter().find(|one| one.pool == ratio.one.pool);
        original.and_then(|one| one.counterparts.first()) == Some(&ratio.other.pool)
    };
    let one = |(ratio, finding): (Ratio, Option<Finding>)| Beside {
        at: ratio.at,
        original: ratio.one,
        counterpart: ratio.other,
        times: finding.as_ref().and_then(|found| found.estimate).map(f64::exp),
        within: finding.and_then(|found| found.interval).map(Interval::to_ratio),
    };
    Ok(found.filter(|(ratio, _)| nearest(ratio)).map(one).collect())
}

impl Mirrors {
    fn of(path: &Path) -> Result<Self> {
        let (data, plan) = (load(path)?, folder::read_plan(path)?);
        let level = RunLevel::of(&data)?;
        let originals = originals(&plan, &data);
        ensure!(
            !originals.is_empty(),
            "{} has no guest that says which class it is (`mirrors`), so there is no original to compare; {HOW}",
            plan.run
        );
        ensure!(
            originals.iter().any(|one| !one.counterparts.is_empty()),
            "no pool in Rust of {} stands for what its guests are ({}); {HOW}",
            plan.run,
            originals.iter().map(|one| format!("{}: {}", one.pool, one.mirrors)).collect::<Vec<_>>().join("; ")
        );
        let ratios = ratios_of(&data, &originals);
        ensure!(
            ratios.iter().any(|ratio| ratio.figure != Figure::Loop),
            "no guest of {} has a workload and size in common with its counterpart; {HOW}",
            plan.run
        );
        let findings = claimed(&ratios, &data, &level)?;
        Ok(Self { ratios: ratios.into_iter().zip(findings).collect(), data, level, originals })
    }
}

/// Every figure of every original and each of its counterparts, those of one workload and size together, and every pool that is
/// among them against its loop.
fn ratios_of(data: &Data, originals: &[Original]) -> Vec<Ratio> {
    let couples = || originals.iter().flat_map(|one| one.counterparts.iter().map(move |other| (one, other)));
    let pairs: Vec<_> = couples().flat_map(|(one, other)| pairs_of(data, other, &one.pool)).collect();
    let mut all: Vec<Ratio> = Vec::new();
    for group in data.groups.keys() {
        let here: Vec<_> = pairs.iter().filter(|pair| pair.group == group).collect();
        let mut of_group: Vec<Ratio> = here.iter().flat_map(|pair| of_pair(data, pair)).collect();
        // The sort is stable, so couples stay in order.
        of_group.sort_by_key(|ratio| ratio.figure);
        let mut seen = BTreeSet::new();
        let sides = here.iter().map(|pair| pair.candidate).chain(here.iter().map(|pair| pair.reference));
        let first = sides.filter(|(setup, _)| seen.insert(*setup));
        of_group.extend(first.filter_map(|side| of_loop(data, group, side)));
        all.extend(of_group);
    }
    let mut slopes = of_slopes(data, &pairs);
    slopes.sort_by(|one, other| (&one.at, one.figure).cmp(&(&other.at, other.figure)));
    all.extend(slopes);
    all
}

/// Findings at one level for all that is claimed. Where twins are out of order in any measure all intervals are widened as that
/// one's.
fn claimed(ratios: &[Ratio], data: &Data, level: &RunLevel) -> Result<Vec<Option<Finding>>> {
    let measures = [Measure::Time, Measure::Cpu, data.memory()];
    let widening = measures.iter().map(|measure| level.widening(*measure)).fold(1.0, f64::max);
    let claims = || ratios.iter().filter(|ratio| !ratio.differences.is_empty());
    let members: Vec<Member> = claims().map(|ratio| Member { differences: &ratio.differences, twin: None }).collect();
    let found = compare_widened(&members, data.alpha, Band::default(), widening);
    let mut found = found.context("comparing originals and counterparts")?.into_iter();
    let of_each = ratios.iter().map(|ratio| if ratio.differences.is_empty() { None } else { found.next() });
    Ok(of_each.collect())
}

fn record(ratio: &Ratio, finding: Option<&Finding>) -> serde_json::Value {
    let interval = finding.and_then(|found| found.interval).map(Interval::to_ratio);
    json!({
        "figure": ratio.figure,
        "at": ratio.at,
        "pool": ratio.one.to_string(),
        "against": ratio.other.to_string(),
        "value": ratio.values.0,
        "against_value": ratio.values.1,
        "blocks": finding.map_or(0, |found| found.blocks),
        "ratio": finding.and_then(|found| found.estimate).map(f64::exp),
        "low": interval.map(Interval::low),
        "high": interval.map(Interval::high),
        "alpha": finding.map(|found| found.alpha.get()),
        "without": ratio.without,
        "still_warming": ratio.warming,
    })
}
