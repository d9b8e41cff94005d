//! Two runs side by side: whether they may be compared, the pairs of what they share, and what is equal in both.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context as _, Result, ensure};

use super::compare::Pair;
use super::condition::condition;
use super::data::{Data, Series, Setup};
use super::equals::Equals;
use super::level::RunLevel;
use super::load;
use super::measure::Measure;
use super::table::{Style, item};
use crate::plan::Plan;
use crate::record::folder;
use crate::record::identity;
use crate::record::machine::Machine;
use crate::stats::Alpha;

/// A run as it is compared: its name, machine and data.
pub(crate) struct Run {
    pub(crate) name: String,
    pub(crate) data: Data,
    machine: Machine,
    facts: BTreeMap<String, String>,
    /// SHA-256 of each pool's executable.
    builds: BTreeMap<String, String>,
}

impl Run {
    /// Reads a run's folder.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let plan = folder::read_plan(path)?;
        plan.claimable()?;
        let machine = folder::read_machine(path)?;
        let mut facts = BTreeMap::from([
            ("rustc".to_owned(), machine.rustc.clone()),
            ("cpus".to_owned(), plan.cpus.clone()),
            ("server cpus".to_owned(), plan.server_cpus.clone()),
            ("kept environment".to_owned(), plan.keep_env.join(" ")),
            ("spin rate".to_owned(), plan.spin_rate.to_string()),
            ("blocks".to_owned(), plan.blocks.to_string()),
            ("batches".to_owned(), batches(&plan)),
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
        let builds = plan.pools.into_iter().map(|(name, binary)| (name, binary.sha256)).collect();
        Ok(Self { name: plan.run, data: load(path).context("reading a run")?, machine, facts, builds })
    }
}

/// The user's own jobs of either run whose results were held against nothing.
pub(crate) fn unchecked<'a>(base: &'a Run, new: &'a Run) -> BTreeSet<&'a str> {
    base.data.unchecked.iter().chain(&new.data.unchecked).map(String::as_str).collect()
}

/// The numbers of batches that its cells have.
fn batches(plan: &Plan) -> String {
    let numbers: BTreeSet<u64> = plan.cells.iter().map(|cell| cell.batches).collect();
    numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(" ")
}

/// What differs between two runs beside their figures, a line each.
pub(crate) fn differences(base: &Run, new: &Run) -> Vec<String> {
    let names: Vec<&String> =
        base.facts.keys().chain(new.facts.keys().filter(|k| !base.facts.contains_key(*k))).collect();
    let fact = |run: &Run, name: &str| run.facts.get(name).map_or("-".to_owned(), Clone::clone);
    let differing = names.iter().filter(|name| base.facts.get(**name) != new.facts.get(**name));
    let of_machine = identity::differences(&base.machine, &new.machine);
    let of_machine = of_machine.iter().map(|one| format!("{}: {} | {}", one.what, one.then, one.now));
    of_machine.chain(differing.map(|name| format!("{name}: {} | {}", fact(base, name), fact(new, name)))).collect()
}

/// Refuses runs of different machines unless the user insists.
pub(crate) fn check_machines(base: &Run, new: &Run, insist: bool) -> Result<()> {
    let mixed = [base, new].into_iter().find(|run| run.data.nodes.kinds() > 1);
    ensure!(
        insist || mixed.is_none(),
        "{} was measured on machines of several kinds, so a difference says nothing about the pools; add --across-machines to \
         compare it all the same",
        mixed.map_or("", |run| &run.name)
    );
    let differences = differences(base, new).join("\n  ");
    ensure!(
        insist || identity::differences(&base.machine, &new.machine).is_empty(),
        "the runs are of different machines or settings, so a difference says nothing about the pools:\n  {differences}\n\
         add --across-machines to compare them all the same"
    );
    Ok(())
}

/// What stands for memory in both runs: charged only if both have that figure throughout.
pub(crate) fn memory(base: &Run, new: &Run) -> Measure {
    let all_charged = [base, new].iter().all(|run| run.data.memory() == Measure::Charged);
    if all_charged { Measure::Charged } else { Measure::Resident }
}

/// The stricter of the errors at which two runs may claim.
pub(crate) fn strictest(base: &Run, new: &Run) -> Alpha {
    if base.data.alpha < new.data.alpha { base.data.alpha } else { new.data.alpha }
}

/// Every setup that both runs have, `base` as A and `new` as B.
pub(crate) fn pairs<'a>(base: &'a Data, new: &'a Data, pool: Option<&str>) -> Vec<Pair<'a>> {
    let wanted = |setup: &Setup| !setup.is_twin() && pool.is_none_or(|name| setup.pool == name);
    shared(base, new).filter(|pair| wanted(pair.reference.0)).collect()
}

/// The same with the twins.
fn shared<'a>(base: &'a Data, new: &'a Data) -> impl Iterator<Item = Pair<'a>> {
    base.groups.iter().flat_map(move |(group, setups)| {
        setups.iter().filter_map(move |reference| {
            let candidate = new.groups.get(group)?.get_key_value(reference.0)?;
            Some(Pair { group, reference, candidate })
        })
    })
}

/// Refuses to hold first batches against warm ones.
pub(crate) fn check_batches(pairs: &[Pair]) -> Result<()> {
    let is_warm = |series: &Series| series.points.first().map(|point| point.warm_ns.is_some());
    for Pair { group, reference, candidate } in pairs {
        let warm = is_warm(reference.1).zip(is_warm(candidate.1));
        ensure!(
            warm.is_none_or(|(base, new)| base == new),
            "{} of {group} has one batch a trial in one run and several in the other: a first batch and a warm one are two \
             things; run both with the same --batches",
            reference.0
        );
    }
    Ok(())
}

/// How far every pool differs that is the same build in both. Blocks of two runs share no moment, so what the machine did
/// between the runs shows in these alone, and nothing inside a run tells of it.
pub(crate) fn equals(base: &Run, new: &Run, measure: Measure) -> Result<Equals> {
    let mut equals = Equals::default();
    for Pair { group, reference: (setup, a), candidate: (_, b) } in shared(&base.data, &new.data) {
        if is_same_build(base, new, setup) {
            equals.add(group, a, b, measure)?;
        }
    }
    Ok(equals)
}

fn is_same_build(base: &Run, new: &Run, setup: &Setup) -> bool {
    let build = |run: &Run| run.builds.get(setup.real_pool()).cloned();
    build(base).is_some_and(|of_base| Some(of_base) == build(new))
}

/// What must be known before a difference between two runs is believed: how quiet each was, and whether anything shows what
/// the machine did between them.
pub(crate) fn caution(base: &Run, new: &Run, style: Style) -> Result<String> {
    let mut text = String::new();
    for (word, run) in [("base", base), ("new", new)] {
        for line in condition(&run.data, &RunLevel::of(&run.data)?, Style::Markdown)?.lines() {
            text.push_str(&item(style, &format!("{word}: {line}")));
        }
    }
    if !shared(&base.data, &new.data).any(|pair| is_same_build(base, new, pair.reference.0)) {
        let said = "no pool is the same build in both runs, so nothing shows what the machine itself did between them: keep \
                    one build of a pool in both (--pools-from)";
        text.push_str(&item(style, said));
    }
    Ok(text)
}
