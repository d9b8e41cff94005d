//! From what the command line asks for to the plan of a run: the pools that are there, their cells, and the machine.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result, ensure};
use clap::ArgMatches;
use rand::TryRng as _;
use rand::rngs::SysRng;

use super::Wish;
use crate::plan::cell::Cell;
use crate::plan::making::{Cells, cells};
use crate::plan::{Binary, DEFAULT_BLOCKS, Plan, budget, families, own, twins};
use crate::pools::{self, Found, LeftOut};
use crate::process::tell;
use crate::record::commit;
use crate::record::machine::Machine;

/// The blocks at the last look of a run with `--until`.
const MOST_BLOCKS: u64 = 40;

/// The plan of what is asked for, and the machine that it is for.
pub(super) fn make_plan(wish: &Wish, found: &Found) -> Result<(Plan, Machine)> {
    // Whom the user asks for by name is wanted; whom a preset or `all` asks for may be missing.
    wish.named.iter().try_for_each(|name| found.pick(name).map(drop))?;
    let machine = Machine::read(wish.host.as_deref());
    let cores = wish.cpus.as_ref().map_or(machine.cores, crate::process::affinity::Cpus::count);
    let Cells { mut cells, left_out } = cells(&wish.preset.sets, found, machine.workers(cores))?;
    tell_of(found.left_out.iter().filter(|out| !left_out.contains(&out.sentence)));
    twins::add(&mut cells, wish.twin.as_deref(), &found.pools)?;
    ensure!(
        wish.until.is_none() || families::any_compared(&cells),
        "--until waits for comparisons, and this run has none: no workload and size has a second pool beside the reference \
         (serial, else the pool that the twin doubles); name more pools, or a number of --blocks"
    );
    let jobs = own::jobs(&cells, wish.unchecked)?;
    let names: Vec<&str> = cells.iter().map(Cell::real_pool).collect();
    let used = found.pools.iter().filter(|(name, _)| names.contains(&name.as_str()));
    let mut plan = Plan {
        schema: harness::columns::SCHEMA,
        run: format!("{}-{}", wish.preset.name.to_lowercase(), utc_stamp()),
        preset: wish.preset.name.clone(),
        seed: wish.seed.clone().map_or_else(drawn_seed, Ok)?,
        until: wish.until.clone().unwrap_or_default(),
        blocks: wish
            .until
            .as_ref()
            .map(|_| MOST_BLOCKS)
            .or(wish.blocks)
            .or(wish.preset.blocks)
            .unwrap_or(DEFAULT_BLOCKS),
        timeout_ms: millis(wish.timeout),
        budget_ms: wish.preset.budget.map_or(0, millis),
        host: machine.host.clone(),
        commit: commit::of_here(),
        spin_rate: harness::calibrate(),
        cpus: wish.cpus.as_ref().map(ToString::to_string).unwrap_or_default(),
        server_cpus: wish.server_cpus.as_ref().map(ToString::to_string).unwrap_or_default(),
        keep_env: wish.keep_env.clone(),
        left_out,
        race: None,
        shards: None,
        jobs,
        pools: used.map(|(name, pool)| (name.clone(), Binary::of(pool))).collect(),
        cells,
    };
    if wish.blocks.is_none() && wish.until.is_none() {
        let block = plan.block_estimate();
        budget::keep(&mut plan, block, wish.shards.unwrap_or(1));
    }
    // Shards have more blocks together than a run; their plan is checked as it is shared.
    wish.shards.map_or_else(|| plan.check(), |_| Ok(()))?;
    Ok((plan, machine))
}

fn utc_stamp() -> String {
    let stamp = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    stamp.to_lowercase().replace(['-', ':'], "")
}

fn drawn_seed() -> Result<String> {
    let number = SysRng.try_next_u64().context("drawing a seed")?;
    Ok(format!("{number:016x}"))
}

/// Whole ms.
pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// The pools beside poolbench and those of the command line's list.
pub(super) fn find_pools(matches: &ArgMatches) -> Result<Found> {
    pools::find(list_of(matches))
}

/// The pools of the command line and those of the lists that the preset names.
pub(super) fn pools_for(wish: &Wish, matches: &ArgMatches) -> Result<Found> {
    let mut found = find_pools(matches)?;
    found.add_lists(&wish.preset.pools_from, &wish.preset.pools())?;
    Ok(found)
}

/// The list of pools that the command line names.
pub(super) fn list_of(matches: &ArgMatches) -> Option<&Path> {
    matches.get_one::<PathBuf>("pools-from").map(PathBuf::as_path)
}

/// Says what is left out, a line each.
pub(super) fn tell_of<'a>(left_out: impl Iterator<Item = &'a LeftOut>) {
    left_out.for_each(|out| tell(format_args!("{}", out.sentence)));
}
