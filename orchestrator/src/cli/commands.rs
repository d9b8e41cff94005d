//! What each command of `poolbench` does, from parsed arguments to text on stdout.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use clap::ArgMatches;

use super::Wish;
use super::planning::{find_pools, list_of, make_plan, pools_for, tell_of};
use super::racing::{self, RACE};
use super::{described, ending, list, new_guest, runs};
use crate::analysis::cli::Said;
use crate::fleet::shard;
use crate::guard::Guard;
use crate::guard::watcher;
use crate::history::cli::{ARCHIVE, HISTORY};
use crate::models::{advise, decide};
use crate::plan::Plan;
use crate::pools::{self, Found};
use crate::process::{plain, tell, terminal};
use crate::record::about::About;
use crate::record::folder;
use crate::record::machine::Machine;
use crate::record::paths;
use crate::record::places::Places;
use crate::run::{self, Finish};
use crate::{analysis, check, doctor, fleet, history, models, outcome, race, report};

/// Whether the command runs pools, and so takes processes that lost their parents for theirs.
pub fn runs_pools(matches: &ArgMatches) -> bool {
    let runs = ["run", "race", "resume", "check-pool", "check-job", "doctor"];
    matches.subcommand_name().is_some_and(|name| runs.contains(&name))
}

/// Runs the command that was asked for; how it went.
pub fn dispatch(matches: &ArgMatches) -> Result<Finish> {
    let (name, matches) = matches.subcommand().context("no command")?;
    match name {
        "list" => list(matches),
        "plan" => plan(matches),
        "run" => run(matches),
        RACE => race(matches),
        "resume" => resume(matches),
        "merge" => of_all(fleet::cli::run(matches)?),
        "fleet" => of_all(fleet::engines::run(matches)?),
        "summary" if is_of_race(matches)? => {
            say(&racing::answer(&folder::find(dir(matches))?, matches.get_flag("json"), matches.get_flag("all"))?)
                .map(|()| Finish::Well)
        }
        "gate" if matches.contains_id("history") => judged(history::gate::run(matches)?),
        "summary" | "compare" | "rank" | "gate" => judged(analysis::cli::run(name, matches)?),
        "export" => say(&report::sheets::run(matches)?).map(|()| Finish::Well),
        "report" => say(&report::cli::run(matches)?).map(|()| Finish::Well),
        advise::ADVISE if matches.get_flag("measure") => measured(matches),
        advise::ADVISE => say(&advise::run(matches)?).map(|()| Finish::Well),
        models::cli::FIT => say(&models::cli::run(matches)?).map(|()| Finish::Well),
        "decide" => say(&decide::run(matches)?).map(|()| Finish::Well),
        "runs" => say(&runs::run(matches)?).map(|()| Finish::Well),
        ARCHIVE => of_all(history::cli::archive(matches)?),
        HISTORY => say(&history::cli::history(matches)?).map(|()| Finish::Well),
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
    let pools = pools_for(&wish, matches)?;
    let (plan, machine) = make_plan(&wish, &pools)?;
    if let Some((count, out)) = wish.shards.zip(wish.out.as_deref()) {
        let plan = fleet::make::write(plan, &pools.pools, count, out)?;
        let described = described::text(&plan, &machine, &wish.preset.title, terminal::columns());
        return say(&format!("{described}\n{}", fleet::cli::planned(&plan, out))).map(|()| Finish::Well);
    }
    say(&if matches.get_flag("json") {
        described::json(&plan, &machine, &wish.preset.title)?
    } else {
        described::text(&plan, &machine, &wish.preset.title, terminal::columns())
    })?;
    Ok(Finish::Well)
}

fn run(matches: &ArgMatches) -> Result<Finish> {
    if let Some(asked) = fleet::cli::asked(matches)? {
        let (ended, path) = shard::run(&asked, || find_pools(matches))?;
        return finish(ended, &path);
    }
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

/// Runs a race; its end is its answer.
fn race(matches: &ArgMatches) -> Result<Finish> {
    if matches.get_flag("plan") {
        return say(&racing::plan(matches)?).map(|()| Finish::Well);
    }
    let (ended, path) = racing::run(matches)?;
    end_of_race(ended, &path, matches.get_flag("json"))
}

/// Says a race's answer, and if it was stopped how it goes on.
fn end_of_race(ended: Finish, path: &Path, as_json: bool) -> Result<Finish> {
    say(&racing::answer(path, as_json, false)?)?;
    match ended {
        Finish::Interrupted => tell(format_args!("stopped; `poolbench resume {}` goes on", path.display())),
        Finish::NotOk(count) => {
            tell(format_args!("{count} entrants failed; notes.jsonl in {} says why", path.display()));
        }
        _ => {}
    }
    Ok(ended)
}

/// Whether the run that a command is about is a race.
fn is_of_race(matches: &ArgMatches) -> Result<bool> {
    Ok(folder::read_plan(&folder::find(dir(matches))?)?.race.is_some())
}

/// Prints what is said of shards or of runs, and whether they are all there.
fn of_all((text, is_whole): (String, bool)) -> Result<Finish> {
    say(&text).map(|()| if is_whole { Finish::Well } else { Finish::NotOk(0) })
}

/// Runs what measures the question of `advise`, and answers it from that run.
fn measured(matches: &ArgMatches) -> Result<Finish> {
    let words = advise::measuring(matches)?;
    let asked = super::command().try_get_matches_from(["poolbench".to_owned()].into_iter().chain(words))?;
    let (name, asked) = asked.subcommand().context("no command")?;
    if name == RACE {
        let (ended, path) = racing::run(asked)?;
        return match outcome::as_advice(&path)?.filter(|_| matches.get_flag("json") && ended != Finish::Interrupted) {
            Some((run, pools)) => say(&advise::raced(matches, &run, &pools)?).map(|()| ended),
            None => end_of_race(ended, &path, false),
        };
    }
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
    if plan.race.is_some() {
        return end_of_race(race::resume(&path, &found, &guard, &Machine::read(None))?, &path, false);
    }
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
        Finish::Interrupted if is_shard(path) => {
            tell(format_args!("stopped; a shard counts only as a whole, run it again"));
        }
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

/// Whether a folder holds a shard, which is not gone on with.
fn is_shard(path: &Path) -> bool {
    folder::read_plan(path).is_ok_and(|plan| plan.shards.is_some())
}

fn summarise(path: &Path) -> Result<()> {
    say(&format!("{}\n{}", About::read(path)?.heading(), ending::at_the_end(path, terminal::columns())?))
}

fn judged(said: Said) -> Result<Finish> {
    say(&said.text)?;
    if let Some(why) = said.unable {
        anyhow::bail!("{why}");
    }
    Ok(if said.regression { Finish::Regression } else { Finish::Well })
}

fn dir(matches: &ArgMatches) -> Option<&Path> {
    matches.get_one::<PathBuf>("dir").map(PathBuf::as_path)
}

/// Prints to stdout, without what a terminal obeys; a reader that has gone away (`| head`) is no error.
fn say(text: &str) -> Result<()> {
    match writeln!(io::stdout(), "{}", plain::lines(text)) {
        Err(cause) if cause.kind() != io::ErrorKind::BrokenPipe => Err(cause).context("writing to stdout"),
        _ => Ok(()),
    }
}
