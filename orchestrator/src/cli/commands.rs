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
use super::{list, runs};
use crate::guard::Guard;
use crate::guard::watcher;
use crate::plan::cell::Cell;
use crate::plan::making::{Cells, cells};
use crate::plan::{Binary, DEFAULT_BLOCKS, Plan, SMOKE_BLOCKS, budget, twins};
use crate::plan::{estimate, families};
use crate::pools::{self, Pools};
use crate::process::{plain, tell};
use crate::record::about::About;
use crate::record::folder;
use crate::record::machine::Machine;
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
        "runs" => say(&runs::run(matches)?).map(|()| Finish::Well),
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
    let pools = find_pools(matches)?;
    say(&if matches.get_flag("json") { list::json(&pools)? } else { list::text(&pools) })?;
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
    let (mut plan, machine) = make_plan(&wish, &pools)?;
    let path = folder::create(wish.out.as_deref(), &mut plan, &machine)?;
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
    let hash = Machine::read(None).host;
    // A name given by the user is taken at its word, as it was when the run began.
    let named = plan.host.len() != hash.len() || !plan.host.bytes().all(|byte| byte.is_ascii_hexdigit());
    let host = if named { plan.host } else { hash };
    finish(run::resume(&path, &find_pools(matches)?, &guard, &host)?, &path)
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
    say(&format!("{}\n{}", About::read(path)?.heading(), analysis::at_the_end(path)?))
}

fn analyse(name: &str, matches: &ArgMatches) -> Result<Finish> {
    let said = analysis::cli::run(name, matches)?;
    say(&said.text)?;
    if let Some(why) = said.unable {
        anyhow::bail!("{why}");
    }
    Ok(if said.regression { Finish::Regression } else { Finish::Well })
}

fn dir(matches: &ArgMatches) -> Option<&Path> {
    matches.get_one::<PathBuf>("dir").map(PathBuf::as_path)
}

fn find_pools(matches: &ArgMatches) -> Result<Pools> {
    pools::find(matches.get_one::<PathBuf>("pools-from").map(PathBuf::as_path))
}

fn make_plan(wish: &Wish, pools: &Pools) -> Result<(Plan, Machine)> {
    let machine = Machine::read(wish.host.as_deref());
    let cores = wish.cpus.as_ref().map_or(machine.cores, crate::process::affinity::Cpus::count);
    let Cells { mut cells, left_out } = cells(&wish.preset.sets, pools, cores)?;
    twins::add(&mut cells, wish.twin.as_deref(), pools)?;
    ensure!(
        wish.until.is_none() || families::any_compared(&cells),
        "--until waits for comparisons, and this run has none: no workload and size has a second pool beside the reference \
         (serial, else the pool that the twin doubles); name more pools, or a number of --blocks"
    );
    let names: Vec<&str> = cells.iter().map(Cell::real_pool).collect();
    let used = pools.iter().filter(|(name, _)| names.contains(&name.as_str()));
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
    plan.check()?;
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

/// Prints to stdout, without what a terminal obeys; a reader that has gone away (`| head`) is no error.
fn say(text: &str) -> Result<()> {
    match writeln!(io::stdout(), "{}", plain::lines(text)) {
        Err(cause) if cause.kind() != io::ErrorKind::BrokenPipe => Err(cause).context("writing to stdout"),
        _ => Ok(()),
    }
}
