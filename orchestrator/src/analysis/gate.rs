//! `gate`: does a new run show a regression against a base, in time or in memory, that no doubt is left about?

use anyhow::{Context as _, Result, ensure};
use harness::human;
use serde_json::{Value, json};

use super::claims::claim;
use super::compare::{Comparison, Doubt, Pair, family};
use super::data::{Group, Series};
use super::measure::Measure;
use super::names::Names;
use super::runs::{Run, caution, check_batches, differences, equals, memory, pairs, strictest, unchecked};
use super::table::{Style, headline, item, table};
use super::words::{difference, value};

/// What may grow, as logarithms of ratios.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) time: f64,
    pub(crate) memory: f64,
}

/// The gate's answer: text for people, lines for CI, and how it stands.
pub(crate) struct Answer {
    style: Style,
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
    let mut text = match style {
        Style::Terminal(_) => format!("base {}\nnew  {}\n", base.name, new.name),
        Style::Markdown => item(style, &format!("base {}", base.name)) + &item(style, &format!("new {}", new.name)),
    };
    for difference in differences(base, new) {
        text.push_str(&item(style, &format!("differs: {difference}")));
    }
    text.push_str(&caution(base, new, style)?);
    let mut answer = Answer { text, unable: lost(base, new, &shared), ..Answer::new(style) };
    let names = Names::of(&base.data);
    for (measure, limit) in [(Measure::Time, limits.time), (memory(base, new), limits.memory)] {
        let equals = equals(base, new, measure)?;
        let found = family(&shared, measure, Doubt::Beyond(&equals), strictest(base, new))?;
        let of_group = found.chunk_by(|one, other| one.group == other.group);
        let tables = of_group.map(|of| format!("{}\n{}", over(&of[0].group, style), rows(of, limit, &names, style)));
        answer.add(&found, measure, limit, &tables.collect::<Vec<_>>().join("\n"));
        answer.text.push_str(&item(style, &equals.sentence(measure)));
    }
    answer.close("too few blocks in every cell: run more blocks, or fewer cells in one run");
    Ok(answer)
}

impl Answer {
    /// Nothing said yet.
    pub(crate) fn new(style: Style) -> Self {
        Self { style, text: String::new(), annotations: vec![], regressions: 0, judged: vec![], unable: vec![] }
    }

    /// Says how it stands; `too_few` is why no cell at all could be judged, if none could.
    pub(crate) fn close(&mut self, too_few: &str) {
        if self.judged.iter().all(|(one, _)| one.finding.interval.is_none()) {
            self.unable.push(too_few.to_owned());
        }
        let is_markdown = self.style == Style::Markdown;
        let verdict = match self.regressions {
            0 if self.unable.is_empty() => "gate open: no regression beyond doubt".to_owned(),
            0 => "gate neither open nor shut:".to_owned(),
            count => format!("gate shut: {count} regressions"),
        };
        let why = if self.regressions == 0 { self.unable.as_slice() } else { &[] };
        if is_markdown {
            // The answer first: whoever reads a page of CI reads its beginning.
            let why: String = why.iter().map(|why| item(self.style, why)).collect();
            let why = if why.is_empty() { why } else { format!("{why}\n") };
            self.text = format!("**{verdict}**\n\n{why}{}", self.text);
        } else {
            self.text.extend(["\n", &[&[verdict], why].concat().join("\n  "), "\n"]);
        }
    }

    /// Why it is neither open nor shut, if it is.
    pub(crate) fn undecided(&self, new: &str) -> Option<String> {
        (self.regressions == 0 && !self.unable.is_empty()).then(|| format!("the gate could not judge {new}"))
    }

    /// Whether it is open; nothing where it could not judge.
    fn is_open(&self) -> Option<bool> {
        match self.regressions {
            0 if self.unable.is_empty() => Some(true),
            0 => None,
            _ => Some(false),
        }
    }

    /// For programs; `open` is null where it could not judge.
    pub(crate) fn as_json(&self, base: &Value, new: &str, differs: &[String], unchecked: &[&str]) -> Result<String> {
        let claims = self.judged.iter().map(|(one, regression)| json!({"claim": claim(one), "regression": regression}));
        let all = json!({
            "base": base, "new": new, "open": self.is_open(), "regressions": self.regressions, "unable": self.unable,
            "differs": differs, "unchecked": unchecked, "comparisons": claims.collect::<Vec<_>>(),
        });
        serde_json::to_string_pretty(&all).context("writing the gate's answer as JSON")
    }

    /// One measure's cells: the table, and what CI shows of those beyond the limit.
    pub(crate) fn add(&mut self, found: &[Comparison], measure: Measure, limit: f64, table: &str) {
        let shut: Vec<&Comparison> = found.iter().filter(|one| one.is_beyond(limit)).collect();
        let limit_text = human::change(limit.exp_m1());
        let (word, count, all) = (measure.word(), shut.len(), found.len());
        let title = format!("{word}: {count} of {all} cells lie beyond {limit_text} with their whole interval");
        self.text += &headline(self.style, &title);
        self.text += table;
        self.text.push('\n');
        self.judged.extend(found.iter().map(|one| (one.clone(), one.is_beyond(limit))));
        self.regressions += shut.len();
        let line = |one: &&Comparison| {
            let change = difference(one.finding.estimate, one.finding.interval);
            let (what, setup) = (measure.word(), &one.candidate);
            format!("::error title=poolbench gate::{what} of {setup} at {}: {change}, limit {limit_text}", one.group)
        };
        self.annotations.extend(shut.iter().map(line));
    }
}

/// What stands over the table of a workload and size.
pub(crate) fn over(group: &Group, style: Style) -> String {
    if style == Style::Markdown { format!("### {group}\n") } else { group.to_string() }
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
    let unchecked: Vec<&str> = unchecked(base, new).into_iter().collect();
    answer.as_json(&json!(base.name), &new.name, &differences(base, new), &unchecked)
}
