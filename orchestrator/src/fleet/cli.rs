//! `plan --shards`, `run --plan`, `merge` and `fleet`: their arguments, and what they say.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use harness::columns::is_word;

use super::merge::{Merged, merge};
use super::shard::Asked;
use crate::plan::Plan;
use crate::plan::shards::MOST_SHARDS;

/// What a shard takes from its plan and not from the command line.
const OF_THE_PLAN: [&str; 15] = [
    "preset",
    "pools",
    "workload",
    "jobs",
    "workers",
    "chunk",
    "window",
    "batches",
    "blocks",
    "until",
    "seed",
    "twin",
    "cpus",
    "server-cpus",
    "keep-env",
];

/// `plan`, which may be for several machines.
pub fn planning(command: Command) -> Command {
    let shards = Arg::new("shards").long("shards").value_name("K").allow_hyphen_values(true);
    let shards =
        shards.help("A plan that K shards on one or several machines share, written to the folder that --out names");
    command.arg(shards.requires("out").conflicts_with_all(["until", "json"]))
}

/// `run`, which may be one shard.
pub fn running(command: Command) -> Command {
    let option = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).help(help).allow_hyphen_values(true)
    };
    let plan =
        option("plan", "PLAN", "Runs one shard of the plan that `plan --shards` wrote; pools are found by name, here")
            .value_parser(value_parser!(PathBuf))
            .requires("shard")
            .conflicts_with_all(OF_THE_PLAN);
    let how = "`poolbench plan PRESET --shards K --out PLAN` makes the plan that shards run with --plan";
    refusing(command, how)
        .arg(plan)
        .arg(option("shard", "I", "Which shard, from 1").requires("plan"))
        .arg(option("node", "NAME", "What the rows call this machine [default: a salted hash]").requires("plan"))
}

/// A command whose trials are not shared out says why where that is asked for.
pub fn refusing(command: Command, why: &'static str) -> Command {
    let refused = move |_: &str| Err::<String, &str>(why);
    let shards = Arg::new("shards").long("shards").value_name("K").hide(true);
    command.arg(shards.allow_hyphen_values(true).value_parser(refused))
}

/// Why a race is not shared.
pub const NO_RACE: &str = "a race is not shared out, since it decides by what it has seen so far; run it on one machine, or share out \
                           the pools in question with `plan --shards`";

/// `merge`.
pub fn command() -> Command {
    let folders = Arg::new("folders").value_name("DIR").required(true).action(ArgAction::Append).num_args(1..);
    let out = Arg::new("out").long("out").value_name("DIR").required(true).value_parser(value_parser!(PathBuf));
    Command::new("merge")
        .about("Makes one run of the shards of a plan, which every command reads")
        .arg(folders.value_parser(value_parser!(PathBuf)).help("Folders of shards or merged runs, or the folder that they lie in"))
        .arg(out.help("The merged run; may be there from an earlier merge of this plan"))
        .after_help(
            "Examples:\n  poolbench plan all --shards 6 --out plan\n  poolbench run --plan plan --shard 1\n  \
             poolbench merge plan --out data/results/merged\n\nExit codes: 0 all shards are there; 1 some are missing or were \
             left aside; 2 nothing was merged.",
        )
}

/// The number of shards that was asked for.
pub fn shards(matches: &ArgMatches) -> Result<Option<u64>> {
    let Some(text) = matches.get_one::<String>("shards") else { return Ok(None) };
    let number = text.parse().ok().filter(|number| (1..=MOST_SHARDS).contains(number));
    number.map(Some).with_context(|| format!("--shards {text}: whole numbers from 1 to {MOST_SHARDS} are accepted"))
}

/// The shard that is to be run, if one is.
pub fn asked(matches: &ArgMatches) -> Result<Option<Asked<'_>>> {
    let path = |name: &str| matches.get_one::<PathBuf>(name).map(PathBuf::as_path);
    let text = |name: &str| matches.get_one::<String>(name).map(String::as_str);
    let Some(plan) = path("plan") else { return Ok(None) };
    let shard = text("shard").unwrap_or_default();
    let number = shard.parse().ok().filter(|number| *number > 0);
    let number = number.with_context(|| format!("--shard {shard}: whole numbers from 1 are accepted"))?;
    let host = text("host");
    ensure!(host.is_none_or(is_word), "--host takes a word of a-z, 0-9, '.', '_', '-'");
    Ok(Some(Asked { plan, shard: number, out: path("out"), node: text("node"), host }))
}

/// What is said of a plan that shards share.
pub fn planned(plan: &Plan, out: &std::path::Path) -> String {
    let Some(shards) = &plan.shards else { return String::new() };
    let (most, least) = (shards.dealt(1, plan.blocks), shards.dealt(shards.count, plan.blocks));
    let each = if most == least { format!("{most}") } else { format!("{least} or {most}") };
    let out = out.display();
    format!(
        "{} shards of {each} blocks each, and a block each that warms the machine. On every machine, with a number of its own: \
         poolbench run --plan {out} --shard 1 ; then: poolbench merge {out} --out DIR",
        shards.count
    )
}

/// Runs `merge`; what it says, and whether all shards are there.
pub fn run(matches: &ArgMatches) -> Result<(String, bool)> {
    let folders: Vec<PathBuf> = matches.get_many("folders").into_iter().flatten().cloned().collect();
    let out = matches.get_one::<PathBuf>("out").context("no --out")?;
    let merged = merge(&folders, out)?;
    let missing = merged.plan.shards.as_ref().map_or(Vec::new(), crate::plan::shards::Shards::missing);
    Ok((said(&merged, &missing)?, missing.is_empty() && merged.aside.is_empty()))
}

fn said(merged: &Merged, missing: &[u64]) -> Result<String> {
    let count = merged.plan.shards.as_ref().map_or(0, |shards| shards.count);
    let parts = merged.plan.parts();
    let rows: u64 = parts.iter().map(|part| part.rows).sum();
    let mut text = format!("{} of {count} shards, {rows} rows\n", parts.len());
    let mut nodes: Vec<(&str, Vec<String>)> = Vec::new();
    for part in parts {
        match nodes.iter_mut().find(|(node, _)| *node == part.node) {
            Some((_, shards)) => shards.push(part.shard.to_string()),
            None => nodes.push((&part.node, vec![part.shard.to_string()])),
        }
    }
    for (node, shards) in nodes {
        writeln!(text, "  node {node}: shards {}", shards.join(", "))?;
    }
    for part in parts.iter().filter(|part| part.has_wrong_clock()) {
        writeln!(
            text,
            "the clock of node {} is wrong (shard {} from {} to {}): no figure depends on it, but set it right",
            part.node, part.shard, part.begun, part.ended
        )?;
    }
    if !missing.is_empty() {
        let missing: Vec<String> = missing.iter().map(u64::to_string).collect();
        writeln!(text, "missing: {}; run them and merge again", missing.join(", "))?;
    }
    for why in &merged.aside {
        writeln!(text, "left aside: {why}")?;
    }
    Ok(text.trim_end().to_owned())
}
