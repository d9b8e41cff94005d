//! The folders that a merge reads: which there are, whether they are of one plan, and which attempt at each shard counts.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};

use super::rows::{self, Own};
use crate::plan::Plan;
use crate::plan::shards::Part;
use crate::record::{folder, machines};

/// A folder with rows of shards.
pub(super) struct Source {
    pub(super) folder: PathBuf,
    pub(super) plan: Plan,
    rows: Vec<Own>,
}

/// An attempt that counts, and where its rows are.
pub(super) struct Chosen<'a> {
    pub(super) source: &'a Source,
    pub(super) part: &'a Part,
    pub(super) rows: &'a Own,
}

/// What was found in the folders.
#[derive(Default)]
pub(super) struct Sources {
    /// The plan of the first one; the others keep of theirs only what is their own.
    pub(super) plan: Option<Plan>,
    pub(super) whole: Vec<Source>,
    /// What was left aside and why, a sentence each.
    pub(super) aside: Vec<String>,
    /// Attempts that are not whole, a sentence each beside their shard: of no interest where another one is.
    unfinished: Vec<(u64, String)>,
}

impl Sources {
    /// Reads the folders of shards and of merged runs, and those in the folders that are neither.
    pub(super) fn read(folders: &[PathBuf]) -> Result<Self> {
        let mut found = Self::default();
        for folder in folders {
            let inside = if folder.join(folder::PLAN).is_file() { found.named(folder)? } else { true };
            let count = found.count();
            if inside {
                found.inside(folder)?;
                ensure!(found.count() > count, "{} holds no shard and no merged run", folder.display());
            }
        }
        found.whole.sort_by(|one, other| one.folder.cmp(&other.folder));
        found.whole.dedup_by(|one, other| one.folder == other.folder);
        Ok(found)
    }

    /// How much was found so far, be it whole or not.
    fn count(&self) -> usize {
        self.whole.len() + self.aside.len() + self.unfinished.len()
    }

    /// A folder that has a plan; true if that is one that shards share, so that they may lie in it.
    fn named(&mut self, folder: &Path) -> Result<bool> {
        let plan = folder::read_plan(folder)?;
        let shards = plan.shards.as_ref();
        let shards = shards.with_context(|| format!("{} is a run of one machine and no shard", folder.display()))?;
        if shards.parts.is_empty() {
            return Ok(true);
        }
        self.add(folder, plan)?;
        Ok(false)
    }

    fn inside(&mut self, folder: &Path) -> Result<()> {
        let entries = fs::read_dir(folder).with_context(|| format!("looking for shards in {}", folder.display()))?;
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.retain(|path| path.join(folder::PLAN).is_file());
        paths.sort();
        for path in paths {
            match folder::read_plan(&path) {
                Ok(plan) if !plan.parts().is_empty() => self.add(&path, plan)?,
                Ok(_) => {}
                Err(why) => self.aside.push(format!("{}: {why:#}", path.display())),
            }
        }
        Ok(())
    }

    fn add(&mut self, folder: &Path, plan: Plan) -> Result<()> {
        if let Some(part) = plan.parts().iter().find(|part| !part.is_whole()) {
            let Part { shard, attempt, node, .. } = part;
            let said = format!(
                "{}: attempt {attempt} at shard {shard} on {node} was stopped, or still runs",
                folder.display()
            );
            self.unfinished.push((*shard, said));
            return Ok(());
        }
        let read = || {
            let shards = plan.shards.as_ref().context("it has no shards")?;
            ensure!(plan.fingerprint()? == shards.plan, "its plan was changed after it was made");
            let machines = machines::read(folder, &plan)?;
            let nameless = plan.parts().iter().find(|part| !machines.contains_key(&part.shard));
            ensure!(nameless.is_none(), "{} lacks the machine of a shard", machines::NAME);
            rows::index(folder, &plan)
        };
        match read() {
            Ok(rows) => {
                let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
                same_plan(self.plan.get_or_insert_with(|| plan.clone()), &plan, &folder)?;
                // Of hundreds of plans the cells would be all that is in memory.
                let plan = Plan { cells: Vec::new(), pools: BTreeMap::new(), left_out: Vec::new(), ..plan };
                self.whole.push(Source { folder, plan, rows });
            }
            Err(why) => self.aside.push(format!("{}: {why:#}", folder.display())),
        }
        Ok(())
    }

    /// The attempt at each shard that counts: of those that are whole the last one, as the folders counted them, then as the
    /// clocks have it; and a sentence for each other one that is left aside, if it is not the same and not what an earlier merge into
    /// `out` took: that is a former self.
    pub(super) fn chosen(&self, out: &Path) -> (BTreeMap<u64, Chosen<'_>>, Vec<String>) {
        let is_former = |source: &Source| out.canonicalize().is_ok_and(|out| out == source.folder);
        let mut chosen: BTreeMap<u64, Chosen> = BTreeMap::new();
        let mut aside = Vec::new();
        for source in &self.whole {
            for part in source.plan.parts() {
                let place = source.folder.display();
                let rows = source.rows.iter().find(|own| own.shard == part.shard);
                let fault = rows.map_or(Some("it has no row".to_owned()), |rows| rows.fault(part));
                let (Some(rows), None) = (rows, &fault) else {
                    aside.push(format!("shard {} in {place}: {}", part.shard, fault.unwrap_or_default()));
                    continue;
                };
                let new = Chosen { source, part, rows };
                match chosen.get(&part.shard) {
                    Some(known) if known.part.sha256 == part.sha256 => {}
                    Some(known) => {
                        let is_last = rank(part) > rank(known.part);
                        let (last, other, of_other) =
                            if is_last { (part, known.part, known.source) } else { (known.part, part, source) };
                        if !is_former(of_other) {
                            aside.push(twice(last, other));
                        }
                        if is_last {
                            chosen.insert(part.shard, new);
                        }
                    }
                    None => drop(chosen.insert(part.shard, new)),
                }
            }
        }
        let is_lacking = |shard: &u64| !chosen.contains_key(shard);
        aside.extend(self.unfinished.iter().filter(|(shard, _)| is_lacking(shard)).map(|(_, said)| said.clone()));
        (chosen, aside)
    }
}

/// What decides between attempts at one shard; no two differ in nothing of it.
fn rank(part: &Part) -> (u64, &str, &str) {
    (part.attempt, &part.ended, &part.sha256)
}

fn twice(last: &Part, other: &Part) -> String {
    format!(
        "shard {}: attempt {} on {}, since attempt {} on {} is the last one that is whole",
        last.shard, other.attempt, other.node, last.attempt, last.node
    )
}

/// An error that says what differs where a folder is of another plan than the first one.
fn same_plan(first: &Plan, other: &Plan, folder: &Path) -> Result<()> {
    let hash = |plan: &Plan| plan.shards.as_ref().map(|shards| shards.plan.clone());
    if hash(first) == hash(other) {
        return Ok(());
    }
    let is_other = |name: &String, sha256: &String| other.pools.get(name).is_some_and(|it| it.sha256 != *sha256);
    let builds = first.pools.iter().filter(|(name, binary)| is_other(name, &binary.sha256));
    let builds: Vec<&str> = builds.map(|(name, _)| name.as_str()).collect();
    let what = match () {
        () if !builds.is_empty() => format!("they measured other builds of {}", builds.join(", ")),
        () if first.seed != other.seed => format!("their seeds are {} and {}", first.seed, other.seed),
        () if first.cells != other.cells => "their cells differ".to_owned(),
        () if first.run != other.run => format!("one is of the plan {}, one of {}", first.run, other.run),
        () => "their settings differ".to_owned(),
    };
    bail!("{} and what was read before it are shards of two plans and no one run: {what}", folder.display())
}
