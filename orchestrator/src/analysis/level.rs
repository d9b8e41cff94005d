//! What a run's twins say of its level: whether it calls equal pools different more often than chance does.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use harness::human;
use serde::Serialize;

use super::data::{Data, Series};
use super::measure::Measure;
use crate::stats::{Alarms, Alpha, Level, exchange};

/// The level of a run, and by how much its intervals are to be widened.
#[derive(Clone, Debug)]
pub struct RunLevel {
    /// The pools that ran twice.
    twins: BTreeSet<String>,
    measures: Vec<Measure>,
    level: Option<Level>,
}

/// The same for programs; numbers are those of comparisons of a twin with its pool.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Record {
    /// The pools that ran twice.
    twins: Vec<String>,
    /// Over all measures; nothing where there are no twins or too few blocks.
    all: Option<Counts>,
    measures: Vec<Counts>,
}

#[derive(Clone, Debug, Serialize)]
struct Counts {
    measure: &'static str,
    comparisons: usize,
    alarms: usize,
    /// The mean over random exchanges of twins and pools.
    expected: f64,
    /// The share of exchanges with at least as many alarms.
    p_value: f64,
    /// How many times as far from their estimates the ends of intervals lie; nothing where nothing is claimed at all.
    widening: Option<f64>,
}

impl RunLevel {
    /// Judges a run by exchanging each twin with its pool at random, for all measures together.
    pub fn of(data: &Data) -> Result<Self> {
        let measures = vec![Measure::Time, Measure::Cpu, data.memory()];
        let (mut twins, mut doubled) = (BTreeSet::new(), Vec::new());
        for setups in data.groups.values() {
            for (setup, twin) in setups.iter().filter(|(setup, _)| setup.is_twin()) {
                twins.insert(setup.real_pool().to_owned());
                let Some(pool) = setup.doubled().and_then(|doubled| setups.get(&doubled)) else { continue };
                let differences = measures.iter().map(|measure| by_block(data, pool, twin, *measure));
                doubled.push(differences.collect::<Vec<_>>());
            }
        }
        let level = exchange(&doubled, Alpha::FIVE_PERCENT, data.seed).context("judging the twins")?;
        Ok(Self { twins, measures, level })
    }

    /// How many times as far from its estimate an interval of this measure reaches; 1 in a run that is in order.
    pub fn widening(&self, measure: Measure) -> f64 {
        let of = |level: &Level| {
            let at = self.measures.iter().position(|known| *known == measure)?;
            level.widening.get(at).copied()
        };
        self.level.as_ref().and_then(of).unwrap_or(1.0)
    }

    /// In words: what was seen, and what follows.
    pub(crate) fn sentence(&self) -> String {
        let Some(level) = &self.level else {
            return match self.twins.len() {
                0 => "No pool ran twice (--twin), so nothing shows how often equal pools are called different here."
                    .to_owned(),
                _ => "Too few blocks for the twins to show how often equal pools are called different here.".to_owned(),
            };
        };
        let all = level.overall;
        let seen = format!(
            "Twins of {}: equal pools called different in {} of {} comparisons, {} by chance",
            self.twins.iter().map(String::as_str).collect::<Vec<_>>().join(", "),
            all.alarms,
            all.comparisons,
            human::factor(all.expected)
        );
        if !level.is_out_of_order() {
            return format!("{seen}: in order.");
        }
        format!("{seen}: OUT OF ORDER, so {}.", self.widened(&level.widening))
    }

    /// What follows from twins that are out of order, for the measures that it concerns.
    fn widened(&self, widening: &[f64]) -> String {
        let said = |what: &str, factor: f64| match factor {
            factor if factor.is_finite() => format!("intervals of {what} are widened {} times", human::factor(factor)),
            _ => format!("nothing is claimed of {what}"),
        };
        let (least, most) = widening.iter().fold((f64::INFINITY, 1.0_f64), |(l, m), one| (l.min(*one), m.max(*one)));
        // All alike where no measure is out of order by itself.
        if least >= most {
            return said("all measures", most);
        }
        let widened = self.measures.iter().zip(widening).filter(|(_, factor)| **factor > 1.0);
        widened.map(|(measure, factor)| said(measure.word(), *factor)).collect::<Vec<_>>().join(", ")
    }

    /// For programs.
    pub(crate) fn record(&self) -> Record {
        let counts = |measure, alarms: Alarms, widening: f64| Counts {
            measure,
            comparisons: alarms.comparisons,
            alarms: alarms.alarms,
            expected: alarms.expected,
            p_value: alarms.p_value,
            widening: widening.is_finite().then_some(widening),
        };
        let widest = |level: &Level| level.widening.iter().copied().fold(1.0, f64::max);
        let of_each = |level: &Level| -> Vec<Counts> {
            let each = self.measures.iter().zip(&level.measures).zip(&level.widening);
            each.map(|((measure, alarms), widening)| counts(measure.key(), *alarms, *widening)).collect()
        };
        Record {
            twins: self.twins.iter().cloned().collect(),
            all: self.level.as_ref().map(|level| counts("all", level.overall, widest(level))),
            measures: self.level.as_ref().map(of_each).unwrap_or_default(),
        }
    }
}

/// `ln(twin / pool)` in every block that has both, or of every machine where these were drawn.
fn by_block(data: &Data, pool: &Series, twin: &Series, measure: Measure) -> Vec<Option<f64>> {
    let (pool, twin) = (pool.by_block(measure, data.blocks), twin.by_block(measure, data.blocks));
    let by_block = pool.into_iter().zip(twin).map(|(pool, twin)| Some((twin? / pool?).ln())).collect();
    data.nodes.drawn().fold(by_block)
}
