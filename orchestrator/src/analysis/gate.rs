//! `gate`: does a new run show a regression against a base, in time or in memory, that no doubt is left about?

use std::fmt::Write as _;

use anyhow::{Result, ensure};

use super::compare::{Comparison, family};
use super::data::Measure;
use super::runs::{Run, comparable, pairs, strictest, twins};
use super::table::{Style, difference, table};
use super::twin;
use crate::stats::Verdict;

/// What may grow, as logarithms of ratios.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) time: f64,
    pub(crate) memory: f64,
}

/// The gate's answer: text for people, lines for CI, and whether it is shut.
pub(crate) struct Answer {
    pub(crate) text: String,
    pub(crate) annotations: Vec<String>,
    pub(crate) regressions: usize,
}

/// Holds `new` against `base`. Shut only where the whole interval, adjusted over all cells, lies beyond the limit and the
/// difference beyond what equal pools show.
pub(crate) fn gate(base: &Run, new: &Run, limits: Limits) -> Result<Answer> {
    let shared = pairs(&base.data, &new.data, None);
    ensure!(!shared.is_empty(), "{} and {} have no cell in common", base.name, new.name);
    let mut answer =
        Answer { text: format!("base {}\nnew  {}\n", base.name, new.name), annotations: vec![], regressions: 0 };
    let memory = comparable(base, new, Measure::Memory);
    for (measure, limit) in [(Measure::Time, limits.time), (memory, limits.memory)] {
        let twins = twins(&base.data, &new.data, measure)?;
        let found = family(&shared, measure, &twins, strictest(base, new))?;
        let shut: Vec<&Comparison> = found.iter().filter(|one| is_beyond(one, limit)).collect();
        let percent = 100.0 * limit.exp_m1();
        writeln!(
            answer.text,
            "\n{}: {} of {} cells lie beyond {percent:+.1} % with their whole interval",
            measure.word(),
            shut.len(),
            found.len()
        )?;
        writeln!(answer.text, "{}", rows(&found, limit))?;
        writeln!(answer.text, "{}", twin::sentence(&twins))?;
        answer.regressions += shut.len();
        let line = |one: &&Comparison| {
            let change = difference(one.finding.estimate, one.finding.interval);
            let (what, pool) = (measure.word(), &one.candidate.pool);
            format!("::error title=poolbench gate::{what} of {pool} at {}: {change}, limit {percent:+.1} %", one.group)
        };
        answer.annotations.extend(shut.iter().map(line));
    }
    let verdict = match answer.regressions {
        0 => "gate open: no regression beyond doubt".to_owned(),
        count => format!("gate shut: {count} regressions"),
    };
    writeln!(answer.text, "\n{verdict}")?;
    Ok(answer)
}

fn is_beyond(one: &Comparison, limit: f64) -> bool {
    one.verdict() == Verdict::Slower && one.finding.interval.is_some_and(|interval| interval.lies_above(limit))
}

fn rows(found: &[Comparison], limit: f64) -> String {
    let rows = found.iter().map(|one| {
        let (a, b) = one.medians;
        let mark = match one.finding.interval {
            _ if is_beyond(one, limit) => "REGRESSION",
            Some(_) => "",
            None => "too few blocks",
        };
        vec![
            format!("{} {}", one.group, one.candidate),
            one.finding.blocks.to_string(),
            one.measure.text(super::data::whole(a)),
            one.measure.text(super::data::whole(b)),
            difference(one.finding.estimate, one.finding.interval),
            mark.to_owned(),
        ]
    });
    table(Style::Terminal, &["cell", "blocks", "base", "new", "change (adjusted interval)", ""], rows.collect())
}
