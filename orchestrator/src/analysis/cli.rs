//! `summary`, `compare`, `rank` and `gate`: what they print, from parsed arguments.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use clap::ArgMatches;
use serde_json::json;

use super::asked::{is_markdown, measures, named_pool, pretty, style, word};
use super::brief::overview;
use super::claims::claims;
use super::comparing::compare;
use super::condition::condition;
use super::data::Data;
use super::figures::{as_csv, figures};
use super::gate::{self, Answer, Limits, gate};
use super::heading::{folder_of, headings, is_for_people};
use super::kinds::by_kind;
use super::level::RunLevel;
use super::load;
use super::measure::Measure;
use super::rank::{self, Ranks};
use super::runs::{Run, check_machines};
use super::summary::{as_json, text};
use super::table::{Style, item, prose};
use crate::plan::percentage;
use crate::process::{tell, terminal};
use crate::record::{file, folder, products};

/// What a command has to say, and how it ended.
pub struct Said {
    /// For stdout.
    pub text: String,
    /// Whether a gate found a regression.
    pub regression: bool,
    /// Why a gate could not judge, though it had something to say.
    pub unable: Option<String>,
}

/// Runs one of the four. The text for people begins with the runs that it is of; JSON has them among its keys.
pub fn run(name: &str, matches: &ArgMatches) -> Result<Said> {
    let said = answer(name, matches)?;
    let headings = || -> Result<String> {
        let headings = headings(matches)?;
        let is_markdown = is_markdown(matches);
        Ok(if is_markdown {
            headings.lines().map(|line| item(Style::Markdown, line)).collect::<String>() + "\n"
        } else {
            headings
        })
    };
    let text = if is_for_people(matches) { headings()? + &said.text } else { said.text };
    Ok(Said { text, ..said })
}

fn answer(name: &str, matches: &ArgMatches) -> Result<Said> {
    let said = |text| Said { text, regression: false, unable: None };
    match name {
        "summary" => summary(matches).map(said),
        "compare" => compare(matches).map(said),
        "rank" => ranking(matches).map(said),
        "gate" => shut_or_open(matches),
        other => bail!("{other} analyses nothing"),
    }
}

fn summary(matches: &ArgMatches) -> Result<String> {
    let path = folder_of(matches, "dir")?;
    let data = load(&path)?;
    let reference = named_pool(&data, word(matches, "reference"))?;
    write_csv(&path, matches.get_one::<PathBuf>("out").map(PathBuf::as_path), &data)?;
    let plan = folder::read_plan(&path)?;
    let both = [Measure::Time, data.memory()];
    let level = RunLevel::of(&data)?;
    if matches.get_flag("json") {
        return as_json(&plan.run, &data, &level, reference, &both);
    }
    if !matches.get_flag("all") && reference.is_none() {
        return overview(&path, &data, &level, terminal::columns());
    }
    let style = Style::of_stdout();
    Ok(text(&data, &level, style)? + &claims(&data, &level, reference, &both, style)?)
}

/// Writes `summary.csv` where the user says, else beside the rows, unless those are a recorded run's; a folder that nobody has
/// asked for and that cannot be written to is no reason to say nothing.
fn write_csv(run: &Path, out: Option<&Path>, data: &Data) -> Result<()> {
    let text = as_csv(&figures(data)?)?;
    if let Some(out) = out {
        return file::replace(out, &text);
    }
    let wrote = if products::is_recorded(run) { Ok(()) } else { file::replace(&run.join("summary.csv"), &text) };
    if let Err(why) = wrote {
        tell(format_args!("summary.csv was not written: {why:#}"));
    }
    Ok(())
}

fn ranking(matches: &ArgMatches) -> Result<String> {
    let path = folder_of(matches, "dir")?;
    folder::claimable(&path)?;
    let (data, plan) = (load(&path)?, folder::read_plan(&path)?);
    let style = Style::of_stdout();
    let end = condition(&data, &RunLevel::of(&data)?, style)?;
    let (mut text, mut kinds) = (String::new(), Vec::new());
    for (machines, data) in by_kind(data) {
        let level = RunLevel::of(&data)?;
        let mut places = Vec::new();
        if let Some(machines) = &machines {
            writeln!(text, "{}\n", prose(style, machines))?;
        }
        for measure in measures(matches, data.memory()) {
            let ranks = rank::ranks(&data, &level, measure)?;
            let shown = rank::shown(&ranks, word(matches, "cells"))?;
            writeln!(text, "{}", rank::passage(&data, &ranks, shown).text(style))?;
            places.extend(ranks.iter().flat_map(Ranks::places));
        }
        kinds.push((machines, json!({"ranks": places, "level": level.record(), "unchecked": data.unchecked})));
    }
    if !matches.get_flag("json") {
        return Ok(text + &end);
    }
    let mut all = match kinds.as_slice() {
        [(None, only)] => only.clone(),
        _ => {
            json!({"kinds": kinds.into_iter().map(|(machines, ranks)| json!({"machines": machines, "of": ranks})).collect::<Vec<_>>()})
        }
    };
    all["run"] = json!(plan.run);
    pretty(&all)
}

fn shut_or_open(matches: &ArgMatches) -> Result<Said> {
    ensure!(word(matches, "last").is_none(), "--last is for --history, which takes several runs");
    let run = |name: &str| Run::read(&folder_of(matches, name)?);
    let (base, new) = (run("base")?, run("new")?);
    check_machines(&base, &new, matches.get_flag("across-machines"))?;
    let mut answer = gate(&base, &new, limits(matches)?, style(matches))?;
    if matches.get_flag("json") {
        answer.text = gate::as_json(&base, &new, &answer)?;
    }
    Ok(said_of(answer, &new.name, matches))
}

/// What a gate has said, with its annotations where they were asked for.
pub(crate) fn said_of(mut answer: Answer, new: &str, matches: &ArgMatches) -> Said {
    if matches.get_flag("annotate") {
        answer.text.push_str(&answer.annotations.join("\n"));
    }
    Said { regression: answer.regressions > 0, unable: answer.undecided(new), text: answer.text }
}

/// What may grow, as the arguments say it.
pub(crate) fn limits(matches: &ArgMatches) -> Result<Limits> {
    Ok(Limits { time: percent(matches, "max-slowdown")?, memory: percent(matches, "max-growth")? })
}

/// A percentage as the logarithm of the ratio it allows.
fn percent(matches: &ArgMatches, name: &str) -> Result<f64> {
    let text = word(matches, name).unwrap_or_default();
    let share = percentage(text).filter(|share| (0.0..=10.0).contains(share));
    let share =
        share.with_context(|| format!("--{name} {text}: a percentage from 0% to 1000% is accepted, such as 5%"))?;
    Ok(share.ln_1p())
}
