//! `summary`, `compare`, `rank` and `gate`: their arguments, and what they print.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::claims::{claims, heading, rows};
use super::compare::{Family, family, pairs_of, setups_of};
use super::condition::condition;
use super::data::{Data, Measure};
use super::figures::figures;
use super::gate::{Limits, gate};
use super::runs::{Run, caution, check_batches, check_machines, differences, equals, pairs};
use super::summary::{as_json, text};
use super::table::Style;
use super::twin::Equals;
use super::{load, rank, runs};
use crate::plan::percentage;
use crate::process::{plain, tell};
use crate::record::about::About;
use crate::record::{file, folder};

/// What is compared if nothing else is said.
const BOTH: [Measure; 2] = [Measure::Time, Measure::Memory];

/// What a command has to say, and how it ended.
pub struct Said {
    /// For stdout.
    pub text: String,
    /// Whether a gate found a regression.
    pub regression: bool,
    /// Why a gate could not judge, though it had something to say.
    pub unable: Option<String>,
}

/// The four commands.
pub fn commands() -> [Command; 4] {
    [
        Command::new("summary")
            .about("Each cell's figures with intervals, and what may be claimed against a reference; writes summary.csv")
            .after_help("Examples:\n  poolbench summary\n  poolbench summary data/results/mine --markdown > RESULTS.md")
            .arg(dir())
            .arg(reference())
            .arg(switch("json", "All figures as JSON"))
            .arg(switch("markdown", "As Markdown: command, machine, configuration, tables").conflicts_with("json")),
        Command::new("compare")
            .about("Two pools in one run, or two runs: paired ratios in blocks, intervals, verdicts")
            .after_help("Examples:\n  poolbench compare --pools crossbeam,rayon\n  poolbench compare BASE NEW --pools rayon")
            .arg(folder_arg("dirs", "DIR").num_args(0..=2).help("One run [default: the latest], or two"))
            .arg(option("pools", "A,B", "Two pools of one run, or one pool in two runs"))
            .arg(measure())
            .arg(reference())
            .arg(switch("across-machines", "Compare runs of different machines all the same")),
        Command::new("rank")
            .about("All pools by the geometric mean of their ratios to the best of each cell")
            .arg(dir())
            .arg(measure()),
        Command::new("gate")
            .about("Exit 3 if NEW is slower or larger than BASE beyond doubt")
            .after_help("Example:\n  poolbench gate results/main results/branch --max-slowdown 5%\n\nA pool that is the same build in both runs shows what the machine did between them: claims must go beyond that.\n\nExit codes: 0 open, 2 could not compare (no cell could be judged, or a cell of BASE is missing in NEW), 3 shut.")
            .arg(folder_arg("base", "BASE").required(true))
            .arg(folder_arg("new", "NEW").required(true))
            .arg(option("max-slowdown", "PERCENT", "The most that time may grow").default_value("5%"))
            .arg(option("max-growth", "PERCENT", "The most that memory may grow").default_value("10%"))
            .arg(switch("annotate", "A line for each regression that CI shows beside the code"))
            .arg(switch("across-machines", "Compare runs of different machines all the same")),
    ]
}

fn dir() -> Arg {
    folder_arg("dir", "DIR").help("A run's folder [default: data/results/latest]")
}

/// A folder, whatever bytes its name has.
fn folder_arg(name: &'static str, value: &'static str) -> Arg {
    Arg::new(name).value_name(value).value_parser(value_parser!(PathBuf))
}

fn option(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).help(help)
}

fn switch(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).help(help).action(ArgAction::SetTrue)
}

fn reference() -> Arg {
    option("reference", "POOL", "What the others are held against [default: serial, else the twin's pool]")
}

fn measure() -> Arg {
    let words = PossibleValuesParser::new(["time", "cpu", "memory"]);
    option("measure", "WHAT", "What is compared [default: time and memory]").value_parser(words)
}

/// Runs one of the four. The text for people begins with the runs that it is of; JSON has them among its keys.
pub fn run(name: &str, matches: &ArgMatches) -> Result<Said> {
    let said = answer(name, matches)?;
    let is_for_people = !["json", "markdown"].iter().any(|flag| is_set(matches, flag));
    let text = if is_for_people { headings(matches)? + &said.text } else { said.text };
    Ok(Said { text, ..said })
}

fn is_set(matches: &ArgMatches, flag: &str) -> bool {
    matches!(matches.try_get_one::<bool>(flag), Ok(Some(true)))
}

/// A line for each run that the arguments name, or for the latest.
fn headings(matches: &ArgMatches) -> Result<String> {
    let named: Vec<&Path> = ["dir", "dirs", "base", "new"].iter().flat_map(|name| paths(matches, name)).collect();
    let named = if named.is_empty() { vec![None] } else { named.into_iter().map(Some).collect() };
    let marks: &[&str] = if named.len() == 2 { &["A: ", "B: "] } else { &[""] };
    let line =
        |(path, mark): (Option<&Path>, &&str)| Ok(format!("{mark}{}\n", About::read(&folder::find(path)?)?.heading()));
    named.into_iter().zip(marks).map(line).collect()
}

/// The folders that an argument names, if the command has it.
fn paths<'a>(matches: &'a ArgMatches, name: &str) -> impl Iterator<Item = &'a Path> {
    let values = matches.try_get_many::<PathBuf>(name).ok().flatten();
    values.into_iter().flatten().map(PathBuf::as_path)
}

/// The folder that an argument names, or that of the latest run.
fn folder_of(matches: &ArgMatches, name: &str) -> Result<PathBuf> {
    folder::find(paths(matches, name).next())
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

fn measures(matches: &ArgMatches) -> Vec<Measure> {
    match word(matches, "measure") {
        Some("time") => vec![Measure::Time],
        Some("cpu") => vec![Measure::Cpu],
        Some(_) => vec![Measure::Memory],
        None => BOTH.to_vec(),
    }
}

fn summary(matches: &ArgMatches) -> Result<String> {
    let path = folder_of(matches, "dir")?;
    let data = load(&path)?;
    let reference = named_pool(&data, word(matches, "reference"))?;
    write_csv(&path, &data)?;
    let plan = folder::read_plan(&path)?;
    if matches.get_flag("json") {
        return as_json(&plan.run, &data, reference, &BOTH);
    }
    if !matches.get_flag("markdown") {
        return Ok(text(&data, Style::Terminal)? + &claims(&data, reference, &BOTH, Style::Terminal)?);
    }
    let machine = folder::read_machine(&path)?;
    let mut markdown = format!("## {}\n\n- {}\n", plan.run, About::read(&path)?.heading());
    let preset = if plan.preset == "run" { "with the cells of the tables".to_owned() } else { plan.preset.clone() };
    writeln!(markdown, "- command: `poolbench run` {preset}, seed {}", plan.seed)?;
    writeln!(markdown, "- machine: {}", plain::markdown(&machine.sentence()))?;
    writeln!(
        markdown,
        "- configuration: {} cells, {} blocks and one that warms the machine",
        plan.cells.len(),
        plan.blocks
    )?;
    Ok(markdown + &text(&data, Style::Markdown)? + &claims(&data, reference, &BOTH, Style::Markdown)?)
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
    if let Some(name) = name {
        ensure!(pools.contains(&name), "the run has no pool '{name}'; it has {}", pools.join(", "));
    }
    Ok(name)
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
        ([], [a, b]) => two_pools(&load(&folder::find(None)?)?, a, b, matches),
        ([dir], [a, b]) => two_pools(&load(dir)?, a, b, matches),
        ([] | [_], []) => {
            let data = load(&dirs.first().map_or_else(|| folder::find(None), |dir| Ok(dir.clone()))?)?;
            let reference = named_pool(&data, word(matches, "reference"))?;
            Ok(claims(&data, reference, &measures(matches), Style::Terminal)? + &condition(&data)?)
        }
        ([_, _], _) => bail!("two runs are compared pool by pool: name one pool, or none for all"),
        _ => bail!("--pools takes two pools of one run, or one pool and two runs"),
    }
}

fn two_pools(data: &Data, a: &str, b: &str, matches: &ArgMatches) -> Result<String> {
    named_pool(data, Some(a))?;
    named_pool(data, Some(b))?;
    let pairs = pairs_of(data, a, b);
    ensure!(
        !pairs.is_empty(),
        "{a} and {b} have no cell in common\n  {a}: {}\n  {b}: {}",
        setups_of(data, a),
        setups_of(data, b)
    );
    let mut text = String::new();
    for measure in measures(matches).into_iter().map(|measure| data.comparable(measure)) {
        let equals = Equals::in_run(data, measure)?;
        let found = family(&pairs, measure, &equals, data.alpha)?;
        let title = format!("{}: {b} against {a}, {} comparisons claimed together", measure.word(), found.len());
        write_all(&mut text, &title, &found, &equals, measure)?;
    }
    Ok(text + &condition(data)?)
}

fn two_runs(base: &Run, new: &Run, pool: Option<&str>, matches: &ArgMatches) -> Result<String> {
    check_machines(base, new, matches.get_flag("across-machines"))?;
    let mut text = String::new();
    for difference in differences(base, new) {
        writeln!(text, "differs: {difference}")?;
    }
    text.push_str(&caution(base, new)?);
    let pairs = pairs(&base.data, &new.data, pool);
    ensure!(!pairs.is_empty(), "the two runs have no cell in common");
    check_batches(&pairs)?;
    for measure in measures(matches).into_iter().map(|measure| runs::comparable(base, new, measure)) {
        let equals = equals(base, new, measure)?;
        let found = family(&pairs, measure, &equals, runs::strictest(base, new))?;
        write_all(&mut text, &format!("{}: B against A", measure.word()), &found, &equals, measure)?;
    }
    Ok(text)
}

/// One measure: a table for each workload and size, and what equal pools differ by.
fn write_all(text: &mut String, title: &str, found: &Family, equals: &Equals, measure: Measure) -> Result<()> {
    writeln!(text, "\n{title}")?;
    for one in found.chunk_by(|x, y| x.group == y.group) {
        writeln!(text, "{}\n{}", heading(&one[0].group.to_string(), one, Style::Terminal), rows(one, Style::Terminal))?;
    }
    Ok(writeln!(text, "{}", equals.sentence(measure))?)
}

fn ranking(matches: &ArgMatches) -> Result<String> {
    let path = folder_of(matches, "dir")?;
    let (data, plan) = (load(&path)?, folder::read_plan(&path)?);
    // The run's own seed, so that one run has one ranking.
    let seed = u64::from_str_radix(&plan.seed, 16).unwrap_or(0);
    let mut text = String::new();
    for measure in measures(matches).into_iter().map(|measure| data.comparable(measure)) {
        let equals = Equals::in_run(&data, measure)?;
        writeln!(text, "{}", rank::render(&data, measure, &equals, seed)?)?;
        writeln!(text, "{}", equals.sentence(measure))?;
    }
    Ok(text + &condition(&data)?)
}

fn shut_or_open(matches: &ArgMatches) -> Result<Said> {
    let run = |name: &str| Run::read(&folder_of(matches, name)?);
    let (base, new) = (run("base")?, run("new")?);
    check_machines(&base, &new, matches.get_flag("across-machines"))?;
    let limits = Limits { time: percent(matches, "max-slowdown")?, memory: percent(matches, "max-growth")? };
    let mut answer = gate(&base, &new, limits)?;
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
