//! A run's folder: made by one run alone before anything runs, found again by its path or as the latest.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};

use super::machine::Machine;
use super::{file, latest};
use crate::plan::Plan;

/// A run's plan, in its folder.
pub const PLAN: &str = "plan.toml";
/// A run's machine, in its folder.
const MACHINE: &str = "machine.json";
/// The most runs of one preset that begin in the same second.
const MOST_AT_ONCE: u64 = 10_000;

/// The folder that a command means: the one that is named, or the latest.
pub fn find(named: Option<&Path>) -> Result<PathBuf> {
    let path = named.map_or_else(latest::path, Path::to_owned);
    ensure!(
        path.join(PLAN).is_file(),
        "{} holds no run (it has no plan.toml); name the folder of one, or start one with `poolbench run quick`",
        path.display()
    );
    let shared = read_plan(&path).is_ok_and(|plan| plan.shards.is_some() && plan.parts().is_empty());
    ensure!(
        !shared,
        "{0} is a plan that shards share, and no run; `poolbench merge {0} --out DIR` makes one of them",
        path.display()
    );
    Ok(path)
}

/// Makes the folder of a new run with its plan and machine; fails before anything has run if that cannot be. Without
/// `out` it has the run's name, to which a number is added where another run has that: then that is the run's name.
///
/// Of several that want one folder at once, one gets it.
pub fn create(out: Option<&Path>, plan: &mut Plan, machine: &Machine) -> Result<PathBuf> {
    let path = match out {
        Some(path) => taken(path)?,
        None => named(plan)?,
    };
    let text = toml::to_string(plan).context("writing plan.toml")?;
    match file::create(&path.join(PLAN), &text) {
        Err(cause) if cause.kind() == ErrorKind::AlreadyExists => bail!(refusal(&path)),
        wrote => wrote.with_context(|| format!("writing {}", path.join(PLAN).display()))?,
    }
    write_machine(&path, machine)?;
    latest::point_to(&path);
    Ok(path)
}

/// The folder that the user names: a new one, or an empty one.
fn taken(path: &Path) -> Result<PathBuf> {
    let making = || format!("making {}", path.display());
    ensure!(
        !path.ends_with(latest::path()) || fs::symlink_metadata(path).is_ok(),
        "{} is the name of the link to the run that was started last; name another --out",
        path.display()
    );
    fs::create_dir_all(path.parent().unwrap_or(path)).with_context(making)?;
    match fs::create_dir(path) {
        Err(cause) if cause.kind() == ErrorKind::AlreadyExists => {
            let mut inside = fs::read_dir(path).with_context(making)?;
            ensure!(inside.next().is_none(), refusal(path));
        }
        made => made.with_context(making)?,
    }
    Ok(path.to_owned())
}

fn refusal(path: &Path) -> String {
    let path = path.display();
    format!(
        "{path} holds a run already or other files; `poolbench resume {path}` goes on with a run, or name another --out"
    )
}

/// A folder of the run's name, or of that with a number.
fn named(plan: &mut Plan) -> Result<PathBuf> {
    let results = latest::results();
    fs::create_dir_all(results).with_context(|| format!("making {}", results.display()))?;
    for number in 1..=MOST_AT_ONCE {
        let name = if number == 1 { plan.run.clone() } else { format!("{}-{number}", plan.run) };
        let path = results.join(&name);
        match fs::create_dir(&path) {
            Err(cause) if cause.kind() == ErrorKind::AlreadyExists => {}
            made => {
                plan.run = name;
                return made.map(|()| path.clone()).with_context(|| format!("making {}", path.display()));
            }
        }
    }
    bail!("{} has {MOST_AT_ONCE} runs called {}; name another folder with --out", results.display(), plan.run)
}

/// Writes `plan.toml` anew.
pub fn write_plan(path: &Path, plan: &Plan) -> Result<()> {
    file::replace(&path.join(PLAN), &toml::to_string(plan).context("writing plan.toml")?)
}

/// Writes `machine.json`.
pub fn write_machine(path: &Path, machine: &Machine) -> Result<()> {
    let machine = serde_json::to_string_pretty(machine).context("writing machine.json")?;
    file::replace(&path.join(MACHINE), &format!("{machine}\n"))
}

/// Reads `plan.toml` of a folder; an error if what it says cannot be a plan.
pub fn read_plan(path: &Path) -> Result<Plan> {
    read_plan_file(&path.join(PLAN))
}

/// Reads a plan from its file.
pub fn read_plan_file(path: &Path) -> Result<Plan> {
    let read = |text: &str| {
        let plan: Plan = toml::from_str(text)?;
        plan.check().map(|()| plan.shown())
    };
    read(&file::read(path)?).with_context(|| format!("reading {}", path.display()))
}

/// Refuses the run of a folder to whatever claims something on its rows, if it is a race.
pub fn claimable(path: &Path) -> Result<()> {
    read_plan(path)?.claimable()
}

/// Reads `machine.json`.
pub fn read_machine(path: &Path) -> Result<Machine> {
    let path = path.join(MACHINE);
    let read = serde_json::from_str::<Machine>(&file::read(&path)?);
    read.map(Machine::shown).with_context(|| format!("reading {}", path.display()))
}
