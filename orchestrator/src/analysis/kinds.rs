//! A merged run by kinds of machines: a rank over machines that differ is of none of them.

use std::collections::BTreeMap;

use super::data::{Data, Series};
use super::nodes::Nodes;

/// The trials on the machines of each kind, and which machines those are. A run of one kind is returned whole, and nameless.
pub(crate) fn by_kind(data: Data) -> Vec<(Option<String>, Data)> {
    if data.nodes.kinds() < 2 {
        return vec![(None, data)];
    }
    let of_each = (0..data.nodes.kinds()).map(|kind| of_kind(&data, kind));
    of_each.map(|part| (Some(heading(&part.nodes)), part)).collect()
}

fn heading(nodes: &Nodes) -> String {
    let names: Vec<&str> = nodes.all.iter().map(|node| node.name.as_str()).collect();
    let sentence = nodes.all.first().map_or("", |node| &node.sentence);
    let drawn = if nodes.are_drawn() { "; each counts once, for machines of this kind" } else { "" };
    format!("on {} ({sentence}){drawn}", names.join(", "))
}

fn of_kind(data: &Data, kind: usize) -> Data {
    let is_of_kind = |block: &u64| data.nodes.of_block(*block).is_some_and(|node| data.nodes.all[node].kind == kind);
    // Numbered through, so that blocks elsewhere leave no gaps.
    let numbers: BTreeMap<u64, u64> = (1..=data.blocks).filter(is_of_kind).zip(1..).collect();
    let mut part = Data { blocks: numbers.len() as u64, nodes: data.nodes.of_kind(kind), ..data.clone() };
    part.groups.values_mut().flat_map(BTreeMap::values_mut).for_each(|series| keep(series, &numbers));
    part
}

fn keep(series: &mut Series, numbers: &BTreeMap<u64, u64>) {
    series.points.retain_mut(|point| {
        let number = numbers.get(&point.block);
        point.block = number.copied().unwrap_or(0);
        number.is_some()
    });
}
