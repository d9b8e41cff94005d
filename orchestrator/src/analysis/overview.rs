//! A run's memory and failures in a sentence or two.

use std::collections::BTreeMap;

use harness::human;

use super::data::{Data, Measure, whole};
use super::memory::{growth, key, workload};
use super::names::Names;
use crate::stats::Sample;

/// Pools that are named at each end.
const NAMED: usize = 3;

/// Who takes least and most at the largest size, and what a job adds there; nothing where nothing was measured.
pub(super) fn memory(data: &Data) -> Option<String> {
    let (names, measure) = (Names::of(data), data.memory());
    let figure = |series: &super::Series| {
        let sample = Sample::new(&series.values(measure)).ok().filter(|_| series.has(measure));
        sample.map(|sample| whole(sample.median()))
    };
    let of_group = |group| -> Vec<(u64, &super::Setup)> {
        let pools = data.groups[group].iter().filter(|(setup, _)| !setup.is_twin());
        let mut known: Vec<_> = pools.filter_map(|(setup, series)| Some((figure(series)?, setup))).collect();
        known.sort_unstable();
        known
    };
    let largest = data.groups.keys().filter(|group| !of_group(group).is_empty()).max_by_key(|group| group.jobs)?;
    let known = of_group(largest);
    let word = |(bytes, setup): &(u64, &super::Setup)| format!("{} {}", names.short(setup), human::size(*bytes));
    let list = |some: &[(u64, &super::Setup)]| some.iter().map(word).collect::<Vec<_>>().join(", ");
    let what = match measure {
        Measure::Charged => "charged at its peak",
        _ => "peak RSS of single processes",
    };
    let mut text = format!("{what}, {} x {}: ", largest.workload_and_param(), largest.jobs);
    if known.len() <= 2 * NAMED {
        text += &list(&known);
    } else {
        let mut most = known[known.len() - NAMED..].to_vec();
        most.reverse();
        text += &format!("least {}; most {}", list(&known[..NAMED]), list(&most));
    }
    let lines = growth(data);
    let slope = |setup| lines.get(&(workload(largest), key(data, setup))).map(|line| line.each);
    let mut slopes: Vec<(f64, String)> =
        known.iter().filter_map(|(_, setup)| Some((slope(setup)?, names.short(setup)))).collect();
    slopes.sort_by(|one, other| one.0.total_cmp(&other.0));
    if let Some(((least, one), (most, other))) = slopes.first().zip(slopes.last()) {
        text += &format!("; a job adds {} ({one})", human::size_part(*least));
        if slopes.len() > 1 {
            text += &format!(" to {} ({other})", human::size_part(*most));
        }
    }
    let lacking = data.groups[largest].iter().filter(|(setup, series)| !setup.is_twin() && !series.points.is_empty());
    let lacking = lacking.count() - known.len();
    let unknown = format!("; {lacking} without such a figure");
    Some(text + if lacking > 0 { &unknown } else { "" } + ".")
}

/// What did not end well, and which rows were left aside.
pub(super) fn failures(data: &Data) -> Option<String> {
    let mut ends: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    let mut trials = 0;
    for (setup, series) in data.groups.values().flatten() {
        trials += series.points.len() as u64 + series.not_ok.values().sum::<u64>();
        for (status, count) in &series.not_ok {
            *ends.entry((status, &setup.pool)).or_default() += count;
        }
    }
    let mut said = Vec::new();
    let all: u64 = ends.values().sum();
    if all > 0 {
        let mut ends: Vec<_> = ends.into_iter().collect();
        ends.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let named = ends.iter().take(NAMED).map(|((status, pool), count)| format!("{count} {status} of {pool}"));
        let more = if ends.len() > NAMED { ", and others" } else { "" };
        let named = named.collect::<Vec<_>>().join(", ");
        said.push(format!("{all} of {trials} trials: {named}{more}; notes.jsonl says why."));
    }
    said.extend(data.skipped.iter().map(|(reason, count)| format!("left aside: {count} rows {reason}.")));
    (!said.is_empty()).then(|| said.join(" "))
}
