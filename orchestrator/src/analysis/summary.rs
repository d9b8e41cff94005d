//! `summary`: all figures of a run for people and for programs.

use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use harness::human;
use serde_json::json;

use super::best::best;
use super::claims::{claims, records};
use super::condition::condition;
use super::data::Data;
use super::figures::{Figures, figures};
use super::level::RunLevel;
use super::loops;
use super::measure::Measure;
use super::passage::{Cells, Passage};
use super::table::{Style, prose};
use crate::plan::SMOKE_BLOCKS;

/// A column of the tables: its heading, and what stands in it.
type Column = (&'static str, fn(&Figures) -> String);

/// What the terminal's tables, one a workload and size, begin with.
const POOL: [Column; 1] = [("pool", |one| one.name.clone())];
/// What Markdown's tables, one a pool, begin with.
const SIZE: [Column; 2] = [("workload", Figures::workload_and_param), ("jobs", |one| one.jobs.to_string())];
const COLUMNS: [Column; 20] = [
    ("workers", |one| one.workers.to_string()),
    ("chunk", |one| one.chunk.clone()),
    ("window", |one| one.window.clone()),
    ("n", |one| one.n.to_string()),
    ("batch", |one| time(one.median_ns)),
    ("interval", |one| times(one.low_ns, one.high_ns)),
    ("a job", |one| one.job_ns.map_or(String::new(), human::time_part)),
    ("overhead", |one| overhead(one).unwrap_or_default()),
    ("efficiency", |one| efficiency(one).unwrap_or_default()),
    // Of a trial with one batch it is that batch.
    ("first batch", |one| time(one.first_batch_ns.filter(|first| Some(*first) != one.median_ns))),
    ("warm", |one| warming(one).unwrap_or_default()),
    ("start", |one| time(one.start_ns)),
    ("peak RSS", |one| sizes(one.resident_low_bytes, one.resident_high_bytes)),
    ("charged", |one| size(one.charged_bytes)),
    ("base", |one| size(one.line_base_bytes)),
    ("a job adds", |one| one.line_job_bytes.map_or(String::new(), human::size_part)),
    ("MAD", |one| time(one.mad_ns)),
    ("min to max", |one| times(one.min_ns, one.max_ns)),
    ("not ok", |one| if one.not_ok > 0 { one.not_ok.to_string() } else { String::new() }),
    ("open at once", |one| {
        let waits = one.workload.starts_with("http") && one.param != "0ms";
        one.peak_concurrency.filter(|_| waits).map_or(String::new(), |open| open.to_string())
    }),
];

fn overhead(one: &Figures) -> Option<String> {
    let (low, high) = one.overhead_low_ns.zip(one.overhead_high_ns)?;
    Some(format!("{} ({} to {})", human::time_part(one.overhead_ns?), human::time_part(low), human::time_part(high)))
}

fn efficiency(one: &Figures) -> Option<String> {
    let (low, high) = one.efficiency_low.zip(one.efficiency_high)?;
    Some(format!("{} ({} to {})", human::share(one.efficiency?), human::share(low), human::share(high)))
}

fn warming(one: &Figures) -> Option<String> {
    let late = one.late.filter(|_| one.still_warming == Some(1))?;
    Some(format!("still warming ({})", human::change(late)))
}

fn time(ns: Option<u64>) -> String {
    ns.map_or(String::new(), human::time)
}

fn size(bytes: Option<u64>) -> String {
    bytes.map_or(String::new(), human::size)
}

fn times(low: Option<u64>, high: Option<u64>) -> String {
    low.zip(high).map_or(String::new(), |(low, high)| human::time_range(low, high))
}

fn sizes(low: Option<u64>, high: Option<u64>) -> String {
    low.zip(high).map_or(String::new(), |(low, high)| human::size_range(low, high))
}

/// The summary of a run for people: on the terminal a table a workload and size, as Markdown a table a pool.
pub(crate) fn text(data: &Data, level: &RunLevel, style: Style) -> Result<String> {
    let mut text = String::new();
    if data.groups.is_empty() {
        writeln!(text, "no finished block yet; `poolbench resume` goes on with the run")?;
        return Ok(text);
    }
    let mut figures = figures(data)?;
    if style == Style::Markdown {
        // The sort is stable, so sizes stay in order.
        figures.sort_by(|one, other| one.pool.cmp(&other.pool));
        for of_pool in figures.chunk_by(|one, other| one.pool == other.pool) {
            writeln!(text, "\n### {}\n\n{}", of_pool[0].pool, cells(&SIZE, of_pool).text(style))?;
        }
    } else {
        for passage in passages(&figures) {
            write!(text, "\n{}", passage.text(style))?;
        }
    }
    text.push_str(&condition(data, level, style)?);
    for sentence in loops::sentences(data).into_iter().chain(data.without_memory()) {
        writeln!(text, "{}", prose(style, &sentence))?;
    }
    for (reason, count) in &data.skipped {
        writeln!(text, "left aside: {count} rows {reason}")?;
    }
    writeln!(text, "\n{}", prose(style, &legend(data)))?;
    if data.blocks < SMOKE_BLOCKS {
        writeln!(text, "Smoke only: under {SMOKE_BLOCKS} blocks nothing can be said about differences.")?;
    }
    Ok(text)
}

/// Every figure and claim, for a document.
pub(crate) fn everything_as_markdown(data: &Data, level: &RunLevel) -> Result<String> {
    let measures = [Measure::Time, data.memory()];
    Ok(text(data, level, Style::Markdown)? + &claims(data, level, None, &measures, Style::Markdown)?)
}

/// A table for each workload and size, of all its figures.
pub(crate) fn passages(figures: &[Figures]) -> Vec<Passage> {
    let group = |one: &Figures| format!("{}, {} jobs", one.workload_and_param(), one.jobs);
    let of_groups = figures.chunk_by(|one, other| group(one) == group(other));
    let passage = |of: &[Figures]| Passage { heading: group(&of[0]), table: cells(&POOL, of), below: Vec::new() };
    of_groups.map(passage).collect()
}

/// What the columns of the figures are.
pub(crate) fn legend(data: &Data) -> String {
    let line = if data.memory() == Measure::Charged { "charged" } else { "peak RSS" };
    format!(
        "n = trials of {} blocks; block 0 warms the machine and is left out. batch = median of the warm batches, or of \
         the first where there is only one, with the interval of the median at 95 % or more. start = until all workers were \
         up. peak RSS = resident, from /proc: of several processes the interval from what they share once to their sum. \
         charged = by the control group, of all pools alike. Both are empty where a figure is not complete. base and a job \
         adds = the line of {line} through the sizes, where they carry one.",
        data.blocks
    )
}

/// A table of figures, without the columns that say nothing of any of them.
fn cells(first: &[Column], figures: &[Figures]) -> Cells {
    let columns: Vec<&Column> = first.iter().chain(&COLUMNS).collect();
    let says = |column: &&&Column| figures.iter().any(|one| !(column.1)(one).is_empty());
    let kept: Vec<&Column> = columns.iter().filter(says).copied().collect();
    let header: Vec<&str> = kept.iter().map(|column| column.0).collect();
    let rows: Vec<Vec<String>> =
        figures.iter().map(|one| kept.iter().map(|column| (column.1)(one)).collect()).collect();
    Cells::new(&header, rows)
}

/// Figures, claims and what the run says about itself, for programs.
pub(crate) fn as_json(
    run: &str,
    data: &Data,
    level: &RunLevel,
    reference: Option<&str>,
    measures: &[Measure],
) -> Result<String> {
    let claims = records(data, level, reference, measures)?;
    let condition = condition(data, level, Style::Markdown)?;
    let all = json!({
        "run": run,
        "blocks": data.blocks,
        "level": level.record(),
        "unchecked": data.unchecked,
        "condition": condition.lines().collect::<Vec<_>>(),
        "best": best(data, level)?,
        "claims": claims,
        "cells": figures(data)?,
    });
    serde_json::to_string_pretty(&all).context("writing the summary as JSON")
}
