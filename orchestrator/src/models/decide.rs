//! `poolbench decide`: the decision table and the ratings of a run, whole, for people and for programs.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use serde_json::json;

use super::decision::{Line, lines};
use super::ratings::{PARTS, Part, Rating, Ratings, Rule, ratings};
use super::table;
use crate::analysis::condition::condition_in_brief;
use crate::analysis::heading::{folder_of, headings, is_for_people};
use crate::analysis::hosts;
use crate::analysis::kinds::by_kind;
use crate::analysis::overview::failures;
use crate::analysis::passage::Cells;
use crate::analysis::table::{Style, blocks, columns as beside, prose};
use crate::analysis::{Data, Measure, RunLevel, load};
use crate::process::terminal;
use crate::record::folder;

/// Its command line.
pub(crate) fn command() -> Command {
    let rules = PossibleValuesParser::new(Rule::ALL.map(|(_, word)| word));
    Command::new("decide")
        .about("Which pool for which jobs: the decision table and the ratings out of five, from one run")
        .after_help(
            "The table has a line for each bottleneck, length of a job and number of jobs; what a run lacks is named with the\ncommand \
             that fills it. `poolbench run all` has all of them.\n\nExamples:\n  poolbench decide\n  poolbench decide data/results/mine \
             --json\n  poolbench decide --stars minmax-log",
        )
        .arg(
            Arg::new("dir")
                .value_name("DIR")
                .value_parser(value_parser!(PathBuf))
                .help("A run's folder [default: data/results/latest]"),
        )
        .arg(
            Arg::new("stars")
                .long("stars")
                .value_name("RULE")
                .value_parser(rules)
                .default_value("doubling")
                .help("How stars follow from ratios: one less a doubling, or from the best, 5, to the worst, 1"),
        )
        .arg(Arg::new("json").long("json").help("As JSON, for programs").action(ArgAction::SetTrue))
}

/// What it prints.
pub(crate) fn run(matches: &ArgMatches) -> Result<String> {
    let path = folder_of(matches, "dir")?;
    let rule = matches.get_one::<String>("stars").and_then(|word| Rule::named(word)).unwrap_or(Rule::Doubling);
    folder::claimable(&path)?;
    let (mut all_text, mut all) = (String::new(), Vec::new());
    let whole = load(&path)?;
    let machines = hosts::said(&whole).join(" ");
    if whole.nodes.kinds() > 1 {
        all_text = prose(Style::Terminal(terminal::columns()), &machines);
    }
    // What is best on one kind of machine need not be on another.
    for (kind, data) in by_kind(whole) {
        let level = RunLevel::of(&data)?;
        let (lines, ratings) = (lines(&data, &level)?, ratings(&data, &level, rule)?);
        if is_for_people(matches) {
            let heading = kind.map(|kind| prose(Style::Terminal(terminal::columns()), &kind) + "\n\n");
            let gap = if all_text.is_empty() { "" } else { "\n\n" };
            all_text += &(gap.to_owned() + &heading.unwrap_or_default());
            all_text += &text(&data, &level, &lines, &ratings, terminal::columns())?;
            continue;
        }
        let mut one = json!({
            "table": lines, "rule": rule.word(), "memory": ratings.memory.key(), "ratings": ratings.pools,
            "blocks": data.blocks, "level": level.record(), "unchecked": data.unchecked,
        });
        if let Some(kind) = kind {
            one["machines"] = kind.into();
        }
        all.push(one);
    }
    if is_for_people(matches) {
        let heading = headings(matches)?;
        return Ok(heading + &all_text);
    }
    let mut said = if all.len() == 1 { all.remove(0) } else { json!({"kinds": all, "condition": machines}) };
    said["run"] = folder::read_plan(&path)?.run.into();
    serde_json::to_string_pretty(&said).context("writing JSON")
}

/// Table and ratings, each with its rule under it.
fn text(data: &Data, level: &RunLevel, lines: &[Line], ratings: &Ratings, columns: usize) -> Result<String> {
    if data.groups.is_empty() {
        return Ok("no finished block yet; `poolbench resume` goes on with the run".to_owned());
    }
    let mut text = String::new();
    if let Some(answer) = table::answer(lines) {
        writeln!(text, "{}\n", prose(Style::Terminal(columns), &answer))?;
    }
    writeln!(text, "{}\n", table::text(&lines.iter().collect::<Vec<_>>(), columns))?;
    writeln!(text, "{}", blocks(columns, &under_the_table(data, lines)))?;
    let ties = table::ties(lines, columns).into_iter().map(|(field, pools)| [format!(" {field}"), pools]);
    let ties = beside(columns, ties);
    if !ties.is_empty() {
        writeln!(text, "\nall that tie, the lowest mean first\n{ties}")?;
    }
    let missing = lines.iter().filter_map(|line| Some([format!(" {}", line.name()), line.fill.clone()?]));
    let missing: Vec<[String; 2]> = missing.collect();
    if !missing.is_empty() {
        writeln!(text, "\nno data, and what would fill it; `poolbench run all` fills every field")?;
        writeln!(text, "{}", beside(columns, missing))?;
    }
    writeln!(
        text,
        "\nstars out of 5, the rule `{}`\n{}\n",
        ratings.rule.word(),
        stars(ratings).text(Style::Terminal(columns))
    )?;
    writeln!(text, "{}", blocks(columns, &under_the_stars(data, ratings)))?;
    let sure = condition_in_brief(data, level).join(" ");
    Ok(text + "\n" + &blocks(columns, &[("sure", sure)]))
}

/// How the table is to be read, and what it lacks.
pub(crate) fn under_the_table(data: &Data, lines: &[Line]) -> Vec<(&'static str, String)> {
    let mut said = vec![
        (
            "best",
            "no other pool is beyond doubt faster over all cells of the field, block by block; all pairs of a field share one error"
                .to_owned(),
        ),
        ("workers", workers(data)),
        ("median", "how many times as long as the first of the best the median pool takes; worst: the slowest pool".to_owned()),
    ];
    if lines.iter().any(|line| line.job_is_bound && line.fill.is_none()) {
        said.push((
            "a job <",
            "no plain loop ran there, so a job may last less: add it, as in `poolbench run --pools serial,...`"
                .to_owned(),
        ));
    }
    said.extend(untold(data, lines).map(|text| ("?", text)));
    said.extend(failures(data).map(|text| ("not ok", text)));
    said
}

/// Whose number of workers is shown, and whether others were tried.
fn workers(data: &Data) -> String {
    let pools = data.groups.values().flat_map(|setups| setups.keys());
    let tried = pools.map(|setup| setup.pool.as_str()).any(|pool| data.varies_workers(pool));
    let others = if tried { "" } else { "; this run tried no other number, `poolbench run workers` does" };
    format!("the fewest with which the first of the best is among the best{others}")
}

/// How many blocks it takes to tell the pools of a field apart, where there were too few.
pub(crate) fn untold(data: &Data, lines: &[Line]) -> Option<String> {
    let untold: Vec<&Line> = lines.iter().filter(|line| !line.told).collect();
    let fewest = untold.iter().map(|line| line.fewest_blocks).max()?;
    let (draws, would_do) = data.would_do(fewest);
    let fields = if untold.len() == 1 { "1 field".to_owned() } else { format!("{} fields", untold.len()) };
    Some(format!(
        "{} put no pool before another in {fields}, where the lowest mean alone is shown (?); {would_do}",
        if data.blocks == 1 { "1 block".to_owned() } else { format!("{} {draws}", data.draws()) },
    ))
}

/// A line for each pool.
pub(crate) fn stars(ratings: &Ratings) -> Cells {
    let header = ["pool", "cpu time", "cpu mem", "wait time", "wait mem", "cpu", "wait", "overall"];
    let mean = |stars: Option<f64>| stars.map_or("-".to_owned(), |stars| stars.to_string());
    let row = |one: &Rating| {
        let parts = one.parts.iter().map(|part| part.as_ref().map_or("-".to_owned(), Part::text));
        let means = [one.computing, one.waiting, one.overall].map(mean);
        [one.pool.clone()].into_iter().chain(parts).chain(means).collect::<Vec<_>>()
    };
    Cells::new(&header, ratings.pools.iter().map(row).collect())
}

/// The rule of the stars, and who has none.
pub(crate) fn under_the_stars(data: &Data, ratings: &Ratings) -> Vec<(&'static str, String)> {
    let rule = match ratings.rule {
        Rule::Doubling => "stars = 5 - log2(g), at least 0, to the half star: one less for each doubling",
        Rule::MinMaxLog => {
            "stars = 5 - 4 ln(g / least g) / ln(most g / least g), to the half star: 5 for the best of the run, 1 for the worst"
        }
    };
    let memory = match ratings.memory {
        Measure::Charged => "memory charged by the control group",
        _ => "peak RSS of single processes",
    };
    let mut said = vec![
        (
            "rule",
            format!(
                "{rule}; g = geometric mean, over the {} cells that compute (cpu) or the {} that wait (wait, the web too), of time \
                 or {memory} to the best of the cell in the same block. 5 also where the interval of g reaches 3 % above the best, of \
                 memory 3 % or 1 MiB. A range is what the interval spans.",
                ratings.cells[0], ratings.cells[1]
            ),
        ),
        ("means", "cpu, wait and overall are plain means: of time and memory, and of these two".to_owned()),
    ];
    said.extend(unrated(ratings).map(|text| ("-", text)));
    let fewest = data.alpha.fewest_blocks() as u64;
    if ratings.pools.iter().flat_map(|one| one.parts.iter().flatten()).any(|part| part.low.is_none()) {
        said.push(("?", format!("too few blocks for an interval; --blocks {fewest} would do")));
    }
    said
}

/// Who lacks stars, by part.
fn unrated(ratings: &Ratings) -> Option<String> {
    let lacking = |at: usize| {
        let pools: Vec<&str> =
            ratings.pools.iter().filter(|one| one.parts[at].is_none()).map(|one| one.pool.as_str()).collect();
        match pools.len() {
            all if all == ratings.pools.len() => format!("all, {}", why(ratings, at)),
            _ => pools.join(", "),
        }
    };
    let mut said = Vec::new();
    for at in [0, 2] {
        let ((jobs, time), memory) = (PARTS[at], PARTS[at + 1].1);
        match (lacking(at), lacking(at + 1)) {
            (both, same) if both == same => said.push((jobs.to_owned(), both)),
            (one, other) => said.extend([(format!("{jobs}, {time}"), one), (format!("{jobs}, {memory}"), other)]),
        }
    }
    said.retain(|(_, pools)| !pools.is_empty());
    let said: Vec<String> = said.into_iter().map(|(part, pools)| format!("{part}: {pools}")).collect();
    let why = "no stars, since a cell was not run or has too few figures";
    (!said.is_empty()).then(|| format!("{why}; {}", said.join("; ")))
}

/// Why nobody has stars of a part.
fn why(ratings: &Ratings, at: usize) -> &'static str {
    match (ratings.cells[at / 2], at / 2) {
        (0, 0) => "since no cell computes: `poolbench run all` has some",
        (0, _) => "since no cell waits: `poolbench run all` has some",
        _ => "since no pool has them all in enough blocks",
    }
}
