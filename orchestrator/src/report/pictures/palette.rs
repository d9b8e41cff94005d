//! Which pools share a panel: colours tell seven apart and no more, so that many are drawn by kind with the rest greyed.

use std::collections::BTreeMap;

use harness::Kind;

use crate::analysis::Data;

/// The colours that people tell apart.
pub(super) const MOST_COLOURS: usize = 7;

/// The same colour, dash and marker for a pool in all pictures of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Palette {
    /// Title and pools of each panel; the title of one that stands alone is empty.
    panels: Vec<(String, Vec<String>)>,
}

impl Palette {
    /// Of all pools of a run, without twins.
    pub(super) fn of(data: &Data) -> Self {
        let all = data.groups.values().flatten().filter(|(setup, _)| !setup.is_twin());
        Self::for_pools(&all.map(|(setup, series)| (setup.pool.clone(), series.kind.clone())).collect())
    }

    fn for_pools(kinds: &BTreeMap<String, String>) -> Self {
        if kinds.len() <= MOST_COLOURS {
            return Self { panels: vec![(String::new(), kinds.keys().cloned().collect())] };
        }
        let mut by_kind: BTreeMap<(usize, &str), Vec<String>> = BTreeMap::new();
        for (pool, kind) in kinds {
            let place = Kind::ALL.iter().position(|(_, word)| word == kind).unwrap_or(usize::MAX);
            by_kind.entry((place, kind)).or_default().push(pool.clone());
        }
        let (large, mut small): (Vec<_>, Vec<_>) =
            by_kind.into_iter().partition(|(_, pools)| pools.len() > MOST_COLOURS);
        let mut panels: Vec<(String, Vec<String>)> =
            large.into_iter().flat_map(|((_, kind), pools)| parts(kind, &pools)).collect();
        // Small kinds share panels, the largest first: the sort is stable, so equals stay in the order of lists.
        small.sort_by_key(|(_, pools)| std::cmp::Reverse(pools.len()));
        let split = panels.len();
        for ((_, kind), pools) in small {
            match panels[split..].iter_mut().find(|(_, others)| others.len() + pools.len() <= MOST_COLOURS) {
                Some((title, others)) => {
                    title.push_str(", ");
                    title.push_str(kind);
                    others.extend(pools);
                }
                None => panels.push((kind.to_owned(), pools)),
            }
        }
        Self { panels }
    }

    /// Title and pools of each panel.
    pub(super) fn panels(&self) -> &[(String, Vec<String>)] {
        &self.panels
    }

    /// Whether all pools have a colour of their own.
    pub(super) fn is_whole(&self) -> bool {
        self.panels.len() == 1
    }
}

/// A kind of too many pools in parts of nearly equal size.
fn parts(kind: &str, pools: &[String]) -> Vec<(String, Vec<String>)> {
    let count = pools.len().div_ceil(MOST_COLOURS);
    let parts = pools.chunks(pools.len().div_ceil(count));
    parts.enumerate().map(|(at, pools)| (format!("{kind}, {} of {count}", at + 1), pools.to_vec())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_more_than_seven_colours_and_everybody_in_one_panel() {
        for count in [1, 5, 7, 8, 31, 40] {
            let kind = |at: usize| ["threads", "async", "green", "own"][if at.is_multiple_of(2) { 0 } else { at % 4 }];
            let kinds: BTreeMap<String, String> =
                (0..count).map(|at| (format!("p{at:02}"), kind(at).to_owned())).collect();
            let palette = Palette::for_pools(&kinds);
            assert!(palette.panels().iter().all(|(_, pools)| (1..=MOST_COLOURS).contains(&pools.len())), "{palette:?}");
            assert_eq!(palette.is_whole(), count <= MOST_COLOURS);
            let mut all: Vec<&String> = palette.panels().iter().flat_map(|(_, pools)| pools).collect();
            all.sort();
            assert_eq!(all, kinds.keys().collect::<Vec<_>>());
        }
    }

    #[test]
    fn small_kinds_share_a_panel() {
        let kinds = [("a", "green"), ("b", "serial"), ("c", "async"), ("d", "async")]
            .map(|(pool, kind)| (pool.to_owned(), kind.to_owned()));
        let threads = (0..8).map(|at| (format!("t{at}"), "threads".to_owned()));
        let palette = Palette::for_pools(&kinds.into_iter().chain(threads).collect());
        let titles: Vec<&str> = palette.panels().iter().map(|(title, _)| title.as_str()).collect();
        assert_eq!(titles, ["threads, 1 of 2", "threads, 2 of 2", "async, serial, green"]);
    }
}
