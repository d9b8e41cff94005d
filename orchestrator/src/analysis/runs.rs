//! Two runs side by side: whether they may be compared, and the pairs of what they share.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};

use super::compare::Pair;
use super::data::{Data, Group, Measure};
use super::{load, twin};
use crate::folder;
use crate::stats::{Alpha, Interval};

/// A run as it is compared: its name, machine and data.
pub(crate) struct Run {
    pub(crate) name: String,
    pub(crate) data: Data,
    facts: BTreeMap<String, String>,
}

impl Run {
    /// Reads a run's folder.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let plan = folder::read_plan(path)?;
        let machine = folder::read_machine(path)?;
        let mut facts = BTreeMap::from([
            ("machine".to_owned(), machine.sentence()),
            ("cpus".to_owned(), plan.cpus.clone()),
            ("poolbench".to_owned(), machine.poolbench.clone()),
        ]);
        for (name, binary) in &plan.pools {
            facts.insert(
                format!("pool {name}"),
                format!("{} {} ({:.12})", binary.library, binary.version, binary.sha256),
            );
        }
        for (name, value) in machine.settings.iter().filter(|(name, _)| *name != "load") {
            facts.insert(name.clone(), value.clone());
        }
        facts.insert("host".to_owned(), plan.host);
        Ok(Self { name: plan.run, data: load(path).context("reading a run")?, facts })
    }
}

/// What differs between two runs beside their figures, a line each.
pub(crate) fn differences(base: &Run, new: &Run) -> Vec<String> {
    let names: Vec<&String> =
        base.facts.keys().chain(new.facts.keys().filter(|k| !base.facts.contains_key(*k))).collect();
    let fact = |run: &Run, name: &str| run.facts.get(name).map_or("-".to_owned(), Clone::clone);
    let differing = names.iter().filter(|name| base.facts.get(**name) != new.facts.get(**name));
    differing.map(|name| format!("{name}: {} | {}", fact(base, name), fact(new, name))).collect()
}

/// Refuses runs of different machines unless the user insists.
pub(crate) fn check_machines(base: &Run, new: &Run, insist: bool) -> Result<()> {
    let differences = differences(base, new).join("\n  ");
    ensure!(
        insist || base.facts["host"] == new.facts["host"],
        "the runs are of different machines, so a difference says nothing about the pools:\n  {differences}\n\
         add --across-machines to compare them all the same"
    );
    Ok(())
}

/// What stands for a measure in both runs: memory as charged only if both have that figure throughout.
pub(crate) fn comparable(base: &Run, new: &Run, measure: Measure) -> Measure {
    match (base.data.comparable(measure), new.data.comparable(measure)) {
        (one, other) if one == other => one,
        _ => Measure::Resident,
    }
}

/// The stricter of the errors at which two runs may claim.
pub(crate) fn strictest(base: &Run, new: &Run) -> Alpha {
    if base.data.alpha < new.data.alpha { base.data.alpha } else { new.data.alpha }
}

/// Every setup that both runs have, `base` as A and `new` as B.
pub(crate) fn pairs<'a>(base: &'a Data, new: &'a Data, pool: Option<&str>) -> Vec<Pair<'a>> {
    let mut pairs = Vec::new();
    for (group, setups) in &base.groups {
        let Some(others) = new.groups.get(group) else { continue };
        for (setup, series) in setups {
            let wanted = !setup.is_twin() && pool.is_none_or(|name| setup.pool == name);
            if let Some((candidate, other)) = others.get_key_value(setup).filter(|_| wanted) {
                pairs.push(Pair { group, reference: (setup, series), candidate: (candidate, other) });
            }
        }
    }
    pairs
}

/// The A/A intervals of both runs together: a claim must go beyond either.
pub(crate) fn twins(base: &Data, new: &Data, measure: Measure) -> Result<BTreeMap<Group, Vec<Interval>>> {
    let mut both = twin::intervals(base, measure)?;
    for (group, intervals) in twin::intervals(new, measure)? {
        both.entry(group).or_default().extend(intervals);
    }
    Ok(both)
}
