//! `gate`: does a new run show a regression against a base, in time or in memory, that no doubt is left about?

use std::fmt::Write as _;

use anyhow::{Result, ensure};

use super::compare::{Comparison, Pair, family};
use super::data::{Measure, Series};
use super::runs::{Run, caution, check_batches, comparable, differences, equals, pairs, strictest};
use super::table::{Style, difference, table, value};

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
    /// Why an open gate would be a lie: base cells that the new run lacks, or no cell that could be judged.
    pub(crate) unable: Vec<String>,
}

/// Holds `new` against `base`. Shut only where the whole interval, adjusted over all cells, lies beyond the limit and the
/// difference beyond what equal pools show.
pub(crate) fn gate(base: &Run, new: &Run, limits: Limits) -> Result<Answer> {
    let shared = pairs(&base.data, &new.data, None);
    ensure!(!shared.is_empty(), "{} and {} have no cell in common", base.name, new.name);
    check_batches(&shared)?;
    let mut text = format!("base {}\nnew  {}\n", base.name, new.name);
    for difference in differences(base, new) {
        writeln!(text, "differs: {difference}")?;
    }
    text.push_str(&caution(base, new)?);
    let mut answer = Answer { text, annotations: vec![], regressions: 0, unable: lost(base, new, &shared) };
    let memory = comparable(base, new, Measure::Memory);
    let mut judged = 0;
    for (measure, limit) in [(Measure::Time, limits.time), (memory, limits.memory)] {
        let equals = equals(base, new, measure)?;
        let found = family(&shared, measure, &equals, strictest(base, new))?;
        answer.add(&found, measure, limit)?;
        writeln!(answer.text, "{}", equals.sentence(measure))?;
        judged += found.iter().filter(|one| one.finding.interval.is_some()).count();
    }
    if judged == 0 {
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
    fn add(&mut self, found: &[Comparison], measure: Measure, limit: f64) -> Result<()> {
        let shut: Vec<&Comparison> = found.iter().filter(|one| one.is_beyond(limit)).collect();
        let percent = 100.0 * limit.exp_m1();
        writeln!(
            self.text,
            "\n{}: {} of {} cells lie beyond {percent:+.1} % with their whole interval",
            measure.word(),
            shut.len(),
            found.len()
        )?;
        writeln!(self.text, "{}", rows(found, limit))?;
        self.regressions += shut.len();
        let line = |one: &&Comparison| {
            let change = difference(one.finding.estimate, one.finding.interval);
            let (what, setup) = (measure.word(), &one.candidate);
            format!("::error title=poolbench gate::{what} of {setup} at {}: {change}, limit {percent:+.1} %", one.group)
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

fn rows(found: &[Comparison], limit: f64) -> String {
    let rows = found.iter().map(|one| {
        let mark = match one.finding.interval {
            _ if one.is_beyond(limit) => "REGRESSION",
            Some(_) => "",
            None if one.finding.blocks == 0 => "no block has both",
            None => "too few blocks",
        };
        vec![
            format!("{} {}", one.group, one.candidate),
            one.finding.blocks.to_string(),
            value(one.measure, one.medians.0),
            value(one.measure, one.medians.1),
            difference(one.finding.estimate, one.finding.interval),
            mark.to_owned(),
        ]
    });
    table(Style::Terminal, &["cell", "blocks", "base", "new", "change (adjusted interval)", ""], rows.collect())
}
