//! The command lines of `archive` and `history`, and what they say.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail, ensure};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::archive::{Kept, keep};
use super::found::Found;
use super::kept::History;
use super::said::{Asked, as_json, text};
use crate::analysis::table::Style;
use crate::pools;
use crate::process::tell;
use crate::record::latest;

/// The name of one command.
pub const ARCHIVE: &str = "archive";
/// And of the other.
pub const HISTORY: &str = "history";

/// The two commands.
pub fn commands() -> [Command; 2] {
    [
        Command::new(ARCHIVE)
            .about("Keeps runs that have ended in a history: a folder each, rows gzipped, and an index")
            .arg(
                path("dirs", "DIR")
                    .required(true)
                    .num_args(1..)
                    .action(ArgAction::Append)
                    .help("Folders of runs that have ended"),
            )
            .arg(path("into", "HISTORY").long("into").help(format!("The history [default: {}]", place().display())))
            .after_help(
                "A run that is there already is left as it is. Any moment may kill it: a run is in the history whole or not at \
                 all.\n\nExamples:\n  poolbench archive data/results/latest\n  poolbench archive data/results/* --into /srv/history\n\n\
                 Exit codes: 0 all are kept; 1 some are not, as it says; 2 none is.",
            ),
        Command::new(HISTORY)
            .about("Since which run each cell is slower or faster, and how sure that is")
            .arg(path("history", "HISTORY").help(format!("The history [default: {}]", place().display())))
            .arg(option("pool", "POOL", "Only this pool, run by run"))
            .arg(option("workload", "NAME[:PARAM]", "Only this workload, run by run"))
            .arg(switch("markdown", "As Markdown").conflicts_with("json"))
            .arg(switch("json", "As JSON, for programs"))
            .after_help(
                "Cells are followed as ratios to the builds that did not change, within each run, and never as times. Changes are \
                 looked for\nin all cells together, so that asking about one says the same of it.\n\nExamples:\n  poolbench history\n  \
                 poolbench history --pool rayon --workload compute\n  poolbench history /srv/history --markdown > HISTORY.md",
            ),
    ]
}

fn path(name: &'static str, value: &'static str) -> Arg {
    Arg::new(name).value_name(value).value_parser(value_parser!(PathBuf))
}

fn option(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).help(help)
}

fn switch(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).help(help).action(ArgAction::SetTrue)
}

/// The history that is meant where none is named: beside the folder of results.
fn place() -> PathBuf {
    match latest::results() {
        path if path.parent().is_some_and(|parent| !parent.as_os_str().is_empty()) => path.with_file_name("history"),
        _ => PathBuf::from("poolbench-history"),
    }
}

/// Runs `archive`; what it says, and whether all are kept.
pub fn archive(matches: &ArgMatches) -> Result<(String, bool)> {
    let dirs: Vec<&PathBuf> = matches.get_many("dirs").into_iter().flatten().collect();
    let history = matches.get_one::<PathBuf>("into").cloned().unwrap_or_else(place);
    let (mut said, mut failed) = (Vec::new(), Vec::new());
    for dir in &dirs {
        match keep(dir, &history) {
            Ok(Kept::New(name)) => said.push(format!("kept: {}", history.join(name).display())),
            Ok(Kept::Already(name)) => said.push(format!("there already: {}", history.join(name).display())),
            Err(why) => failed.push(why),
        }
    }
    let is_whole = failed.is_empty();
    // Of several that all fail the last is the command's own error.
    let last = if said.is_empty() { failed.pop() } else { None };
    for why in failed {
        tell(format_args!("not kept: {why:#}"));
    }
    last.map_or_else(|| Ok((said.join("\n"), is_whole)), Err)
}

/// Runs `history`; the text for stdout.
pub fn history(matches: &ArgMatches) -> Result<String> {
    let path = matches.get_one::<PathBuf>("history").cloned().unwrap_or_else(place);
    let word = |name: &str| matches.get_one::<String>(name).map(String::as_str);
    let asked = Asked { pool: word("pool"), workload: word("workload") };
    let found = Found::of(read(&path)?)?;
    check(&found, &asked)?;
    if matches.get_flag("json") {
        return as_json(&found, &path, &asked);
    }
    let style = if matches.get_flag("markdown") { Style::Markdown } else { Style::of_stdout() };
    text(&found, &path, &asked, style)
}

/// Reads a history of which something can be said.
fn read(path: &Path) -> Result<History> {
    let history = History::read(path)?;
    ensure!(!history.runs.is_empty(), "no run of {} can be read, as it says above", path.display());
    Ok(history)
}

/// Refuses what no run has.
fn check(found: &Found, asked: &Asked) -> Result<()> {
    let courses = &found.courses.all;
    let mut pools: Vec<&str> = courses.iter().map(|course| course.setup.pool.as_str()).collect();
    pools.sort_unstable();
    pools.dedup();
    if let Some(pool) = asked.pool.filter(|pool| !pools.contains(pool)) {
        bail!(pools::unknown(pool, &pools));
    }
    if let Some(workload) = asked.workload {
        let mut known: Vec<String> = courses.iter().map(|course| course.group.workload_and_param()).collect();
        known.sort_unstable();
        known.dedup();
        ensure!(
            courses.iter().any(|course| asked.means(course)),
            "no run has the workload {workload}{}; they have {}",
            asked.pool.map_or(String::new(), |pool| format!(" of {pool}")),
            known.join(", ")
        );
    }
    Ok(())
}
