//! Equal pools: how far they differ in this run, or from one run to the other, and how often that would have been called
//! a difference.

use std::collections::BTreeMap;

use anyhow::Result;
use harness::human;
use serde::Serialize;

use super::data::{Data, Group, Measure, Series, Setup, float};
use super::differences::differences;
use crate::stats::{Alpha, FalseAlarms, Interval, SignedRank, false_alarms};

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
    /// The twin against the pool that it doubles, in every cell that it has.
    pub(crate) fn in_run(data: &Data, measure: Measure) -> Result<Self> {
        let mut equals = Self::default();
        for (group, setups) in &data.groups {
            for (setup, series) in setups {
                let doubled = setup.doubled().and_then(|doubled: Setup| setups.get(&doubled));
                equals.expected |= setup.is_twin();
                doubled.map_or(Ok(()), |pool| equals.add(group, pool, series, measure))?;
            }
        }
        Ok(equals)
    }

    /// Adds one pair of equal pools.
    pub(crate) fn add(&mut self, group: &Group, a: &Series, b: &Series, measure: Measure) -> Result<()> {
        self.expected = true;
        let test = SignedRank::new(&differences(a, b, measure)?).ok();
        let interval = test.and_then(|test| test.interval(Alpha::FIVE_PERCENT));
        self.intervals.entry(group.clone()).or_default().extend(interval);
        Ok(())
    }

    /// Adds those of another run.
    pub(crate) fn extend(&mut self, other: Self) {
        self.expected |= other.expected;
        for (group, intervals) in other.intervals {
            self.intervals.entry(group).or_default().extend(intervals);
        }
    }

    /// The interval that a claim in this group must go beyond: the widest of the group; of the run where the group has
    /// none; without end where equal pools were meant to be there and none has enough blocks, so that nothing is claimed.
    /// Nothing if the run did without equal pools.
    pub(crate) fn guard(&self, group: &Group) -> Option<Interval> {
        let nowhere_near = Interval::between(f64::NEG_INFINITY, f64::INFINITY);
        let of_group = self.intervals.get(group).into_iter().flatten().copied().reduce(Interval::hull);
        of_group.or_else(|| self.widest()).or(self.expected.then_some(nowhere_near))
    }

    /// What all intervals cover together.
    pub(crate) fn widest(&self) -> Option<Interval> {
        self.intervals.values().flatten().copied().reduce(Interval::hull)
    }

    /// How far a mean over these groups may be off with equal pools, a logarithm: the mean of what each group's guard
    /// reaches.
    pub(crate) fn mean_reach<'a>(&self, groups: impl ExactSizeIterator<Item = &'a Group>) -> f64 {
        let count = float(groups.len().max(1) as u64);
        groups.filter_map(|group| self.guard(group)).map(Interval::reach).sum::<f64>() / count
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
                "A/A twin: none, or too few blocks: nothing shows how often this run would call equal pools different{held_back}."
            );
        };
        format!(
            "A/A twin: two equal pools were called different in {} of {} cells ({}, 95 % interval {} to {}) before \
             adjustment; 5 % is expected. Its widest interval reaches {}.",
            record.called_different,
            record.comparisons,
            human::share(record.share),
            human::share(record.share_low),
            human::share(record.share_high),
            human::share(record.reach),
        )
    }
}

/// How far equal pools differ in a group, for a heading; nothing where that is not known.
pub(crate) fn reach_of(guard: Option<Interval>) -> Option<f64> {
    guard.map(|guard| guard.reach().exp_m1()).filter(|reach| reach.is_finite())
}
