//! The tables of `compare --mirrors`: the answer first, a table for each figure, and what the pools are at the foot.

use std::fmt::Write as _;

use anyhow::Result;
use harness::human;

use super::super::condition::condition;
use super::super::data::{Data, whole};
use super::super::loops;
use super::super::measure::Measure;
use super::super::names::Names;
use super::super::passage::{Cells, Passage};
use super::super::table::{Style, blocks, prose};
use super::Mirrors;
use super::ratios::{Figure, Ratio};
use crate::process::plain;
use crate::stats::{Finding, Interval};

/// All of it as text.
pub(super) fn text(mirrors: &Mirrors, style: Style) -> Result<String> {
    let Mirrors { data, level, ratios, .. } = mirrors;
    let names = Names::of(data);
    let mut text = format!("{}\n", prose(style, &answer(mirrors)));
    writeln!(text, "\n{}", overview(mirrors).text(style))?;
    let mut at = "";
    for of_figure in ratios.chunk_by(|(one, _), (other, _)| (&one.at, one.figure) == (&other.at, other.figure)) {
        let first = &of_figure[0].0;
        let (hashes, end) = if style == Style::Markdown { ("### ", "\n") } else { ("", "") };
        if first.at != at {
            at = &first.at;
            writeln!(text, "\n{hashes}{at}{end}")?;
        }
        writeln!(text, "\n{}{end}\n{}", prose(style, &title(first.figure, data)), rows(of_figure, &names, style))?;
    }
    writeln!(text)?;
    for sentence in foot(mirrors) {
        writeln!(text, "{}", prose(style, &sentence))?;
    }
    writeln!(text, "{}", titles(mirrors, style))?;
    Ok(text + &condition(data, level, style)?)
}

/// The answer, what it is of, a table for each figure, and what the tables stand on.
pub(super) fn passages(mirrors: &Mirrors) -> (String, Passage, Vec<Passage>, Vec<String>) {
    let names = Names::of(&mirrors.data);
    let of_figures = mirrors.ratios.chunk_by(|(one, _), (other, _)| (&one.at, one.figure) == (&other.at, other.figure));
    let passage = |of: &[(Ratio, Option<Finding>)]| Passage {
        heading: format!("{}: {}", of[0].0.at, title(of[0].0.figure, &mirrors.data)),
        table: cells(of, &names),
        below: Vec::new(),
    };
    let overview = Passage { table: overview(mirrors), ..Passage::default() };
    (answer(mirrors), overview, of_figures.map(passage).collect(), foot(mirrors))
}

/// The least and the largest ratio of each original to its nearest counterpart, over all cells.
fn overview(mirrors: &Mirrors) -> Cells {
    let range = |pool: &str, figure: Figure| {
        let of_pool =
            |(ratio, _): &&(Ratio, _)| ratio.figure == figure && ratio.one.pool == pool && is_nearest(mirrors, ratio);
        let estimates = mirrors.ratios.iter().filter(of_pool).filter_map(|(_, found)| found.as_ref()?.estimate);
        range_of(estimates).unwrap_or_default()
    };
    let figures = [Figure::TimeAJob, Figure::OverheadAJob, Figure::PeakMemory];
    let row = |pool: &str| [pool.to_owned()].into_iter().chain(figures.map(|figure| range(pool, figure))).collect();
    let with = mirrors.originals.iter().filter(|one| !one.counterparts.is_empty());
    let rows: Vec<Vec<String>> = with.map(|one| row(&one.pool)).collect();
    let header = ["original", "times the time", "the overhead", "the memory"];
    Cells::new(&header, rows)
}

/// From the least to the largest of these ratios, which are logarithms.
fn range_of(estimates: impl Iterator<Item = f64>) -> Option<String> {
    let (low, high) =
        estimates.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), one| (low.min(one), high.max(one)));
    let (least, most) = (human::factor(low.exp()), human::factor(high.exp()));
    (low <= high).then(|| if least == most { least } else { format!("{least} to {most}") })
}

/// How far the originals lie from their nearest counterparts, over all cells.
fn answer(mirrors: &Mirrors) -> String {
    let of = |figure: Figure, what: &str| {
        let all = mirrors.ratios.iter().filter(|(ratio, _)| ratio.figure == figure && is_nearest(mirrors, ratio));
        let range = range_of(all.filter_map(|(_, found)| found.as_ref()?.estimate))?;
        Some(format!("{range} times the {what}"))
    };
    let each = [
        of(Figure::TimeAJob, "time"),
        of(Figure::OverheadAJob, "overhead a job"),
        of(Figure::CpuAJob, "CPU time"),
        of(Figure::PeakMemory, "memory"),
    ];
    let each: Vec<String> = each.into_iter().flatten().collect();
    let with = mirrors.originals.iter().filter(|one| !one.counterparts.is_empty()).count();
    let (claims, blocks) = (mirrors.ratios.iter().filter(|(_, found)| found.is_some()).count(), mirrors.data.blocks);
    format!(
        "{with} original{} beside the nearest counterpart in Rust, over all cells: {}. {claims} ratios, claimed together at {} \
         ({blocks} blocks).",
        if with == 1 { "" } else { "s" },
        each.join(", "),
        human::share(mirrors.data.alpha.confidence()),
    )
}

fn is_nearest(mirrors: &Mirrors, ratio: &Ratio) -> bool {
    let original = mirrors.originals.iter().find(|one| one.pool == ratio.one.pool);
    original.and_then(|one| one.counterparts.first()) == Some(&ratio.other.pool)
}

fn title(figure: Figure, data: &Data) -> String {
    let memory = if data.memory() == Measure::Charged { "charged memory" } else { "peak RSS of single processes" };
    match figure {
        Figure::TimeAJob => "time a job".to_owned(),
        Figure::OverheadAJob => "overhead a job, each beyond its own language's loop".to_owned(),
        Figure::CpuAJob => "CPU time a job".to_owned(),
        Figure::PeakMemory => format!("{memory}, at its peak"),
        Figure::MemoryAWorker => format!("{memory}, a worker adds"),
        Figure::MemoryAJob => format!("{memory}, a job adds"),
        Figure::Loop => "a batch, each against its own language's loop".to_owned(),
    }
}

fn cells(of_figure: &[(Ratio, Option<Finding>)], names: &Names) -> Cells {
    let figure = of_figure[0].0.figure;
    let value = |value: Option<f64>| match (value, figure) {
        (None, _) => String::new(),
        (Some(ns), Figure::TimeAJob | Figure::OverheadAJob | Figure::CpuAJob) => human::time_part(ns),
        (Some(ns), Figure::Loop) => human::time(whole(ns)),
        (Some(bytes), Figure::PeakMemory) => human::size(whole(bytes)),
        (Some(bytes), _) => human::size_part(bytes),
    };
    let row = |(ratio, found): &(Ratio, Option<Finding>)| {
        vec![
            format!("{} / {}", names.short(&ratio.one), names.short(&ratio.other)),
            value(ratio.values.0),
            value(ratio.values.1),
            times(ratio, found.as_ref()),
        ]
    };
    let header = match figure {
        Figure::Loop => ["pool / its loop", "pool", "loop", "times (interval)"],
        _ => ["original / counterpart", "orig.", "Rust", "times (interval)"],
    };
    Cells::new(&header, of_figure.iter().map(row).collect())
}

fn rows(of_figure: &[(Ratio, Option<Finding>)], names: &Names, style: Style) -> String {
    let cells = cells(of_figure, names);
    let Style::Terminal(columns) = style else { return cells.text(style) };
    let whole = cells.text(Style::Terminal(usize::MAX));
    if whole.lines().all(|line| line.chars().count() <= columns) {
        return whole;
    }
    // Too wide: each side has a line of its own, and none is torn apart.
    let sides = |((ratio, _), row): (&(Ratio, Option<Finding>), &Vec<String>)| {
        let (one, other) = (names.short(&ratio.one), names.short(&ratio.other));
        [vec![one, row[1].clone(), row[3].clone()], vec![format!("  / {other}"), row[2].clone(), String::new()]]
    };
    let header = [cells.header[0].as_str(), "each", cells.header[3].as_str()];
    Cells::new(&header, of_figure.iter().zip(&cells.rows).flat_map(sides).collect()).text(style)
}

/// The ratio with its interval, or why there is none.
fn times(ratio: &Ratio, found: Option<&Finding>) -> String {
    let Some((found, estimate)) = found.and_then(|found| Some((found, found.estimate?.exp()))) else {
        return ratio.without.unwrap_or_default().to_owned();
    };
    let estimate = human::factor(estimate);
    let warming = if ratio.warming { ", still warming" } else { "" };
    match found.interval.map(Interval::to_ratio) {
        None => format!("{estimate} (too few blocks){warming}"),
        Some(interval) => {
            format!("{estimate} ({} to {}){warming}", human::factor(interval.low()), human::factor(interval.high()))
        }
    }
}

/// What the tables stand on, and what they lack with the reason.
fn foot(mirrors: &Mirrors) -> Vec<String> {
    let Mirrors { data, originals, ratios, .. } = mirrors;
    let has = |figure| ratios.iter().any(|(ratio, _)| ratio.figure == figure);
    let mut said = loops::sentences(data);
    if ratios.iter().any(|(ratio, found)| {
        found.as_ref().is_some_and(|found| found.interval.is_none()) && !ratio.differences.is_empty()
    }) {
        let claims = ratios.iter().filter(|(_, found)| found.is_some()).count();
        let fewest = data.alpha.shared_by(claims).fewest_blocks();
        said.push(format!(
            "Too few blocks for an interval in some: --blocks {fewest} would do for all {claims} ratios."
        ));
    }
    if !has(Figure::MemoryAWorker) {
        said.push(
            "No memory a worker: each pool has one number of workers here (--workers 2,4 would tell).".to_owned(),
        );
    }
    if !has(Figure::MemoryAJob) {
        said.push("No memory a job: no two sizes lie 1000 jobs apart here (--jobs 1000,100000 would tell).".to_owned());
    }
    said.extend(data.without_memory());
    let alone: Vec<String> = originals
        .iter()
        .filter(|one| one.counterparts.is_empty())
        .map(|one| format!("{} ({})", one.pool, one.mirrors))
        .collect();
    if !alone.is_empty() {
        said.push(format!("Without a counterpart in this run: {}.", alone.join(", ")));
    }
    said
}

/// What each original is: its title names its command and flags where they matter.
fn titles(mirrors: &Mirrors, style: Style) -> String {
    let about = |one: &super::Original| format!("{}: {}", one.mirrors, one.title);
    match style {
        Style::Terminal(columns) => {
            let each: Vec<(&str, String)> =
                mirrors.originals.iter().map(|one| (one.pool.as_str(), about(one))).collect();
            blocks(columns, &each)
        }
        Style::Markdown => {
            let line =
                |one: &super::Original| format!("* {}", plain::markdown(&format!("{}: {}", one.pool, about(one))));
            mirrors.originals.iter().map(line).collect::<Vec<_>>().join("\n") + "\n"
        }
    }
}
