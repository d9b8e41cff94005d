//! All pools in one list: the geometric mean of each pool's ratio to the best, over the cells of a run.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use harness::human;
use serde::Serialize;

use super::data::{Data, Group, Measure, Series, Setup};
use super::names::Names;
use super::table::{Style, prose, table};
use super::twin::Equals;
use crate::stats::{Placed, Ranking, rank};

/// The ranks of a run in one measure.
pub(crate) struct Ranks {
    measure: Measure,
    /// What is ranked: a pool, and its policy and workers where it has several.
    names: Vec<String>,
    groups: Vec<Group>,
    ranking: Ranking,
}

/// One pool's place for programs; what it has none of is not there.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Place {
    measure: &'static str,
    /// Over which cells: `all`, or the name of a group of them.
    cells: &'static str,
    pool: String,
    score: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    /// The best place that it may have, from 1.
    best: Option<usize>,
    /// The worst.
    worst: Option<usize>,
}

/// Ranks the setups of a run that have the same pool, chunk and window in every group, and as many workers where a pool has
/// several numbers of them. Pools closer to each other than equal pools differ share a rank.
pub(crate) fn ranks(data: &Data, measure: Measure, equals: &Equals, seed: u64) -> Result<Ranks> {
    let short = Names::of(data);
    let mut names: Vec<String> = Vec::new();
    for setup in data.groups.values().flat_map(|setups| setups.keys()).filter(|setup| !setup.is_twin()) {
        let name = short.short(setup);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let values = |name: &String, setups: &BTreeMap<Setup, Series>| -> Vec<Option<f64>> {
        let found = setups.iter().find(|(setup, _)| short.short(setup) == *name);
        found.map_or_else(Vec::new, |(_, series)| series.by_block(measure, data.blocks))
    };
    let of_pool = |name| data.groups.values().map(|setups| values(name, setups)).collect();
    let all: Vec<Vec<Vec<Option<f64>>>> = names.iter().map(of_pool).collect();
    let mut ranking = rank(&all, data.alpha, seed).context("ranking the pools")?;
    tie_within(&mut ranking.placed, equals.mean_reach(data.groups.keys()));
    Ok(Ranks { measure, names, groups: data.groups.keys().cloned().collect(), ranking })
}

impl Ranks {
    /// For people.
    pub(crate) fn text(&self, data: &Data, style: Style) -> Result<String> {
        let Self { measure, names, groups, ranking } = self;
        let mut text = format!(
            "{} over {} cells, as a multiple of the best in each\n(by medians: a score below 1 is as good as that)\n",
            measure.word(),
            groups.len()
        );
        let rows = ranking.placed.iter().map(|placed| {
            let shared = ranking.placed.iter().filter(|other| other.rank == placed.rank).count() > 1;
            vec![
                names[placed.pool].clone(),
                format!("{}{}", placed.rank, if shared { " (tie)" } else { "" }),
                human::factor(placed.score),
                format!("{} to {}", human::factor(placed.interval.low()), human::factor(placed.interval.high())),
            ]
        });
        let level = format!("{} % interval", 100.0 * data.alpha.confidence());
        let rows: Vec<Vec<String>> = rows.collect();
        writeln!(text, "{}", table(style, &["pool", "rank", "score", &level], &rows))?;
        for lacking in &ranking.incomplete {
            let cells: Vec<String> = lacking.missing.iter().map(|cell| groups[*cell].to_string()).collect();
            let (shown, more) =
                (cells.iter().take(3).cloned().collect::<Vec<_>>().join("; "), cells.len().saturating_sub(3));
            let more = if more > 0 { format!("; and {more} more") } else { String::new() };
            let said = format!("not ranked: {} has too few values in {shown}{more}", names[lacking.pool]);
            writeln!(text, "{}", prose(style, &said))?;
        }
        for sentence in data.without_memory().iter().filter(|_| measure.is_memory()) {
            writeln!(text, "{}", prose(style, sentence))?;
        }
        Ok(text)
    }

    /// For programs: those with a place, in its order, then the others.
    pub(crate) fn places(&self) -> Vec<Place> {
        let none = |pool: usize| Place {
            measure: self.measure.key(),
            cells: "all",
            pool: self.names[pool].clone(),
            score: None,
            low: None,
            high: None,
            best: None,
            worst: None,
        };
        let placed = self.ranking.placed.iter().map(|placed| Place {
            score: Some(placed.score),
            low: Some(placed.interval.low()),
            high: Some(placed.interval.high()),
            best: Some(placed.rank),
            worst: Some(placed.rank),
            ..none(placed.pool)
        });
        placed.chain(self.ranking.incomplete.iter().map(|lacking| none(lacking.pool))).collect()
    }
}

/// Gives neighbours in the list one rank unless their scores are further apart than `reach`, a logarithm.
fn tie_within(placed: &mut [Placed], reach: f64) {
    for at in 1..placed.len() {
        let before = placed[at - 1];
        if placed[at].rank != before.rank && (placed[at].score / before.score).ln() <= reach {
            let rank = placed[at].rank;
            placed[at..].iter_mut().filter(|one| one.rank == rank).for_each(|one| one.rank = before.rank);
        }
    }
}
