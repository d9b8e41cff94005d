//! The A/A twin: how far two equal pools differ in this run, and how often that would have been called a difference.

use std::collections::BTreeMap;

use anyhow::Result;

use super::compare::differences;
use super::data::{Data, Group, Measure, Setup};
use crate::stats::{Alpha, FalseAlarms, Interval, SignedRank, false_alarms};

/// The unadjusted 95 % interval of `ln(twin / pool)` in every cell that the twin has.
pub(crate) fn intervals(data: &Data, measure: Measure) -> Result<BTreeMap<Group, Vec<Interval>>> {
    let mut intervals: BTreeMap<Group, Vec<Interval>> = BTreeMap::new();
    for (group, setups) in &data.groups {
        for (setup, series) in setups {
            let Some(pool) = setup.doubled().and_then(|doubled: Setup| setups.get(&doubled)) else { continue };
            let differences = differences(pool, series, measure)?;
            let interval = SignedRank::new(&differences).ok().and_then(|test| test.interval(Alpha::FIVE_PERCENT));
            intervals.entry(group.clone()).or_default().extend(interval);
        }
    }
    Ok(intervals)
}

/// The interval that a claim in this group must go beyond: the widest where the twin has several cells.
pub(crate) fn of_group(intervals: &BTreeMap<Group, Vec<Interval>>, group: &Group) -> Option<Interval> {
    let of_group = intervals.get(group)?.iter().copied();
    of_group.reduce(|one, other| Interval::between(one.low().min(other.low()), one.high().max(other.high())))
}

/// What this run would have claimed of two equal pools.
pub(crate) fn record(intervals: &BTreeMap<Group, Vec<Interval>>) -> Option<FalseAlarms> {
    let all: Vec<Interval> = intervals.values().flatten().copied().collect();
    false_alarms(&all, Alpha::FIVE_PERCENT)
}

/// The same in words.
pub(crate) fn sentence(intervals: &BTreeMap<Group, Vec<Interval>>) -> String {
    let Some(FalseAlarms { comparisons, alarms, share, interval }) = record(intervals) else {
        return "A/A twin: none, or too few blocks: nothing shows how often this run would call equal pools different."
            .to_owned();
    };
    let widest = intervals.values().flatten().map(|interval| interval.reach()).fold(0.0, f64::max);
    format!(
        "A/A twin: two equal pools were called different in {alarms} of {comparisons} cells ({:.0} %, 95 % interval {:.0} \
         to {:.0} %) before adjustment; 5 % is expected. Its widest interval reaches {:.1} %.",
        100.0 * share,
        100.0 * interval.low(),
        100.0 * interval.high(),
        100.0 * widest.exp_m1(),
    )
}
