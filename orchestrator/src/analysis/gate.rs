//! `gate`: does a new run show a regression against a base, in time or in memory, that no doubt is left about?

use std::fmt::Write as _;

use anyhow::{Context as _, Result, ensure};
use harness::human;
use serde_json::json;

use super::claims::claim;
use super::compare::{Comparison, Doubt, Pair, family};
use super::data::Series;
use super::measure::Measure;
use super::names::Names;
use super::runs::{Run, caution, check_batches, differences, equals, memory, pairs, strictest};
use super::table::{Style, prose, table};
use super::words::{difference, value};

/// What may grow, as logarithms of ratios.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) time: f64,
    pub(crate) memory: f64,
}

/// The gate's answer: text for people, lines for CI, and how it stands.
pub(crate) struct Answer {
    pub(crate) text: String,
    pub(crate) annotations: Vec<String>,
    pub(crate) regressions: usize,
    /// Every comparison, and whether it is a regression.
    pub(crate) judged: Vec<(Comparison, bool)>,
    /// Why an open gate would be a lie: base cells that the new run lacks, or no cell that could be judged.
    pub(crate) unable: Vec<String>,
}

/// Holds `new` against `base`. Shut only where the whole interval, adjusted over all cells, lies beyond the limit and the
/// difference beyond what equal builds show.
pub(crate) fn gate(base: &Run, new: &Run, limits: Limits, style: Style) -> Result<Answer> {
    let shared = pairs(&base.data, &new.data, None);
    ensure!(!shared.is_empty(), "{} and {} have no cell in common", base.name, new.name);
    check_batches(&shared)?;
    let mut text = format!("base {}\nnew  {}\n", base.name, new.name);
    for difference in differences(base, new) {
        writeln!(text, "{}", prose(style, &format!("differs: {difference}")))?;
    }
    text.push_str(&caution(base, new, style)?);
    let mut answer =
        Answer { text, annotations: vec![], regressions: 0, judged: vec![], unable: lost(base, new, &shared) };
    let names = Names::of(&base.data);
    for (measure, limit) in [(Measure::Time, limits.time), (memory(base, new), limits.memory)] {
        let equals = equals(base, new, measure)?;
        let found = family(&shared, measure, Doubt::Beyond(&equals), strictest(base, new))?;
        let of_group = found.chunk_by(|one, other| one.group == other.group);
        let tables =
            of_group.map(|of_group| format!("{}\n{}", of_group[0].group, rows(of_group, limit, &names, style)));
        answer.add(&found, measure, limit, &tables.collect::<Vec<_>>().join("\n"))?;
        writeln!(answer.text, "{}", prose(style, &equals.sentence(measure)))?;
    }
    if answer.judged.iter().all(|(one, _)| one.finding.interval.is_none()) {
        answer.unable.push("too few blocks in every cell: run more blocks, or fewer cells in one run".to_owned());
    }
    let verdict = match answer.regressions {
        0 if answer.unable.is_empty() => "gate open: no regression beyond doubt".to_owned(),
        0 => format!("gate neither open nor shut:\n  {}", answer.unable.join("\n  ")),
        count => format!("gate shut: {count} regressions"),
    };
    writeln!(answer.text, "\n{verdict}")?;
    Ok(answer)
}

impl Answer {
    /// One measure's cells: the table, and what CI shows of those beyond the limit.
    fn add(&mut self, found: &[Comparison], measure: Measure, limit: f64, table: &str) -> Result<()> {
        let shut: Vec<&Comparison> = found.iter().filter(|one| one.is_beyond(limit)).collect();
        let limit_text = human::change(limit.exp_m1());
        writeln!(
            self.text,
            "\n{}: {} of {} cells lie beyond {limit_text} with their whole interval",
            measure.word(),
            shut.len(),
            found.len()
        )?;
        writeln!(self.text, "{table}")?;
        self.judged.extend(found.iter().map(|one| (one.clone(), one.is_beyond(limit))));
        self.regressions += shut.len();
        let line = |one: &&Comparison| {
            let change = difference(one.finding.estimate, one.finding.interval);
            let (what, setup) = (measure.word(), &one.candidate);
            format!("::error title=poolbench gate::{what} of {setup} at {}: {change}, limit {limit_text}", one.group)
        };
        self.annotations.extend(shut.iter().map(line));
        Ok(())
    }
}

/// The cells that have trials in `base` and none in `new`, a sentence each.
fn lost(base: &Run, new: &Run, shared: &[Pair]) -> Vec<String> {
    let has_trials = |series: &Series| !series.points.is_empty();
    let cells = base.data.groups.iter().flat_map(|(group, setups)| setups.iter().map(move |cell| (group, cell)));
    let known = cells.filter(|(_, (setup, series))| !setup.is_twin() && has_trials(series));
    let missing = known.filter_map(|(group, (setup, _))| {
        let pair = shared.iter().find(|pair| (pair.group, pair.reference.0) == (group, setup));
        match pair {
            Some(pair) if has_trials(pair.candidate.1) => None,
            Some(_) => Some(format!("{setup} at {group}: every trial of {} failed", new.name)),
            None => Some(format!("{setup} at {group}: not in {}", new.name)),
        }
    });
    missing.collect()
}

fn rows(found: &[Comparison], limit: f64, names: &Names, style: Style) -> String {
    let rows = found.iter().map(|one| {
        let mark = match one.finding.interval {
            _ if one.is_beyond(limit) => "REGRESSION",
            Some(_) => "open",
            None if one.finding.blocks == 0 => "no block has both",
            None => "too few blocks",
        };
        vec![
            names.short(&one.candidate),
            one.finding.blocks.to_string(),
            value(one.measure, one.medians.0),
            value(one.measure, one.medians.1),
            difference(one.finding.estimate, one.finding.interval),
            mark.to_owned(),
        ]
    });
    table(style, &["pool", "n", "base", "new", "change (interval)", "verdict"], &rows.collect::<Vec<_>>())
}

/// The answer for programs; `open` is null where the gate could not judge.
pub(crate) fn as_json(base: &Run, new: &Run, answer: &Answer) -> Result<String> {
    let claims = answer.judged.iter().map(|(one, regression)| json!({"claim": claim(one), "regression": regression}));
    let open = match answer.regressions {
        0 if answer.unable.is_empty() => Some(true),
        0 => None,
        _ => Some(false),
    };
    let all = json!({
        "base": base.name, "new": new.name, "open": open, "regressions": answer.regressions, "unable": answer.unable,
        "differs": differences(base, new), "comparisons": claims.collect::<Vec<_>>(),
    });
    serde_json::to_string_pretty(&all).context("writing the gate's answer as JSON")
}
