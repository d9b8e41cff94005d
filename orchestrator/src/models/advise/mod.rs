//! `advise`: one question answered from a run: which pool for so many jobs of such a length.

mod answer;
mod candidates;
mod question;
pub(crate) mod text;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use serde_json::{Value, json};

pub use answer::{Advice, Answer, answer};
pub(crate) use question::bytes;
pub use question::{Ability, Question};

use super::Models;
use crate::analysis::heading::{folder_of, is_for_people};
use crate::analysis::load;
use crate::process::terminal;
use crate::record::about::About;
use crate::record::folder;

/// The command's name.
pub const ADVISE: &str = "advise";

/// The command.
pub fn command() -> Command {
    let option = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).help(help).allow_hyphen_values(true)
    };
    let switch =
        |name: &'static str, help: &'static str| Arg::new(name).long(name).help(help).action(ArgAction::SetTrue);
    Command::new(ADVISE)
        .about("Which pool for so many jobs of such a length: as a run measured it, else predicted from its fits; --measure measures it")
        .after_help(
            "The answer holds for the machine of the run. Outside of what the run measured it says how far, beyond ten times it \
             refuses and names the run that would measure it.\n\nExamples:\n  poolbench advise --kind cpu --jobs 10000 --job-time \
             50us\n  poolbench advise --kind io --jobs 500 --job-time 5ms --max-memory 16MiB\n  poolbench advise --kind cpu --jobs 200 \
             --job-time 1ms --once --measure",
        )
        .arg(
            Arg::new("dir")
                .value_name("DIR")
                .value_parser(value_parser!(PathBuf))
                .help("The run that it is answered from [default: the latest]"),
        )
        .arg(
            option("kind", "KIND", "What jobs do: cpu, they compute; io, they wait")
                .required(true)
                .value_parser(PossibleValuesParser::new(["cpu", "io"])),
        )
        .arg(option("jobs", "N", "Jobs in a batch, 1 to 10^9").required(true))
        .arg(option("job-time", "T", "What a job takes alone, such as 50us, 5ms or 1s").required(true))
        .arg(switch("once", "For a program that runs one batch: start, first batch and stop, not a warm batch"))
        .arg(option("max-memory", "M", "Only pools whose peak stays under it, such as 16MiB"))
        .arg(option("workers", "W", "Only with this number of workers"))
        .arg(option("needs", "A,B", "Only pools that have all of it: isolation (the caller outlives a job that crashes), async"))
        .arg(switch("measure", "Measure the best of them for this question, and answer from that"))
        .arg(switch("json", "As JSON, for programs"))
}

/// The question of the arguments, answered; for stdout.
pub fn run(matches: &ArgMatches) -> Result<String> {
    answer_from(&folder_of(matches, "dir")?, matches)
}

/// The same from this run.
pub fn answer_from(path: &Path, matches: &ArgMatches) -> Result<String> {
    let question = Question::read(matches)?;
    folder::claimable(path)?;
    let data = load(path)?;
    let plan = folder::read_plan(path)?;
    let models = Models::of(&data);
    let answer = answer(&question, &models, &plan)?;
    if !is_for_people(matches) {
        return serde_json::to_string_pretty(&answer.json(&question, &plan)).context("writing JSON");
    }
    Ok(format!("{}\n", About::read(path)?.heading()) + &text::text(&question, &answer, &models, terminal::columns()))
}

/// The answer for programs where a race of this name has measured these pools, the best first, as `pools` of the answer has
/// them.
pub fn raced(matches: &ArgMatches, run: &str, pools: &[Value]) -> Result<String> {
    let value = json!({
        "run": run, "question": Question::read(matches)?.json(), "pools": pools, "outside": 1.0, "unchecked": Vec::<String>::new(),
        "measure_with": format!("poolbench {}", measuring(matches)?.join(" ")),
    });
    serde_json::to_string_pretty(&value).context("writing JSON")
}

/// The arguments of what measures the question, after `poolbench`: a `race`, or with `--once` a `run`.
pub fn measuring(matches: &ArgMatches) -> Result<Vec<String>> {
    let path = folder_of(matches, "dir")?;
    let question = Question::read(matches)?;
    let data = load(&path)?;
    let plan = folder::read_plan(&path)?;
    Ok(candidates::measuring(&question, &Models::of(&data), &plan))
}
