//! What differs between the machines of a merged run: the machines, how fast they are, and where a pool stands differently.

use std::collections::BTreeMap;

use harness::human;

use super::data::Data;
use super::measure::Measure;
use super::names::Names;
use super::nodes::Node;
use crate::stats::{Alpha, Sample, holm, strata};

/// Pools that are named.
const NAMED: usize = 3;
/// Of more machines only the ends are told.
const FEW: usize = 6;

/// What a reader must know of a run of several machines, a sentence each; nothing of one machine.
pub(crate) fn said(data: &Data) -> Vec<String> {
    let nodes = &data.nodes.all;
    if nodes.len() < 2 {
        return Vec::new();
    }
    let mut blocks = vec![0_u64; nodes.len()];
    (1..=data.blocks).filter_map(|block| data.nodes.of_block(block)).for_each(|node| blocks[node] += 1);
    let each: Vec<String> =
        nodes.iter().zip(&blocks).map(|(node, blocks)| format!("{blocks} on {}", node.name)).collect();
    let each = match (blocks.iter().min(), blocks.iter().max()) {
        (Some(least), Some(most)) if each.len() > FEW && least == most => format!("{least} on each"),
        (Some(least), Some(most)) if each.len() > FEW => format!("{least} to {most} on each"),
        _ => each.join(", "),
    };
    let claimed = if data.nodes.are_drawn() {
        "They are of one kind and count as drawn from it: each counts once, and what is claimed is claimed of machines of that kind"
    } else {
        "What is claimed is claimed of these machines"
    };
    let mut said = vec![format!(
        "{} blocks on {} machines, {each}: every ratio is of one block and so of one machine. {claimed}.",
        data.blocks,
        nodes.len()
    )];
    if data.nodes.kinds() > 1 {
        said.push(format!(
            "They are of {} kinds, and a rank over all is of none of them; `poolbench rank` and `decide` have one for each. {}.",
            data.nodes.kinds(),
            data.nodes.differences.join(". ")
        ));
    }
    said.extend(speeds(data));
    said.push(standing(data));
    said
}

/// How long the others take beside the first machine, over all cells.
fn speeds(data: &Data) -> Option<String> {
    let nodes = &data.nodes.all;
    let mut logs: Vec<Vec<f64>> = vec![Vec::new(); nodes.len()];
    for series in data.groups.values().flat_map(BTreeMap::values) {
        let of_node = by_node(data, &logs_of(&series.by_block(Measure::Time, data.blocks)));
        let medians: Vec<Option<f64>> = of_node.iter().map(|values| Some(Sample::new(values).ok()?.median())).collect();
        let Some(first) = medians.first().copied().flatten() else { continue };
        medians.iter().zip(&mut logs).for_each(|(median, logs)| logs.extend(median.map(|median| median - first)));
    }
    let median = |(node, logs): (&Node, &Vec<f64>)| Some((node.name.clone(), Sample::new(logs).ok()?.median().exp()));
    let mut others: Vec<(String, f64)> = nodes.iter().zip(&logs).skip(1).filter_map(median).collect();
    let first = nodes.first().map(|node| node.name.as_str()).unwrap_or_default();
    let all = others.len();
    if all > FEW {
        others.sort_by(|one, other| one.1.total_cmp(&other.1));
        others.drain(1..all - 1);
    }
    let said: Vec<String> = others.iter().map(|(name, times)| format!("{name} {}", human::factor(*times))).collect();
    let said = said.join(if all > FEW { " to " } else { ", " });
    (!others.is_empty()).then(|| format!("Times of a cell as multiples of those on {first}, the median: {said}."))
}

/// Which pools stand differently beside the others on one machine than on another: tested for all cells together.
fn standing(data: &Data) -> String {
    let names = Names::of(data);
    let mut tested: Vec<(f64, String)> = Vec::new();
    for (group, setups) in &data.groups {
        let logs: Vec<Vec<Option<f64>>> =
            setups.values().map(|series| logs_of(&series.by_block(Measure::Time, data.blocks))).collect();
        let middle = middle_of(&logs);
        for (setup, own) in setups.keys().zip(&logs).filter(|(setup, _)| !setup.is_twin()) {
            let beside = own.iter().zip(&middle).map(|(own, middle)| Some((*own)? - (*middle)?));
            let of_node = by_node(data, &beside.collect::<Vec<_>>());
            let Some(p_value) = strata(&of_node) else { continue };
            let medians = data.nodes.all.iter().zip(&of_node);
            let medians = medians.filter_map(|(node, values)| Some((node, Sample::new(values).ok()?.median())));
            let medians = ends(medians.collect());
            tested.push((
                p_value,
                format!("{} at {} x {} ({medians})", names.short(setup), group.workload_and_param(), group.jobs),
            ));
        }
    }
    told(tested)
}

/// The median on each machine, or of many on those at the ends.
fn ends(mut medians: Vec<(&Node, f64)>) -> String {
    let all = medians.len();
    if all > FEW {
        medians.sort_by(|one, other| one.1.total_cmp(&other.1));
        medians.drain(1..all - 1);
    }
    let said = medians.iter().map(|(node, median)| format!("{} {}", node.name, human::change(median.exp_m1())));
    said.collect::<Vec<_>>().join(if all > FEW { " to " } else { ", " })
}

fn told(mut tested: Vec<(f64, String)>) -> String {
    tested.sort_by(|one, other| one.0.total_cmp(&other.0));
    let p_values: Vec<f64> = tested.iter().map(|(p_value, _)| *p_value).collect();
    let steps = holm(&p_values, Alpha::FIVE_PERCENT);
    let sure = steps.iter().filter(|step| Alpha::FIVE_PERCENT.allows(step.adjusted_p)).count();
    let named: Vec<&str> = tested.iter().take(sure.min(NAMED)).map(|(_, what)| what.as_str()).collect();
    match (tested.len(), sure) {
        (0, _) => {
            "Whether pools stand differently on one machine than on another was not tested: too few blocks.".to_owned()
        }
        (all, 0) => format!(
            "No pool surely stands differently beside the others on one machine than on another ({all} cells tested together)."
        ),
        (all, sure) => format!(
            "In {sure} of {all} cells the machines surely differ in how a pool stands beside the others' median: {}{}.",
            named.join("; "),
            if sure > NAMED { format!("; and {} more", sure - NAMED) } else { String::new() }
        ),
    }
}

fn logs_of(values: &[Option<f64>]) -> Vec<Option<f64>> {
    values.iter().map(|value| value.map(f64::ln)).collect()
}

/// The median over the series in each block.
fn middle_of(series: &[Vec<Option<f64>>]) -> Vec<Option<f64>> {
    let blocks = series.first().map_or(0, Vec::len);
    let middle = |block: usize| {
        let there: Vec<f64> = series.iter().filter_map(|one| one[block]).collect();
        Some(Sample::new(&there).ok()?.median())
    };
    (0..blocks).map(middle).collect()
}

/// The values of each machine.
fn by_node(data: &Data, values: &[Option<f64>]) -> Vec<Vec<f64>> {
    let mut of_node = vec![Vec::new(); data.nodes.all.len()];
    for (block, value) in (0..).zip(values) {
        if let Some((node, value)) = data.nodes.of_block(block).zip(*value) {
            of_node[node].push(value);
        }
    }
    of_node
}
