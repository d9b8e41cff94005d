//! What each command of `poolbench` does, from parsed arguments to text on stdout.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result, ensure};
use clap::ArgMatches;
use rand::TryRng as _;
use rand::rngs::SysRng;

use super::Wish;
use super::{described, list};
use crate::guard::Guard;
use crate::guard::watcher;
use crate::plan::cell::Cell;
use crate::plan::families;
use crate::plan::making::{Cells, add_twin, cells};
use crate::plan::{Binary, DEFAULT_BLOCKS, Plan, budget};
use crate::pools::{self, Pools};
use crate::process::{tell, terminal};
use crate::record::folder;
use crate::record::machine::Machine;
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
    let pools = find_pools(matches)?;
    let name = matches.get_one::<String>("name").map(String::as_str);
    let columns = terminal::columns();
    say(&match name {
        _ if matches.get_flag("json") => list::json(&pools, name)?,
        Some(name) => list::one(&pools, name, columns)?,
        None => list::text(&pools, columns),
    })?;
    Ok(Finish::Well)
}

fn plan(matches: &ArgMatches) -> Result<Finish> {
    let wish = Wish::read(matches)?;
    let (plan, machine) = make_plan(&wish, &find_pools(matches)?)?;
    say(&if matches.get_flag("json") {
        described::json(&plan, &machine, &wish.preset.title)?
    } else {
        described::text(&plan, &machine, &wish.preset.title, terminal::columns())
    })?;
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
        described::text(&plan, &machine, &wish.preset.title, terminal::columns()),
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
    say(&analysis::at_the_end(path, terminal::columns())?)
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

fn find_pools(matches: &ArgMatches) -> Result<Pools> {
    pools::find(matches.get_one::<PathBuf>("pools-from").map(PathBuf::as_path))
}

fn make_plan(wish: &Wish, pools: &Pools) -> Result<(Plan, Machine)> {
    let machine = Machine::read(wish.host.as_deref());
    let cores = wish.cpus.as_ref().map_or(machine.cores, crate::process::affinity::Cpus::count);
    let Cells { mut cells, left_out } = cells(&wish.preset.sets, pools, cores)?;
    add_twin(&mut cells, wish.twin.as_deref())?;
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
