//! Equal builds in two runs: how far they differ from one run to the other, which bounds what may be claimed between them.

use std::collections::BTreeMap;

use anyhow::Result;
use harness::human;
use serde::Serialize;

use super::data::{Group, Series};
use super::differences::differences;
use super::measure::Measure;
use crate::stats::{Alpha, Drawn, FalseAlarms, Interval, SignedRank, false_alarms};

/// How far equal pools differ in one measure.
#[derive(Clone, Debug, Default)]
pub(crate) struct Equals {
    /// The unadjusted 95 % intervals of `ln(B / A)`, by group.
    intervals: BTreeMap<Group, Vec<Interval>>,
    /// Whether there were any to compare, with enough blocks or not.
    expected: bool,
}

/// The record of equal pools for programs.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Record {
    pub(crate) measure: &'static str,
    pub(crate) comparisons: usize,
    pub(crate) called_different: usize,
    /// `called_different` over `comparisons`.
    pub(crate) share: f64,
    /// Where the true share of false alarms lies at 95 %.
    pub(crate) share_low: f64,
    pub(crate) share_high: f64,
    /// The widest interval, as a share: 0.05 is 5 %.
    pub(crate) reach: f64,
}

impl Equals {
    /// Adds one pair of equal pools.
    pub(crate) fn add(&mut self, group: &Group, a: &Series, b: &Series, measure: Measure) -> Result<()> {
        self.expected = true;
        let test = SignedRank::new(&differences(a, b, measure, &Drawn::Blocks)?).ok();
        let interval = test.and_then(|test| test.interval(Alpha::FIVE_PERCENT));
        self.intervals.entry(group.clone()).or_default().extend(interval);
        Ok(())
    }

    /// The interval that a claim in this group must go beyond: the widest of the group; of all where the group has
    /// none; without end where equal pools were meant to be there and none has enough blocks, so that nothing is claimed.
    /// Nothing if there were none.
    pub(crate) fn guard(&self, group: &Group) -> Option<Interval> {
        let nowhere_near = Interval::between(f64::NEG_INFINITY, f64::INFINITY);
        let of_group = self.intervals.get(group).into_iter().flatten().copied().reduce(Interval::hull);
        of_group.or_else(|| self.widest()).or(self.expected.then_some(nowhere_near))
    }

    /// What all intervals cover together.
    pub(crate) fn widest(&self) -> Option<Interval> {
        self.intervals.values().flatten().copied().reduce(Interval::hull)
    }

    /// The record as figures; nothing if no pair has enough blocks.
    pub(crate) fn record(&self, measure: Measure) -> Option<Record> {
        let all: Vec<Interval> = self.intervals.values().flatten().copied().collect();
        let FalseAlarms { comparisons, alarms, share, interval } = false_alarms(&all, Alpha::FIVE_PERCENT)?;
        Some(Record {
            measure: measure.key(),
            comparisons,
            called_different: alarms,
            share,
            share_low: interval.low(),
            share_high: interval.high(),
            reach: self.widest()?.reach().exp_m1(),
        })
    }
    /// The same in words.
    pub(crate) fn sentence(&self, measure: Measure) -> String {
        let Some(record) = self.record(measure) else {
            let held_back = if self.expected { ", so no difference is claimed" } else { "" };
            return format!(
                "Equal builds: none in both runs, or too few blocks: nothing shows what the machine did between them{held_back}."
            );
        };
        format!(
            "Equal builds were called different in {} of {} cells of {}, by up to {}; no difference within that is claimed.",
            record.called_different,
            record.comparisons,
            measure.word(),
            human::share(record.reach),
        )
    }
}

/// How far equal builds differ in a group, for a heading; nothing where that is not known.
pub(crate) fn reach_of(guard: Option<Interval>) -> Option<f64> {
    guard.map(|guard| guard.reach().exp_m1()).filter(|reach| reach.is_finite())
}
