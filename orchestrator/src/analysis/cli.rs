//! `summary`, `compare`, `rank` and `gate`: what they print, from parsed arguments.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use clap::ArgMatches;
use serde_json::json;

use super::claims::{Claim, claim, claims, heading, records, rows};
use super::compare::{Doubt, Family, family, pairs_of, setups_of};
use super::condition::condition;
use super::data::{Data, Measure};
use super::ending::overview;
use super::equals::{Equals, Record};
use super::figures::figures;
use super::gate::{self, Limits, gate};
use super::heading::{folder_of, headings, is_for_people, paths};
use super::level::RunLevel;
use super::names::Names;
use super::rank::{self, Ranks};
use super::runs::{Run, caution, check_batches, check_machines, differences, equals, pairs};
use super::summary::{as_json, text};
use super::table::{Style, prose};
use super::{load, runs};
use crate::plan::percentage;
use crate::pools;
use crate::process::{tell, terminal};
use crate::record::{file, folder};

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
    let text = if is_for_people(matches) { headings(matches)? + &said.text } else { said.text };
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

fn word<'a>(matches: &'a ArgMatches, name: &str) -> Option<&'a str> {
    matches.get_one::<String>(name).map(String::as_str)
}

/// What is compared, where memory is this.
fn measures(matches: &ArgMatches, memory: Measure) -> Vec<Measure> {
    match word(matches, "measure") {
        Some("time") => vec![Measure::Time],
        Some("cpu") => vec![Measure::Cpu],
        Some(_) => vec![memory],
        None => vec![Measure::Time, memory],
    }
}

fn pretty(value: &serde_json::Value) -> Result<String> {
    serde_json::to_string_pretty(value).context("writing JSON")
}

fn summary(matches: &ArgMatches) -> Result<String> {
    let path = folder_of(matches, "dir")?;
    let data = load(&path)?;
    let reference = named_pool(&data, word(matches, "reference"))?;
    write_csv(&path, &data)?;
    let plan = folder::read_plan(&path)?;
    let both = [Measure::Time, data.memory()];
    let level = RunLevel::of(&data)?;
    if matches.get_flag("json") {
        return as_json(&plan.run, &data, &level, reference, &both);
    }
    if !matches.get_flag("all") && reference.is_none() {
        return overview(&path, &data, &level, terminal::columns(), None);
    }
    let style = Style::of_stdout();
    Ok(text(&data, &level, style)? + &claims(&data, &level, reference, &both, style)?)
}

/// Writes `summary.csv` beside the rows; a folder that cannot be written to is no reason to say nothing.
fn write_csv(path: &Path, data: &Data) -> Result<()> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    for one in figures(data)? {
        csv.serialize(one).context("writing summary.csv")?;
    }
    let text = String::from_utf8(csv.into_inner().context("writing summary.csv")?).context("writing summary.csv")?;
    if let Err(why) = file::replace(&path.join("summary.csv"), &text) {
        tell(format_args!("summary.csv was not written: {why:#}"));
    }
    Ok(())
}

/// A pool that the run has, or an error that names those it has.
fn named_pool<'a>(data: &Data, name: Option<&'a str>) -> Result<Option<&'a str>> {
    let mut pools: Vec<&str> = data.groups.values().flat_map(|setups| setups.keys()).map(|s| s.pool.as_str()).collect();
    pools.sort_unstable();
    pools.dedup();
    match name {
        Some(name) if !pools.contains(&name) => bail!(pools::unknown(name, &pools)),
        name => Ok(name),
    }
}

fn compare(matches: &ArgMatches) -> Result<String> {
    let dirs: Vec<PathBuf> = paths(matches, "dirs").map(|dir| folder::find(Some(dir))).collect::<Result<_>>()?;
    let pools: Vec<&str> = word(matches, "pools").map(|text| text.split(',').collect()).unwrap_or_default();
    let plain = dirs.len() < 2 && pools.is_empty();
    ensure!(
        plain || word(matches, "reference").is_none(),
        "--reference is for the pools of one run; two pools or two runs have the first as theirs"
    );
    match (dirs.as_slice(), pools.as_slice()) {
        ([base, new], [] | [_]) => two_runs(&Run::read(base)?, &Run::read(new)?, pools.first().copied(), matches),
        ([] | [_], [a, b]) => two_pools(&dirs_or_latest(&dirs)?, a, b, matches),
        ([] | [_], []) => {
            let data = load(&dirs_or_latest(&dirs)?)?;
            let reference = named_pool(&data, word(matches, "reference"))?;
            let (measures, level, style) = (measures(matches, data.memory()), RunLevel::of(&data)?, Style::of_stdout());
            if matches.get_flag("json") {
                let claims = records(&data, &level, reference, &measures)?;
                return of_run(&dirs_or_latest(&dirs)?, &data, &level, &claims);
            }
            Ok(claims(&data, &level, reference, &measures, style)? + &condition(&data, &level, style)?)
        }
        ([_, _], _) => bail!("two runs are compared pool by pool: name one pool, or none for all"),
        _ => bail!("--pools takes two pools of one run, or one pool and two runs"),
    }
}

/// The one run that is meant.
fn dirs_or_latest(dirs: &[PathBuf]) -> Result<PathBuf> {
    dirs.first().map_or_else(|| folder::find(None), |dir| Ok(dir.clone()))
}

/// What is claimed of one run, for programs.
fn of_run(path: &Path, data: &Data, level: &RunLevel, claims: &[Claim]) -> Result<String> {
    let condition = condition(data, level, Style::Markdown)?;
    pretty(&json!({
        "run": folder::read_plan(path)?.run, "claims": claims, "level": level.record(),
        "condition": condition.lines().collect::<Vec<_>>(),
    }))
}

fn two_pools(path: &Path, a: &str, b: &str, matches: &ArgMatches) -> Result<String> {
    let data = &load(path)?;
    named_pool(data, Some(a))?;
    named_pool(data, Some(b))?;
    let pairs = pairs_of(data, a, b);
    ensure!(
        !pairs.is_empty(),
        "{a} and {b} have no cell in common\n  {a}: {}\n  {b}: {}",
        setups_of(data, a),
        setups_of(data, b)
    );
    let (mut said, level) = (Compared::new(Names::of(data)), RunLevel::of(data)?);
    for measure in measures(matches, data.memory()) {
        let found = family(&pairs, measure, Doubt::Widened(level.widening(measure)), data.alpha)?;
        let title = format!("{}: {b} against {a}, {} comparisons claimed together", measure.word(), found.len());
        said.add(&title, &found)?;
    }
    if matches.get_flag("json") {
        return of_run(path, data, &level, &said.claims);
    }
    Ok(said.text + &condition(data, &level, Style::of_stdout())?)
}

fn two_runs(base: &Run, new: &Run, pool: Option<&str>, matches: &ArgMatches) -> Result<String> {
    check_machines(base, new, matches.get_flag("across-machines"))?;
    let mut text = String::new();
    for difference in differences(base, new) {
        writeln!(text, "{}", prose(Style::of_stdout(), &format!("differs: {difference}")))?;
    }
    text.push_str(&caution(base, new, Style::of_stdout())?);
    let pairs = pairs(&base.data, &new.data, pool);
    ensure!(!pairs.is_empty(), "the two runs have no cell in common");
    check_batches(&pairs)?;
    let mut said = Compared::new(Names::of(&base.data));
    for measure in measures(matches, runs::memory(base, new)) {
        let equals = equals(base, new, measure)?;
        let found = family(&pairs, measure, Doubt::Beyond(&equals), runs::strictest(base, new))?;
        said.add(&format!("{}: B against A", measure.word()), &found)?;
        said.equals(&equals, measure)?;
    }
    if matches.get_flag("json") {
        return pretty(&json!({
            "base": base.name, "new": new.name, "differs": differences(base, new), "claims": said.claims,
            "equal_builds": said.equals,
        }));
    }
    Ok(text + &said.text)
}

/// What was compared, for people and for programs.
struct Compared {
    names: Names,
    text: String,
    claims: Vec<Claim>,
    equals: Vec<Record>,
}

impl Compared {
    fn new(names: Names) -> Self {
        Self { names, text: String::new(), claims: Vec::new(), equals: Vec::new() }
    }

    /// One measure: a table for each workload and size.
    fn add(&mut self, title: &str, found: &Family) -> Result<()> {
        let style = Style::of_stdout();
        writeln!(self.text, "\n{title}")?;
        for one in found.chunk_by(|x, y| x.group == y.group) {
            let heading = heading(&one[0].group.to_string(), one, style);
            writeln!(self.text, "{heading}\n{}", rows(one, &self.names, style))?;
        }
        self.claims.extend(found.iter().map(claim));
        Ok(())
    }

    /// What equal builds differ by between two runs.
    fn equals(&mut self, equals: &Equals, measure: Measure) -> Result<()> {
        self.equals.extend(equals.record(measure));
        Ok(writeln!(self.text, "{}", prose(Style::of_stdout(), &equals.sentence(measure)))?)
    }
}

fn ranking(matches: &ArgMatches) -> Result<String> {
    let path = folder_of(matches, "dir")?;
    let (data, plan) = (load(&path)?, folder::read_plan(&path)?);
    let (level, style) = (RunLevel::of(&data)?, Style::of_stdout());
    let (mut text, mut places) = (String::new(), Vec::new());
    for measure in measures(matches, data.memory()) {
        let ranks = rank::ranks(&data, &level, measure)?;
        let shown = rank::shown(&ranks, word(matches, "cells"))?;
        writeln!(text, "{}", rank::text(&data, &ranks, shown, style)?)?;
        places.extend(ranks.iter().flat_map(Ranks::places));
    }
    if matches.get_flag("json") {
        return pretty(&json!({"run": plan.run, "ranks": places, "level": level.record()}));
    }
    Ok(text + &condition(&data, &level, style)?)
}

fn shut_or_open(matches: &ArgMatches) -> Result<Said> {
    let run = |name: &str| Run::read(&folder_of(matches, name)?);
    let (base, new) = (run("base")?, run("new")?);
    check_machines(&base, &new, matches.get_flag("across-machines"))?;
    let limits = Limits { time: percent(matches, "max-slowdown")?, memory: percent(matches, "max-growth")? };
    let mut answer = gate(&base, &new, limits, Style::of_stdout())?;
    if matches.get_flag("json") {
        answer.text = gate::as_json(&base, &new, &answer)?;
    }
    if matches.get_flag("annotate") {
        answer.text.push_str(&answer.annotations.join("\n"));
    }
    let regression = answer.regressions > 0;
    let unable = (!regression && !answer.unable.is_empty()).then(|| format!("the gate could not judge {}", new.name));
    Ok(Said { text: answer.text, regression, unable })
}

/// A percentage as the logarithm of the ratio it allows.
fn percent(matches: &ArgMatches, name: &str) -> Result<f64> {
    let text = word(matches, name).unwrap_or_default();
    let share = percentage(text).filter(|share| (0.0..=10.0).contains(share));
    let share =
        share.with_context(|| format!("--{name} {text}: a percentage from 0% to 1000% is accepted, such as 5%"))?;
    Ok(share.ln_1p())
}
