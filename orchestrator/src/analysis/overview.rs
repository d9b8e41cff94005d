//! A run's memory and failures in a sentence or two.

use std::collections::BTreeMap;

use harness::human;

use super::data::{Data, Group, Series, Setup, whole};
use super::measure::Measure;
use super::memory::{growth, key, workload};
use super::names::Names;
use crate::stats::Sample;

/// Pools that are named at each end.
const NAMED: usize = 3;

/// Setups with a figure in bytes, the smallest first.
type Known<'a> = Vec<(u64, &'a Setup)>;

/// Who takes least and most at the largest size, and what a job adds there; nothing where nothing was measured.
pub(crate) fn memory(data: &Data) -> Option<String> {
    let names = Names::of(data);
    let measured = data.groups.keys().map(|group| (group, known(data, group)));
    let (largest, known) = measured.filter(|(_, known)| !known.is_empty()).max_by_key(|(group, _)| group.jobs)?;
    let what = match data.memory() {
        Measure::Charged => "charged at its peak",
        _ => "peak RSS of single processes",
    };
    let list = |some: &mut dyn Iterator<Item = &(u64, &Setup)>| {
        let words = some.map(|(bytes, setup)| format!("{} {}", names.short(setup), human::size(*bytes)));
        words.collect::<Vec<_>>().join(", ")
    };
    let figures = if known.len() <= 2 * NAMED {
        list(&mut known.iter())
    } else {
        let (least, most) = (list(&mut known.iter().take(NAMED)), list(&mut known.iter().rev().take(NAMED)));
        format!("least {least}; most {most}")
    };
    let all = data.groups[largest].iter().filter(|(setup, series)| !setup.is_twin() && !series.points.is_empty());
    let lacking = match all.count() - known.len() {
        0 => String::new(),
        count => format!("; {count} without such a figure"),
    };
    let each = added(data, largest, &known, &names);
    Some(format!("{what}, {} x {}: {figures}{each}{lacking}.", largest.workload_and_param(), largest.jobs))
}

/// The figures that a group has.
fn known<'a>(data: &'a Data, group: &Group) -> Known<'a> {
    let measure = data.memory();
    let pools = data.groups[group].iter().filter(|(setup, series)| !setup.is_twin() && series.has(measure));
    let figure = |series: &Series| Some(whole(Sample::new(&series.values(measure)).ok()?.median()));
    let mut known: Known = pools.filter_map(|(setup, series)| Some((figure(series)?, setup))).collect();
    known.sort_unstable();
    known
}

/// What a job adds, of those whose sizes tell it: the least and the most.
fn added(data: &Data, group: &Group, known: &Known, names: &Names) -> String {
    let lines = growth(data);
    let slope = |setup| lines.get(&(workload(group), key(data, setup))).map(|line| line.each);
    let mut slopes: Vec<(f64, String)> =
        known.iter().filter_map(|(_, setup)| Some((slope(setup)?, names.short(setup)))).collect();
    slopes.sort_by(|one, other| one.0.total_cmp(&other.0));
    let word = |(bytes, name): &(f64, String)| format!("{} ({name})", human::size_part(*bytes));
    match slopes.as_slice() {
        [] => String::new(),
        [one] => format!("; a job adds {}", word(one)),
        [least, .., most] => format!("; a job adds {} to {}", word(least), word(most)),
    }
}

/// What did not end well, and which rows were left aside.
pub(crate) fn failures(data: &Data) -> Option<String> {
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
