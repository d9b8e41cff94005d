//! `race` from the command line to its answer: what is raced, for what, and in which time.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use clap::{ArgMatches, Command};
use harness::{Chunk, MAX_BATCHES, MAX_JOBS, Staff, Window};

use super::planning::{make_plan, millis, pools_for};
use super::{Wish, described, json, option, parsed, surroundings, switch, words, workloads};
use crate::guard::Guard;
use crate::models::advise::bytes;
use crate::outcome;
use crate::plan::Plan;
use crate::plan::ladder::{Entrants, any_or};
use crate::plan::preset::{Preset, number};
use crate::plan::race::{BATCHES, MOST_ENTRANTS, Objective, Race, WITHIN, within};
use crate::pools::Found;
use crate::process::affinity::Cpus;
use crate::process::{tell, terminal};
use crate::race;
use crate::record::about::About;
use crate::record::folder;
use crate::record::machine::Machine;
use crate::record::places::Places;
use crate::run::{self, Finish};

/// The command's name, and the preset's in the plan of what it runs.
pub(super) const RACE: &str = "race";

/// What a race is made from.
struct RaceWish {
    /// What a run takes besides; its preset has no cells yet.
    wish: Wish,
    /// Who runs.
    entrants: Entrants,
    /// What is to be as small as can be.
    objective: Objective,
    /// The band inside which two are the same, as given.
    within: String,
    /// The most that the peak may be, bytes; 0 for any.
    max_memory: u64,
    /// The time that it may take.
    budget: Duration,
}

/// The command.
pub(super) fn command() -> Command {
    let cells = Command::new(RACE)
        .about("The best pool, workers and chunk for one case, measured in rounds that the slow ones leave")
        .after_help(
            "It ends when one is left, when all that are left are the same, or when the time is spent. Its last rounds are a final, \
             which alone gives intervals and the word `same`.\n\nExamples:\n  poolbench race --workload compute --jobs 10000\n  \
             poolbench race --workload sleep:5ms --jobs 500 --objective memory --budget 1m\n  poolbench race --workload \
             spin:20us --jobs 1000 --pools rayon,crossbeam,tokio --workers 2,4 --chunk any",
        )
        .arg(option("workload", "NAME[:PARAM]", "What each job does; lib:./x.so[:PARAM] and py:./x.py:FUNCTION are jobs of your own").required(true))
        .arg(option("jobs", "N", "Jobs in a batch").required(true))
        .arg(option("pools", "a,b", "Only these pools [default: all]"))
        .arg(option("workers", "any|N,..", "Numbers of workers; any: 1, 2, half the cores, the cores, twice as many; 8, 16, .. up to the jobs where they wait").default_value("any"))
        .arg(option("chunk", "any|N|auto|own,..", "Jobs per dispatch; any: what the pool takes of 1, auto and own").default_value("any"))
        .arg(option("window", "N|all,..", "Most jobs submitted and not yet back [default: each pool's]"))
        .arg(option("batches", "N", "Batches in a trial [default: 3]"))
        .arg(option("objective", "time|cpu|memory", "What is to be as small as can be").default_value("time"))
        .arg(option("max-memory", "M", "Only entrants whose peak stays under it, such as 16MiB"))
        .arg(option("within", "PERCENT", "What differs by less is the same").default_value(WITHIN))
        .arg(option("budget", "TIME", "The most time that it may take").default_value("3m"))
        .arg(switch("plan", "Who would run, and how long a round takes; runs nothing"))
        .arg(json());
    surroundings(cells)
}

impl RaceWish {
    fn read(matches: &ArgMatches) -> Result<Self> {
        let text = |name: &str| matches.get_one::<String>(name).map(String::as_str);
        let workload = text("workload").unwrap_or_default();
        let pools = words(text("pools"));
        ensure!(
            !pools.iter().any(String::is_empty),
            "--pools names no pool between its commas; `poolbench list` names them"
        );
        let mut workload = workloads::one(workload)?;
        // Which jobs wait decides which workers are tried.
        workload.set_own(|own| own.waits = matches.get_flag("waits"));
        let entrants = Entrants {
            pools: pools.clone(),
            workload,
            jobs: number("--jobs", 0, MAX_JOBS, text("jobs").unwrap_or_default())?,
            workers: any_or::<Staff>("--workers", text("workers"))?,
            chunks: any_or::<Chunk>("--chunk", text("chunk"))?,
            windows: parsed::<Window>("--window", &words(text("window")))?,
            batches: text("batches").map_or(Ok(BATCHES), |n| number("--batches", 1, MAX_BATCHES, n))?,
        };
        let band = text("within").unwrap_or_default();
        within(band)?;
        let budget = text("budget").unwrap_or_default();
        let budget = humantime::parse_duration(budget).with_context(|| format!("--budget {budget}"))?;
        ensure!(budget >= Duration::from_secs(1), "--budget takes 1s and more, and a race of a few pools some 10s");
        let title = "a race".to_owned();
        let preset = Preset {
            name: RACE.to_owned(),
            title,
            budget: Some(budget),
            blocks: None,
            pools_from: Vec::new(),
            sets: Vec::new(),
        };
        Ok(Self {
            wish: Wish { blocks: Some(1), twin: Some("none".to_owned()), ..Wish::around(matches, preset, pools)? },
            entrants,
            objective: text("objective").unwrap_or_default().parse()?,
            within: band.to_owned(),
            max_memory: text("max-memory").map_or(Ok(0), bytes)?,
            budget,
        })
    }
}

/// A race that is planned.
struct Planned {
    plan: Plan,
    machine: Machine,
    pools: Found,
    out: Option<PathBuf>,
}

fn planned(matches: &ArgMatches) -> Result<Planned> {
    let RaceWish { mut wish, entrants, objective, within, max_memory, budget } = RaceWish::read(matches)?;
    let pools = pools_for(&wish, matches)?;
    let machine = Machine::read(wish.host.as_deref());
    wish.preset.sets = entrants.sets(&pools, machine.workers(wish.cpus.as_ref().map_or(machine.cores, Cpus::count)));
    let (waits, unchecked) = (matches.get_flag("waits"), matches.get_flag("unchecked"));
    wish.preset.own_jobs(waits || unchecked, waits)?;
    let (mut plan, machine) = make_plan(&wish, &pools)?;
    let count = plan.cells.len();
    let advice = match count {
        1 => "name more --pools, --workers or --chunk, or measure this one with `poolbench run`",
        _ => "name fewer --pools, --workers or --chunk",
    };
    ensure!(
        (2..=MOST_ENTRANTS).contains(&count),
        "a race takes from 2 to {MOST_ENTRANTS} entrants, and this one would have {count}: {advice}{}",
        if plan.left_out.is_empty() { String::new() } else { format!(" ({})", plan.left_out.join("; ")) }
    );
    plan.budget_ms = millis(budget);
    // While nobody leads nothing else cuts off a pool that hangs.
    plan.timeout_ms = plan.timeout_ms.min((plan.budget_ms / 8).max(1));
    plan.race = Some(Race::new(objective, &within, max_memory, count));
    plan.check()?;
    Ok(Planned { plan, machine, pools, out: wish.out })
}

/// What the race would be that the arguments ask for.
pub(super) fn plan(matches: &ArgMatches) -> Result<String> {
    let Planned { plan, machine, .. } = planned(matches)?;
    if matches.get_flag("json") {
        return described::json(&plan, &machine, "a race");
    }
    Ok(race::first_screen(&plan, &machine, terminal::columns()))
}

/// Runs the race that the arguments ask for; how it ended, and where its rows are.
pub(super) fn run(matches: &ArgMatches) -> Result<(Finish, PathBuf)> {
    let guard = Guard::of_this_process()?;
    let Planned { mut plan, machine, pools, out } = planned(matches)?;
    let described = race::first_screen(&plan, &machine, terminal::columns());
    tell(format_args!("{described}"));
    ensure!(run::right::find(&mut plan, &pools, &guard)?, "stopped before the first trial");
    checked(&mut plan)?;
    race::could_fit(&plan)?;
    let places = Places::known(None, &pools.pools, plan.own().into_values());
    let mut plan = plan.with_texts(|text| places.hide(text));
    let path = folder::create(out.as_deref(), &mut plan, &machine)?;
    tell(format_args!("rows go to {}", path.join("trials.csv").display()));
    Ok((race::start(plan, &path, &pools, &guard)?, path))
}

/// Counts the time that right results took; an error where there is none although the user wants one, since whoever is wrong
/// may be the fastest.
fn checked(plan: &mut Plan) -> Result<()> {
    if let Some((name, job)) = plan.jobs.iter().find(|(_, job)| !job.without.is_empty()) {
        bail!(
            "{name} has no right result that pools could be held against: {}; `poolbench check-job` with its path says more. Where \
             its jobs took too long give fewer --jobs or a longer --budget, of which an eighth is the limit; --unchecked races without that \
             check",
            job.without
        );
    }
    let took_ms = plan.jobs.values().map(|job| job.took_ms).sum();
    if let Some(race) = &mut plan.race {
        race.spent_ms = took_ms;
    }
    Ok(())
}

/// The answer of the race in a folder; with `all` every entrant.
pub(super) fn answer(path: &Path, as_json: bool, all: bool) -> Result<String> {
    if as_json {
        return outcome::as_json(path);
    }
    let everybody = if all { outcome::everybody(path, terminal::columns())? } else { String::new() };
    Ok(format!("{}\n{}{everybody}", About::read(path)?.heading(), outcome::for_people(path, terminal::columns())?))
}
