//! What may be claimed against a reference, in words and for programs.

use std::fmt::Write as _;

use anyhow::Result;
use harness::human;
use serde::Serialize;

use super::compare::{Comparison, against_reference};
use super::data::Data;
use super::equals::reach_of;
use super::level::RunLevel;
use super::measure::Measure;
use super::names::Names;
use super::passage::Cells;
use super::table::{Style, prose};
use super::words::{difference, value, verdict};
use crate::stats::{Interval, Verdict};

/// One claim for programs; ratios are the pool's over the reference's.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Claim {
    measure: &'static str,
    group: String,
    reference: String,
    pool: String,
    blocks: usize,
    ratio: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    /// The error of the interval, after Holm.
    alpha: f64,
    verdict: String,
    /// Whether the pool's batches, or the reference's, still get faster at the end of a trial.
    still_warming: bool,
}

/// All families of some measures as tables.
pub(crate) fn claims(
    data: &Data,
    level: &RunLevel,
    reference: Option<&str>,
    measures: &[Measure],
    style: Style,
) -> Result<String> {
    let mut text = String::new();
    if data.groups.is_empty() {
        return Ok(text);
    }
    let names = Names::of(data);
    for measure in measures.iter().copied() {
        for family in against_reference(data, reference, measure, data.alpha, level.widening(measure))? {
            let Some(first) = family.first() else { continue };
            let several = data.groups[&first.group].keys().filter(|setup| setup.pool == first.reference.pool).count();
            let first_of = if several > 1 { format!(", the first of its {several} setups") } else { String::new() };
            let title = format!("{} against {}{first_of}: {}", measure.word(), first.reference, first.group);
            writeln!(text, "\n{}", heading(&title, &family, style))?;
            writeln!(text, "{}", rows(&family, &names, style))?;
        }
    }
    Ok(text)
}

/// The claims of some measures.
pub(crate) fn records(
    data: &Data,
    level: &RunLevel,
    reference: Option<&str>,
    measures: &[Measure],
) -> Result<Vec<Claim>> {
    let mut claims = Vec::new();
    for measure in measures.iter().copied() {
        let families = against_reference(data, reference, measure, data.alpha, level.widening(measure))?;
        claims.extend(families.iter().flatten().map(claim));
    }
    Ok(claims)
}

/// A comparison for programs.
pub(crate) fn claim(one: &Comparison) -> Claim {
    let interval = one.finding.interval.map(Interval::to_ratio);
    Claim {
        measure: one.measure.key(),
        group: one.group.to_string(),
        reference: one.reference.to_string(),
        pool: one.candidate.to_string(),
        blocks: one.finding.blocks,
        ratio: one.finding.estimate.map(f64::exp),
        low: interval.map(Interval::low),
        high: interval.map(Interval::high),
        alpha: one.finding.alpha.get(),
        verdict: one.verdict().to_string(),
        still_warming: one.warming.0 || one.warming.1,
    }
}

/// What a table of comparisons is about, how many share its error, and between two runs what equal builds differ by there.
pub(crate) fn heading(title: &str, family: &[Comparison], style: Style) -> String {
    let hashes = if style == Style::Markdown { "### " } else { "" };
    let reach = family.first().and_then(|one| reach_of(one.twin));
    let reach =
        reach.map_or(String::new(), |reach| format!("; equal builds differ by up to {} here", human::share(reach)));
    let end = if style == Style::Markdown { "\n" } else { "" };
    prose(style, &format!("{hashes}{title}{reach}")) + end
}

/// Comparisons as a table.
pub(crate) fn rows(family: &[Comparison], names: &Names, style: Style) -> String {
    cells(family, names).text(style)
}

/// The same before it is printed.
pub(crate) fn cells(family: &[Comparison], names: &Names) -> Cells {
    let rows: Vec<Vec<String>> = family
        .iter()
        .map(|one| {
            vec![
                names.short(&one.candidate),
                one.finding.blocks.to_string(),
                value(one.measure, one.medians.0),
                value(one.measure, one.medians.1),
                difference(one.finding.estimate, one.finding.interval),
                said_of(one),
            ]
        })
        .collect();
    Cells::new(&["pool", "n", "ref.", "pool's", "difference (interval)", "verdict"], rows)
}

fn said_of(one: &Comparison) -> String {
    let (a, b) = one.medians;
    match one.verdict() {
        Verdict::TooFewBlocks if a.is_nan() => format!("{} has no trial that was ok", one.reference.pool),
        Verdict::TooFewBlocks if b.is_nan() => "no trial was ok".to_owned(),
        other => verdict(other, one.measure) + warming(one),
    }
}

/// Memory is no matter of warming.
fn warming(one: &Comparison) -> &'static str {
    match one.warming {
        _ if one.measure.is_memory() => "",
        (false, false) => "",
        (true, false) => "; the reference is still warming",
        (false, true) => "; still warming",
        (true, true) => "; both are still warming",
    }
}
