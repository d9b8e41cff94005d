//! What each command of `poolbench` does, from parsed arguments to text on stdout.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result, ensure};
use clap::ArgMatches;
use rand::TryRng as _;
use rand::rngs::SysRng;

use super::Wish;
use super::{described, ending, list, new_guest, runs};
use crate::guard::Guard;
use crate::guard::watcher;
use crate::models::{advise, decide};
use crate::plan::cell::Cell;
use crate::plan::making::{Cells, cells};
use crate::plan::{Binary, DEFAULT_BLOCKS, Plan, budget, families, own, twins};
use crate::pools::{self, Found, LeftOut};
use crate::process::{plain, tell, terminal};
use crate::record::about::About;
use crate::record::folder;
use crate::record::machine::Machine;
use crate::record::paths;
use crate::record::places::Places;
use crate::run::{self, Finish};
use crate::{analysis, check, doctor, models, report};

/// The blocks at the last look of a run with `--until`.
const MOST_BLOCKS: u64 = 40;

/// Whether the command runs pools, and so takes processes that lost their parents for theirs.
pub fn runs_pools(matches: &ArgMatches) -> bool {
    matches!(matches.subcommand_name(), Some("run" | "resume" | "check-pool" | "check-job" | "doctor"))
}

/// Runs the command that was asked for; how it went.
pub fn dispatch(matches: &ArgMatches) -> Result<Finish> {
    let (name, matches) = matches.subcommand().context("no command")?;
    match name {
        "list" => list(matches),
        "plan" => plan(matches),
        "run" => run(matches),
        "resume" => resume(matches),
        "summary" | "compare" | "rank" | "gate" => analyse(name, matches),
        "export" => say(&report::sheets::run(matches)?).map(|()| Finish::Well),
        "report" => say(&report::cli::run(matches)?).map(|()| Finish::Well),
        advise::ADVISE if matches.get_flag("measure") => measured(matches),
        advise::ADVISE => say(&advise::run(matches)?).map(|()| Finish::Well),
        models::cli::FIT => say(&models::cli::run(matches)?).map(|()| Finish::Well),
        "decide" => say(&decide::run(matches)?).map(|()| Finish::Well),
        "runs" => say(&runs::run(matches)?).map(|()| Finish::Well),
        watcher::COMMAND => watcher::watch(matches).map(|()| Finish::Well),
        "check-pool" => check::cli::run(matches),
        "check-job" => check::job::cli::run(matches),
        "new-guest" => say(&new_guest::run(matches)?).map(|()| Finish::Well),
        "doctor" => {
            let (text, finish) = doctor::cli::run(matches)?;
            say(&text).map(|()| finish)
        }
        other => anyhow::bail!("the command '{other}' has no door"),
    }
}

fn list(matches: &ArgMatches) -> Result<Finish> {
    let found = find_pools(matches)?;
    let name = matches.get_one::<String>("name").map(String::as_str);
    let columns = terminal::columns();
    say(&match name {
        _ if matches.get_flag("json") => list::json(&found, name)?,
        Some(name) => list::one(&found, name, columns)?,
        None => list::text(&found.pools, columns),
    })?;
    tell_of(found.left_out.iter());
    Ok(Finish::Well)
}

fn plan(matches: &ArgMatches) -> Result<Finish> {
    let wish = Wish::read(matches)?;
    let (plan, machine) = make_plan(&wish, &pools_for(&wish, matches)?)?;
    say(&if matches.get_flag("json") {
        described::json(&plan, &machine, &wish.preset.title)?
    } else {
        described::text(&plan, &machine, &wish.preset.title, terminal::columns())
    })?;
    Ok(Finish::Well)
}

fn run(matches: &ArgMatches) -> Result<Finish> {
    let (ended, path) = run_into_folder(matches)?;
    finish(ended, &path)
}

/// Runs what the arguments say; how it ended, and where its rows are.
fn run_into_folder(matches: &ArgMatches) -> Result<(Finish, PathBuf)> {
    let wish = Wish::read(matches)?;
    let guard = Guard::of_this_process()?;
    let pools = pools_for(&wish, matches)?;
    let (plan, machine) = make_plan(&wish, &pools)?;
    let described = described::text(&plan, &machine, &wish.preset.title, terminal::columns());
    tell(format_args!("{described}"));
    let mut plan = plan;
    if !run::right::find(&mut plan, &pools, &guard)? {
        anyhow::bail!("stopped before the first trial");
    }
    let places = Places::known(None, &pools.pools, plan.own().into_values());
    let mut plan = plan.with_texts(|text| places.hide(text));
    let path = folder::create(wish.out.as_deref(), &mut plan, &machine)?;
    tell(format_args!("rows go to {}", path.join("trials.csv").display()));
    Ok((run::start(plan, &path, &pools, &guard)?, path))
}

/// Runs what measures the question of `advise`, and answers it from that run.
fn measured(matches: &ArgMatches) -> Result<Finish> {
    let words = advise::measuring(matches)?;
    let asked = super::command().try_get_matches_from(["poolbench".to_owned()].into_iter().chain(words))?;
    let (_, asked) = asked.subcommand().context("no command")?;
    let (ended, path) = run_into_folder(asked)?;
    if ended == Finish::Interrupted {
        return finish(ended, &path);
    }
    say(&advise::answer_from(&path, matches)?).map(|()| ended)
}

fn resume(matches: &ArgMatches) -> Result<Finish> {
    let path = folder::find(dir(matches))?;
    let guard = Guard::of_this_process()?;
    let plan = folder::read_plan(&path)?;
    let found = pools_of(&plan, &path, matches)?;
    finish(run::resume(&path, &found, &guard, &Machine::read(None), matches.get_flag("again"))?, &path)
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
    let gone: Vec<&str> = lacking.into_iter().filter(|name| !found.has(name)).collect();
    ensure!(
        gone.is_empty(),
        "pools of the run that lie neither beside poolbench nor where it was begun: {}; build them with `make`, or name the \
         list that holds them with --pools-from",
        gone.join(", ")
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
        Finish::GivenUp { not_ok, untried } => {
            summarise(path)?;
            if not_ok > 0 {
                tell(format_args!("{not_ok} trials are not ok; notes.jsonl in {} says why", path.display()));
            }
            tell(format_args!(
                "{untried} trials were not tried, since their cells took too long in two blocks; `poolbench resume --again {}` \
                 tries them",
                path.display()
            ));
        }
        Finish::Well | Finish::Regression => summarise(path)?,
    }
    Ok(finish)
}

fn summarise(path: &Path) -> Result<()> {
    say(&format!("{}\n{}", About::read(path)?.heading(), ending::at_the_end(path, terminal::columns())?))
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

fn find_pools(matches: &ArgMatches) -> Result<Found> {
    pools::find(list_of(matches))
}

/// The pools of the command line and those of the lists that the preset names.
fn pools_for(wish: &Wish, matches: &ArgMatches) -> Result<Found> {
    let mut found = find_pools(matches)?;
    found.add_lists(&wish.preset.pools_from, &wish.preset.pools())?;
    Ok(found)
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
        budget::keep(&mut plan, block);
    }
    plan.check()?;
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

/// Prints to stdout, without what a terminal obeys; a reader that has gone away (`| head`) is no error.
fn say(text: &str) -> Result<()> {
    match writeln!(io::stdout(), "{}", plain::lines(text)) {
        Err(cause) if cause.kind() != io::ErrorKind::BrokenPipe => Err(cause).context("writing to stdout"),
        _ => Ok(()),
    }
}
