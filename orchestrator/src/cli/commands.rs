//! What each command of `poolbench` does, from parsed arguments to text on stdout.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result, ensure};
use clap::ArgMatches;
use harness::human;
use rand::TryRng as _;
use rand::rngs::SysRng;

use super::Wish;
use super::list;
use crate::guard::Guard;
use crate::guard::watcher;
use crate::plan::cell::Cell;
use crate::plan::making::{Cells, cells};
use crate::plan::{Binary, DEFAULT_BLOCKS, Plan, SMOKE_BLOCKS, budget, twins};
use crate::plan::{estimate, families};
use crate::pools::{self, Found, LeftOut};
use crate::process::tell;
use crate::record::folder;
use crate::record::machine::Machine;
use crate::record::paths;
use crate::run::progress::whole_seconds;
use crate::run::{self, Finish};
use crate::{analysis, check, doctor};

/// The blocks at the last look of a run with `--until`.
const MOST_BLOCKS: u64 = 40;

/// Runs the command that was asked for; how it went.
pub fn dispatch(matches: &ArgMatches) -> Result<Finish> {
    let (name, matches) = matches.subcommand().context("no command")?;
    match name {
        "list" => list(matches),
        "plan" => plan(matches),
        "run" => run(matches),
        "resume" => resume(matches),
        "summary" | "compare" | "rank" | "gate" => analyse(name, matches),
        watcher::COMMAND => watcher::watch(matches).map(|()| Finish::Well),
        "check-pool" => check::cli::run(matches),
        "doctor" => {
            let (text, finish) = doctor::cli::run(matches)?;
            say(&text).map(|()| finish)
        }
        other => anyhow::bail!("the command '{other}' has no door"),
    }
}

fn list(matches: &ArgMatches) -> Result<Finish> {
    let Found { pools, left_out } = find_pools(matches)?;
    say(&if matches.get_flag("json") { list::json(&pools)? } else { list::text(&pools) })?;
    tell_of(left_out.iter());
    Ok(Finish::Well)
}

fn plan(matches: &ArgMatches) -> Result<Finish> {
    let wish = Wish::read(matches)?;
    let (plan, machine) = make_plan(&wish, &find_pools(matches)?)?;
    say(&describe(&plan, &machine, &wish.preset.title))?;
    Ok(Finish::Well)
}

fn run(matches: &ArgMatches) -> Result<Finish> {
    let wish = Wish::read(matches)?;
    let guard = Guard::of_this_process()?;
    let pools = find_pools(matches)?;
    let (plan, machine) = make_plan(&wish, &pools)?;
    let path = wish.out.clone().unwrap_or_else(|| folder::default_path(&plan.run));
    folder::create(&path, &plan, &machine)?;
    tell(format_args!(
        "{}\nrows go to {}",
        describe(&plan, &machine, &wish.preset.title),
        path.join("trials.csv").display()
    ));
    finish(run::start(plan, &path, &pools, &guard)?, &path)
}

fn resume(matches: &ArgMatches) -> Result<Finish> {
    let path = folder::find(dir(matches))?;
    let guard = Guard::of_this_process()?;
    let plan = folder::read_plan(&path)?;
    let found = pools_of(&plan, &path, matches)?;
    finish(run::resume(&path, &found, &guard, &Machine::read(None))?, &path)
}

/// The pools of a run that goes on: beside poolbench, in the list that is given, else where the run's `paths.toml` says.
fn pools_of(plan: &Plan, path: &Path, matches: &ArgMatches) -> Result<Found> {
    let list = list_of(matches);
    let mut found = pools::find_in(&pools::own_folder()?, list)?;
    let lacking: Vec<&str> = plan.pools.keys().map(String::as_str).filter(|name| !found.has(name)).collect();
    if list.is_none() && !lacking.is_empty() {
        let guests = paths::read(path, plan, &lacking)?;
        found.add_guests(guests);
    }
    let lost: Vec<&str> = lacking.into_iter().filter(|name| !found.has(name)).collect();
    ensure!(
        lost.is_empty(),
        "pools of the run that lie neither beside poolbench nor where it was begun: {}; build them with `make`, or name the \
         list that holds them with --pools-from",
        lost.join(", ")
    );
    Ok(found)
}

fn finish(finish: Finish, path: &Path) -> Result<Finish> {
    match finish {
        Finish::Interrupted => {
            tell(format_args!(
                "stopped; every finished trial has its row, `poolbench resume {}` goes on",
                path.display()
            ));
        }
        Finish::NotOk(count) => {
            summarise(path)?;
            tell(format_args!("{count} trials are not ok; notes.jsonl in {} says why", path.display()));
        }
        Finish::Well | Finish::Regression => summarise(path)?,
    }
    Ok(finish)
}

fn summarise(path: &Path) -> Result<()> {
    say(&analysis::at_the_end(path)?)
}

fn analyse(name: &str, matches: &ArgMatches) -> Result<Finish> {
    let said = analysis::cli::run(name, matches)?;
    say(&said.text)?;
    if let Some(why) = said.unable {
        anyhow::bail!("{why}");
    }
    Ok(if said.regression { Finish::Regression } else { Finish::Well })
}

fn dir(matches: &ArgMatches) -> Option<&str> {
    matches.get_one::<String>("dir").map(String::as_str)
}

fn find_pools(matches: &ArgMatches) -> Result<Found> {
    pools::find(list_of(matches))
}

fn list_of(matches: &ArgMatches) -> Option<&Path> {
    matches.get_one::<PathBuf>("pools-from").map(PathBuf::as_path)
}

/// Says what is left out, a line each.
fn tell_of<'a>(left_out: impl Iterator<Item = &'a LeftOut>) {
    left_out.for_each(|out| tell(format_args!("{}", out.sentence)));
}

fn make_plan(wish: &Wish, found: &Found) -> Result<(Plan, Machine)> {
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
        spin_rate: harness::calibrate(),
        cpus: wish.cpus.as_ref().map(ToString::to_string).unwrap_or_default(),
        server_cpus: wish.server_cpus.as_ref().map(ToString::to_string).unwrap_or_default(),
        keep_env: wish.keep_env.clone(),
        left_out,
        race: None,
        shards: None,
        jobs: BTreeMap::new(),
        pools: used.map(|(name, pool)| (name.clone(), Binary::of(pool))).collect(),
        cells,
    };
    if wish.blocks.is_none() && wish.until.is_none() {
        let block = plan.block_estimate();
        budget::keep(&mut plan, block);
    }
    Ok((plan, machine))
}

fn describe(plan: &Plan, machine: &Machine, title: &str) -> String {
    let blocks = u32::try_from(plan.blocks + 1).unwrap_or(u32::MAX);
    let time = whole_seconds(plan.block_estimate().saturating_mul(blocks));
    let mut lines = vec![
        format!("{}: {title}", plan.preset),
        machine.sentence(),
        format!(
            "{} cells x ({} blocks + 1 that warms the machine) = {} trials, about {time}, seed {}",
            plan.cells.len(),
            plan.blocks,
            plan.cells.len() as u64 * (plan.blocks + 1),
            plan.seed
        ),
    ];
    if plan.blocks < SMOKE_BLOCKS {
        lines.push(format!("smoke only: under {SMOKE_BLOCKS} blocks nothing can be said about differences"));
    }
    lines.extend(families::sentence(plan));
    lines.extend(plan.left_out.iter().map(|reason| format!("left out: {reason}")));
    lines.extend(cell_lines(&plan.cells));
    lines.join("\n")
}

/// Lists under keys, in the order in which the keys came.
type Listed<T> = Vec<(String, Vec<T>)>;

/// A line for each workload and size, which says so if its batches are short, and under it one for each setup with the
/// pools that have it.
fn cell_lines(cells: &[Cell]) -> Vec<String> {
    let mut sizes: Listed<&Cell> = Vec::new();
    for cell in cells {
        entry(&mut sizes, format!("  {} x {}", cell.workload, cell.jobs)).push(cell);
    }
    let lines = sizes.into_iter().flat_map(|(size, cells)| {
        let short = estimate::too_short(cells.iter().copied()).map_or(String::new(), |(jobs, ns)| {
            format!(": short batches, about {}; {jobs} jobs take 20 ms, which is long enough", human::time(ns))
        });
        std::iter::once(size + &short).chain(setup_lines(&cells))
    });
    lines.collect()
}

fn setup_lines(cells: &[&Cell]) -> Vec<String> {
    let mut setups: Listed<&str> = Vec::new();
    for cell in cells {
        let setup = format!("    workers {}, chunk {}, window {}", cell.workers, cell.chunk, cell.window);
        entry(&mut setups, setup).push(&cell.pool);
    }
    setups.into_iter().map(|(setup, pools)| format!("{setup}: {}", pools.join(", "))).collect()
}

/// The list under `key`, made if it is new.
fn entry<T>(lists: &mut Listed<T>, key: String) -> &mut Vec<T> {
    let at = lists.iter().position(|(known, _)| *known == key).unwrap_or_else(|| {
        lists.push((key, Vec::new()));
        lists.len() - 1
    });
    &mut lists[at].1
}

fn utc_stamp() -> String {
    let stamp = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    stamp.to_lowercase().replace(['-', ':'], "")
}

fn drawn_seed() -> Result<String> {
    let number = SysRng.try_next_u64().context("drawing a seed")?;
    Ok(format!("{number:016x}"))
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Prints to stdout; a reader that has gone away (`| head`) is no error.
fn say(text: &str) -> Result<()> {
    match writeln!(io::stdout(), "{text}") {
        Err(cause) if cause.kind() != io::ErrorKind::BrokenPipe => Err(cause).context("writing to stdout"),
        _ => Ok(()),
    }
}
