//! `poolbench runs`: the runs of a folder, the newest first, each with its preset, its machine and how it ended.

use std::cmp::Reverse;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};
use serde_json::{Value, json};

use crate::process::{tell, terminal};
use crate::record::about::{About, NO_PRESET};
use crate::record::ended::Ended;
use crate::record::machine::Machine;
use crate::record::{folder, latest};

/// A run that was found.
struct Found {
    folder: String,
    about: About,
    machine: Option<Machine>,
    ended: Ended,
}

/// The command line.
pub(super) fn command() -> Command {
    Command::new("runs")
        .about("The runs of a folder, the newest first: date, preset, machine, blocks, how they ended")
        .arg(
            Arg::new("folder")
                .value_name("FOLDER")
                .help("The folder that holds the runs' folders [default: where runs go]")
                .value_parser(value_parser!(PathBuf)),
        )
        .arg(Arg::new("json").long("json").help("As JSON, for programs").action(ArgAction::SetTrue))
        .after_help("Examples:\n  poolbench runs\n  poolbench runs /srv/results --json\n\nFolders without a run are passed over.")
}

/// Runs it; the text for stdout.
pub(super) fn run(matches: &ArgMatches) -> Result<String> {
    let folder = matches.get_one::<PathBuf>("folder").map_or(latest::results(), PathBuf::as_path);
    let runs = find(folder)?;
    if matches.get_flag("json") {
        let runs: Vec<Value> = runs.iter().map(as_json).collect();
        return serde_json::to_string_pretty(&json!({ "runs": runs })).context("writing the runs");
    }
    if runs.is_empty() {
        return Ok(format!("{} holds no run; start one with `poolbench run quick`", folder.display()));
    }
    Ok(text(&runs, terminal::columns()))
}

/// The runs in `folder`, the newest first; or the one that it is itself.
fn find(folder: &Path) -> Result<Vec<Found>> {
    let holds_run = |path: &PathBuf| path.join(folder::PLAN).is_file();
    let mut paths = vec![folder.to_owned()];
    if !holds_run(&paths[0]) {
        let entries = fs::read_dir(folder).with_context(|| format!("listing {}", folder.display()))?;
        // The link to the latest would show that run twice.
        paths = entries.flatten().map(|entry| entry.path()).filter(|path| !path.ends_with(latest::NAME)).collect();
    }
    let mut runs = Vec::new();
    for path in paths.iter().filter(|path| holds_run(path)) {
        match read(path) {
            Ok(run) => runs.push(run),
            Err(why) => tell(format_args!("passed over: {why:#}")),
        }
    }
    // A run without a trial is one that has just begun.
    runs.sort_by_key(|run| Reverse((run.about.begun.is_none(), run.about.begun.clone(), run.folder.clone())));
    Ok(runs)
}

fn read(path: &Path) -> Result<Found> {
    let about = About::read(path)?;
    let named = if path.file_name().is_some() { path.to_owned() } else { path.canonicalize()? };
    Ok(Found {
        folder: named.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        ended: Ended::read(path, &about.plan)?,
        machine: folder::read_machine(path).ok(),
        about,
    })
}

/// A table where it fits; else the folders, which are never wrapped, with all else beside them.
fn text(runs: &[Found], columns: usize) -> String {
    let header = ["FOLDER", "BEGUN (UTC)", "PRESET", "MACHINE", "BLOCKS", "ENDED"].map(str::to_owned);
    let rows: Vec<[String; 6]> = runs.iter().map(row).collect();
    let whole = table(std::iter::once(&header).chain(&rows));
    if whole.lines().all(|line| line.chars().count() <= columns) {
        return whole;
    }
    let mut narrow = Table::new();
    narrow.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    narrow.set_width(u16::try_from(columns).unwrap_or(u16::MAX));
    narrow.add_rows(rows.iter().map(|[folder, begun, preset, machine, blocks, ended]| {
        let preset = if preset.is_empty() { String::new() } else { format!("{preset}, ") };
        [folder.clone(), format!("{begun}, {preset}{machine}, {blocks} blocks, {ended}")]
    }));
    narrow.column_mut(0).expect("there are two").set_constraint(ColumnConstraint::ContentWidth);
    trimmed(&narrow)
}

fn table<'a>(rows: impl Iterator<Item = &'a [String; 6]>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).add_rows(rows);
    trimmed(&table)
}

fn trimmed(table: &Table) -> String {
    table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

fn row(run: &Found) -> [String; 6] {
    let plan = &run.about.plan;
    let cores = run.machine.as_ref().map_or(String::new(), |machine| format!(" with {} cores", machine.cores));
    [
        run.folder.clone(),
        run.about.begun.clone().unwrap_or_else(|| "no trial yet".to_owned()),
        if plan.preset == NO_PRESET { String::new() } else { plan.preset.clone() },
        format!("{}{cores}", plan.host),
        plan.blocks.to_string(),
        format!("{}{}", run.ended, if plan.unchecked().next().is_some() { ", UNCHECKED" } else { "" }),
    ]
}

fn as_json(run: &Found) -> Value {
    let plan = &run.about.plan;
    json!({
        "folder": run.folder,
        "run": plan.run,
        "begun": run.about.begun,
        "preset": plan.preset,
        "host": plan.host,
        "cores": run.machine.as_ref().map(|machine| machine.cores),
        "blocks": plan.blocks,
        "ended": run.ended.word(),
        "done": run.ended.done,
        "planned": run.ended.planned,
        "not_ok": run.ended.not_ok,
        "unchecked": plan.unchecked().collect::<Vec<_>>(),
    })
}
