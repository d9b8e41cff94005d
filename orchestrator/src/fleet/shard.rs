//! Runs one shard of a plan: in a folder of its own, which has the shard's name only when all rows are there.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context as _, Result, bail, ensure};
use harness::columns::is_word;
use rustix::system::uname;
use sha2::{Digest as _, Sha256};

use super::place::{UNFINISHED, beside, put};
use super::{make, rows};
use crate::guard::Guard;
use crate::plan::Plan;
use crate::plan::shards::{Part, Shards};
use crate::pools::Found;
use crate::pools::build::hex;
use crate::process::tell;
use crate::record::machine::Machine;
use crate::record::{folder, paths, trials};
use crate::run::{self, Finish};

/// Which shard is to be run, and where.
#[derive(Debug)]
pub struct Asked<'a> {
    /// The folder or file of the plan.
    pub plan: &'a Path,
    /// From 1.
    pub shard: u64,
    /// The folder of its rows, else `shard-N` beside the plan.
    pub out: Option<&'a Path>,
    /// What the rows call the machine, else a salted hash.
    pub node: Option<&'a str>,
    /// A name for the machine in the column `host`, else a hash.
    pub host: Option<&'a str>,
}

/// Runs one shard, with the pools that `find` finds; how it ended, and where its rows are.
pub fn run(asked: &Asked, find: impl FnOnce() -> Result<Found>) -> Result<(Finish, PathBuf)> {
    let guard = Guard::of_this_process()?;
    let (ready, pools) = Ready::new(asked, find)?;
    ready.run(&pools, &guard)
}

/// A shard that is ready to run.
#[derive(Debug)]
struct Ready {
    plan: Plan,
    machine: Machine,
    target: PathBuf,
}

impl Ready {
    /// Looks whether the shard can be run here: the plan, the pools' builds, the folder. Runs nothing.
    fn new(asked: &Asked, find: impl FnOnce() -> Result<Found>) -> Result<(Self, Found)> {
        let (mut plan, parent) = make::read(asked.plan)?;
        let shards = plan.shards.as_mut().context("a plan without shards")?;
        let Shards { count, .. } = *shards;
        ensure!((1..=count).contains(&asked.shard), "--shard {}: the plan has shards 1 to {count}", asked.shard);
        let node = node(asked.node, &shards.plan)?;
        let target = asked.out.map_or_else(|| parent.join(format!("shard-{}", asked.shard)), Path::to_owned);
        let machine = Machine::read(asked.host);
        let part = Part {
            shard: asked.shard,
            host: machine.host.clone(),
            spin_rate: harness::calibrate(),
            attempt: 1 + former(&target, asked.shard, &shards.plan)?,
            begun: now(),
            ended: String::new(),
            rows: 0,
            sha256: String::new(),
            batches: std::collections::BTreeMap::new(),
            node,
        };
        (plan.host, plan.spin_rate) = (part.host.clone(), part.spin_rate);
        shards_of(&mut plan).parts.push(part);
        // What cannot be in a plan is not found out at the end of the shard.
        plan.check()?;
        let found = find()?;
        same_builds(&plan, &found)?;
        Ok((Self { plan, machine, target }, found))
    }

    /// Runs it; how it ended, and where its rows are.
    fn run(self, found: &Found, guard: &Guard) -> Result<(Finish, PathBuf)> {
        let Self { plan, machine, target } = self;
        let part = plan.shard().context("a shard without a part")?.clone();
        let work = beside(&target, &part.node);
        fs::create_dir_all(target.parent().unwrap_or(&target))
            .with_context(|| format!("making {}", target.display()))?;
        fs::create_dir(&work).with_context(|| format!("making {}", work.display()))?;
        folder::write_plan(&work, &plan)?;
        folder::write_machine(&work, &machine)?;
        tell(format_args!(
            "shard {} of {} on node {}: {} of {} blocks; rows go to {}",
            part.shard,
            plan.shards.as_ref().map_or(0, |shards| shards.count),
            part.node,
            plan.blocks_here(),
            plan.blocks,
            work.display()
        ));
        let again = || format!("shard {} counts only as a whole; run it again", part.shard);
        let finish = run::start(plan.clone(), &work, found, guard).with_context(again)?;
        if finish == Finish::Interrupted {
            return Ok((finish, work));
        }
        finished(plan, &work).with_context(again)?;
        put(&work, &target)?;
        sweep(&target, part.shard);
        Ok((finish, target))
    }
}

/// Writes into the plan that all rows are there.
fn finished(planned: Plan, work: &Path) -> Result<()> {
    let ran = folder::read_plan(work)?;
    let mut plan = planned;
    let changed =
        plan.cells.iter().zip(&ran.cells).enumerate().filter(|(_, (one, other))| one.batches != other.batches);
    let batches = changed.map(|(at, (_, ran))| (at.to_string(), ran.batches)).collect();
    let found = rows::index(work, &plan)?;
    let own = found.into_iter().next().context("the shard has no row")?;
    let part = shards_of(&mut plan).parts.first_mut().context("a shard without a part")?;
    (part.batches, part.rows, part.sha256, part.ended) = (batches, own.rows, own.sha256.clone(), now());
    own.fault(plan.parts().first().context("a shard without a part")?).map_or(Ok(()), |why| bail!(why))?;
    // It names folders of this machine, and is for going on with a run, which a shard does not.
    let _ = fs::remove_file(work.join(paths::NAME));
    folder::write_plan(work, &plan)
}

fn shards_of(plan: &mut Plan) -> &mut Shards {
    plan.shards.as_mut().expect("it is the plan of a shard")
}

/// A machine's name in the rows.
fn node(named: Option<&str>, salt: &str) -> Result<String> {
    if let Some(name) = named {
        let name = name.to_lowercase();
        let right = !name.is_empty() && name.len() <= 100 && is_word(&name);
        ensure!(right, "--node takes a word of a-z, 0-9, '.', '_', '-' and ':', that begins with a letter or a digit");
        return Ok(name);
    }
    // The same on one machine for all shards of a plan, and without meaning beyond it.
    let id = fs::read_to_string("/etc/machine-id").unwrap_or_default();
    let name = uname();
    let text = format!("{salt}\n{}\n{}", name.nodename().to_string_lossy(), id.trim());
    Ok(hex(&Sha256::digest(text))[..8].to_owned())
}

/// The highest attempt at a shard that its folder and those beside it know of. Fails where the folder is no former self of it.
fn former(target: &Path, shard: u64, plan: &str) -> Result<u64> {
    let is_same = |other: &Plan| {
        other.shards.as_ref().is_some_and(|shards| shards.plan == plan)
            && other.parts().iter().all(|part| part.shard == shard)
    };
    let inside = fs::read_dir(target).ok().and_then(|mut inside| inside.next());
    if inside.is_some() {
        let is_former = folder::read_plan(target).is_ok_and(|other| is_same(&other) && other.shard().is_some());
        ensure!(
            is_former,
            "{} holds something other than an attempt at shard {shard} of this plan; name another --out",
            target.display()
        );
    }
    let attempts = attempts(target).into_iter().filter_map(|path| folder::read_plan(&path).ok());
    Ok(attempts.filter(is_same).filter_map(|plan| Some(plan.shard()?.attempt)).max().unwrap_or(0))
}

/// The folder of a shard, if it is there, and those of attempts at it beside that.
pub(super) fn attempts(target: &Path) -> Vec<PathBuf> {
    let prefix = format!("{}{UNFINISHED}", target.file_name().unwrap_or_default().to_string_lossy());
    let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let beside = fs::read_dir(parent).into_iter().flatten().flatten();
    let beside = beside.filter(|entry| entry.file_name().to_string_lossy().starts_with(&prefix));
    std::iter::once(target.to_owned()).chain(beside.map(|entry| entry.path())).filter(|path| path.is_dir()).collect()
}

/// Removes what attempts that were stopped have left, now that the shard is whole. What is being written stays.
fn sweep(target: &Path, shard: u64) {
    for path in attempts(target).into_iter().skip(1) {
        let is_of_shard =
            folder::read_plan(&path).is_ok_and(|plan| plan.shard().is_some_and(|part| part.shard == shard));
        if is_of_shard && !trials::is_locked(&path.join(trials::NAME)) {
            let _ = fs::remove_dir_all(&path);
        }
    }
}

/// An error that names every pool that is another build here than in the plan, or is not here.
fn same_builds(plan: &Plan, found: &Found) -> Result<()> {
    let mut faults = Vec::new();
    for (name, binary) in &plan.pools {
        match found.pick(name) {
            Err(why) => faults.push(format!("{why:#}")),
            Ok(pool) if pool.build.sha256 != binary.sha256 => faults.push(format!("'{name}' is another build")),
            Ok(_) => {}
        }
    }
    ensure!(
        faults.is_empty(),
        "the pools here are not those of the plan: {}; unpack the archive of `make dist` that it was made with, or make the plan \
         anew with the pools of here",
        faults.join("; ")
    );
    Ok(())
}

fn now() -> String {
    humantime::format_rfc3339_seconds(SystemTime::now()).to_string()
}
