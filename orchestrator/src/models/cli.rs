//! `fit`: what it prints, from parsed arguments.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail, ensure};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use serde_json::json;

use super::Models;
use super::fit::Fitted;
use super::text::text;
use crate::analysis::heading::{folder_of, headings, is_for_people};
use crate::analysis::table::Style;
use crate::analysis::{Data, load};
use crate::pools;
use crate::record::folder;

/// The command's name.
pub const FIT: &str = "fit";

/// The command.
pub fn command() -> Command {
    let dir = Arg::new("dir").value_name("DIR").value_parser(value_parser!(PathBuf));
    Command::new(FIT)
        .about("What a pool's time and memory are made of: start, cost of a job, chunks, workers; METG; where two pools cross")
        .after_help(
            "A job costs: what a worker spends on it beyond its work, which is the loop's in the same blocks, or what it waits.\n\
             A batch costs: what it takes whatever its size. Chunks lose: what it would be shorter by with a job a dispatch.\n\n\
             Examples:\n  poolbench fit\n  poolbench fit --cross rayon,crossbeam\n  poolbench fit data/results/mine --json",
        )
        .arg(dir.help("A run's folder [default: data/results/latest]"))
        .arg(Arg::new("cross").long("cross").value_name("A,B").help("At how many jobs these two cross, in each workload"))
        .arg(Arg::new("json").long("json").help("As JSON, for programs").action(ArgAction::SetTrue))
}

/// The text of `fit`.
pub fn run(matches: &ArgMatches) -> Result<String> {
    let path = folder_of(matches, "dir")?;
    folder::claimable(&path)?;
    let data = load(&path)?;
    let cross = matches.get_one::<String>("cross").map(|text| two_pools(&data, text)).transpose()?;
    let models = Models::of(&data);
    let fitted = Fitted::of(&models, cross);
    if let Some((a, b)) = cross {
        ensure!(
            !fitted.crossovers.is_empty(),
            "--cross {a},{b}: they have no workload with two sizes in common; `poolbench run --pools {a},{b} --workload W --jobs \
             1000,10000,100000` measures one"
        );
    }
    if !is_for_people(matches) {
        let mut value = serde_json::to_value(&fitted).context("writing JSON")?;
        value["run"] = json!(folder::read_plan(&path)?.run);
        value["unchecked"] = json!(data.unchecked);
        return serde_json::to_string_pretty(&value).context("writing JSON");
    }
    Ok(headings(matches)? + &text(&fitted, Style::of_stdout())?)
}

/// Two different pools of the run.
fn two_pools<'a>(data: &Data, text: &'a str) -> Result<(&'a str, &'a str)> {
    let mut known: Vec<&str> = data.groups.values().flat_map(|setups| setups.keys()).map(|s| s.pool.as_str()).collect();
    known.sort_unstable();
    known.dedup();
    let words: Vec<&str> = text.split(',').map(str::trim).collect();
    let [a, b] = words.as_slice() else { bail!("--cross {text}: two pools are accepted, such as rayon,crossbeam") };
    for name in [a, b] {
        ensure!(known.contains(name), pools::unknown(name, &known));
    }
    ensure!(a != b, "--cross {text}: a pool does not cross itself");
    Ok((a, b))
}
