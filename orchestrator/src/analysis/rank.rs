//! The places that pools may have: over all cells of a run, over those that compute or wait, and over each workload.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result};
use harness::human;
use serde::Serialize;

use super::data::{Data, Group, Series, Setup};
use super::level::RunLevel;
use super::measure::Measure;
use super::names::Names;
use super::passage::{Cells, Passage};
use crate::stats::{BadSample, Incomplete, Interval, Place, Places, fewest_blocks, places_of, scores_of};

/// All cells of a run as one group.
const ALL: &str = "all";

/// The places in one measure over one group of cells.
#[derive(Debug)]
pub(crate) struct Ranks {
    measure: Measure,
    /// Which cells: `all`, `computing`, `waiting`, or a workload.
    cells: String,
    /// What has a place: a pool, and its policy and workers where it has several.
    names: Vec<String>,
    groups: Vec<Group>,
    places: Places,
}

/// One pool's place for programs; what it has none of is not there.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Record {
    measure: &'static str,
    cells: String,
    pool: String,
    score: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    /// The best place that it may have, from 1.
    best: Option<usize>,
    /// The worst.
    worst: Option<usize>,
}

/// The places over all cells, then over each group of them. Setups have one that have the same pool, chunk and window in every
/// cell, and as many workers where a pool has several numbers of them.
pub(crate) fn ranks(data: &Data, level: &RunLevel, measure: Measure) -> Result<Vec<Ranks>> {
    let names = Names::of(data);
    groups_of_cells(data)
        .into_iter()
        .map(|(cells, groups)| of_cells(data, level, measure, &names, cells, &groups))
        .collect()
}

/// The names of the groups and what is in each; groups with all cells, or with none, are not made.
fn groups_of_cells(data: &Data) -> Vec<(String, Vec<&Group>)> {
    let all: Vec<&Group> = data.groups.keys().collect();
    let (waiting, computing): (Vec<&Group>, Vec<&Group>) = all.iter().copied().partition(|group| group.waits());
    let workloads: BTreeSet<String> = all.iter().map(|group| group.workload_and_param()).collect();
    let of_workload = |name: &String| all.iter().copied().filter(|group| group.workload_and_param() == *name).collect();
    let parts = [("computing".to_owned(), computing), ("waiting".to_owned(), waiting)];
    let parts = parts.into_iter().chain(workloads.iter().map(|name| (name.clone(), of_workload(name))));
    let parts = parts.filter(|(_, cells)| !cells.is_empty() && cells.len() < all.len()).collect::<Vec<_>>();
    [(ALL.to_owned(), all.clone())].into_iter().chain(parts).collect()
}

/// The places over these cells, under this name.
pub(crate) fn of_cells(
    data: &Data,
    level: &RunLevel,
    measure: Measure,
    short: &Names,
    cells: String,
    groups: &[&Group],
) -> Result<Ranks> {
    made(data, measure, short, cells, groups, |size, values| {
        places_of(size, values, data.alpha, level.widening(measure), data.nodes.drawn())
    })
}

/// The same for who asks for the scores only: any pool may have any place.
pub(crate) fn scores_of_cells(
    data: &Data,
    level: &RunLevel,
    measure: Measure,
    short: &Names,
    groups: &[&Group],
) -> Result<Ranks> {
    made(data, measure, short, String::new(), groups, |size, values| {
        scores_of(size, values, data.alpha, level.widening(measure), data.nodes.drawn())
    })
}

/// Values by pool and cell.
type Values<'a> = &'a dyn Fn(usize, usize) -> Vec<Option<f64>>;

fn made(
    data: &Data,
    measure: Measure,
    short: &Names,
    cells: String,
    groups: &[&Group],
    place: impl Fn((usize, usize), Values) -> Result<Places, BadSample>,
) -> Result<Ranks> {
    let setups = groups.iter().flat_map(|group| data.groups[*group].keys()).filter(|setup| !setup.is_twin());
    let names: BTreeSet<String> = setups.map(|setup| short.short(setup)).collect();
    let values = |name: &String, setups: &BTreeMap<Setup, Series>| -> Vec<Option<f64>> {
        let found = setups.iter().find(|(setup, _)| short.short(setup) == *name);
        found.map_or_else(Vec::new, |(_, series)| series.by_block(measure, data.blocks))
    };
    let names: Vec<String> = names.into_iter().collect();
    let values = |pool: usize, cell: usize| values(&names[pool], &data.groups[groups[cell]]);
    let size = (names.len(), groups.len());
    let places = place(size, &values).context("placing the pools")?;
    let groups = groups.iter().map(|group| (*group).clone()).collect();
    Ok(Ranks { measure, cells, names, groups, places })
}

/// Which of the groups is meant; an error names those that there are.
pub(crate) fn shown(ranks: &[Ranks], cells: Option<&str>) -> Result<usize> {
    let wanted = cells.unwrap_or(ALL);
    let known = || ranks.iter().map(|one| one.cells.as_str()).collect::<Vec<_>>().join(", ");
    let found = ranks.iter().position(|one| one.cells == wanted);
    found.with_context(|| format!("--cells {wanted}: the run has no such group of cells; it has {}", known()))
}

/// For people: the places over the group `shown`, beside those over what computes and what waits.
pub(crate) fn passage(data: &Data, ranks: &[Ranks], shown: usize) -> Passage {
    let Ranks { measure, cells, names, groups, places } = &ranks[shown];
    let of = if cells == ALL { String::new() } else { format!(" of {cells}") };
    let count = if groups.len() == 1 { "1 cell".to_owned() } else { format!("{} cells", groups.len()) };
    let beside: Vec<&Ranks> = ["computing", "waiting"]
        .iter()
        .filter(|_| cells == ALL)
        .filter_map(|name| ranks.iter().find(|one| one.cells == *name))
        .collect();
    let interval = format!("{} % interval", 100.0 * data.alpha.confidence());
    let mut header = vec!["pool", "place", "score", &interval];
    header.extend(beside.iter().map(|one| one.cells.as_str()));
    let row = |name: &String, place: Option<&Place>| {
        let mut row = vec![name.clone()];
        row.push(place.map_or("-".to_owned(), range));
        row.push(place.and_then(|place| place.score).map_or(String::new(), human::factor));
        let interval = place.and_then(|place| place.interval);
        row.push(interval.map_or(String::new(), |interval| {
            format!("{} to {}", human::factor(interval.low()), human::factor(interval.high()))
        }));
        row.extend(beside.iter().map(|one| one.place_of(name).map_or("-".to_owned(), range)));
        row
    };
    let placed = places.placed.iter().map(|place| row(&names[place.pool], Some(place)));
    let lacking = places.incomplete.iter().map(|lacking| row(&names[lacking.pool], None));
    Passage {
        heading: format!("{} over the {count}{of}", measure.word()),
        table: Cells::new(&header, placed.chain(lacking).collect()),
        below: said(data, &ranks[shown]),
    }
}

/// What a reader of the table must know, a sentence each.
fn said(data: &Data, ranks: &Ranks) -> Vec<String> {
    let Ranks { measure, names, groups, places, .. } = ranks;
    let apart = places.pairs.iter().filter(|pair| pair.is_apart).count();
    let mut said = Vec::new();
    let fewest = fewest_blocks(places.pairs.len().max(1), data.alpha) as u64;
    if data.draws() < fewest {
        let (draws, would_do) = data.would_do(fewest);
        said.push(format!("{} {draws} put no pool before another here; {would_do}.", data.draws()));
    } else if places.pairs.is_empty() {
        said.push(
            "There is nothing to put in order: it takes two pools that have every one of these cells.".to_owned(),
        );
    } else {
        said.push(format!(
            "{apart} of {} pairs are beyond doubt apart. A place is a range: from one more than the pools surely ahead. score = \
             geometric mean of the ratios to the best of each cell; below 1 it is as good as that.",
            places.pairs.len()
        ));
    }
    said.extend(places.incomplete.iter().map(|lacking| without(lacking, names, groups)));
    said.extend(data.without_memory().into_iter().filter(|_| measure.is_memory()));
    said
}

/// Why a pool has no place.
fn without(lacking: &Incomplete, names: &[String], groups: &[Group]) -> String {
    let cells: Vec<String> = lacking.missing.iter().map(|cell| groups[*cell].to_string()).collect();
    let more = cells.len().saturating_sub(2);
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    format!("No place for {}: too few values in {}{more}.", names[lacking.pool], cells[..cells.len().min(2)].join("; "))
}

/// A place as people read it: `1`, or `2 to 4`.
fn range(place: &Place) -> String {
    if place.best == place.worst { place.best.to_string() } else { format!("{} to {}", place.best, place.worst) }
}

impl Ranks {
    /// Those with a place, by their scores.
    pub(crate) fn placed(&self) -> impl Iterator<Item = (&str, &Place)> {
        self.places.placed.iter().map(|place| (self.names[place.pool].as_str(), place))
    }

    /// Those without one, and the cells in which they have too few values.
    pub(crate) fn incomplete(&self) -> impl Iterator<Item = (&str, Vec<&Group>)> {
        let cells = |lacking: &Incomplete| lacking.missing.iter().map(|cell| &self.groups[*cell]).collect();
        self.places.incomplete.iter().map(move |lacking| (self.names[lacking.pool].as_str(), cells(lacking)))
    }

    /// The first so many pools with their places.
    pub(crate) fn first(&self, many: usize) -> Vec<String> {
        let first = self.places.placed.iter().take(many);
        first.map(|place| format!("{} {}", self.names[place.pool], range(place))).collect()
    }

    fn place_of(&self, name: &String) -> Option<&Place> {
        self.places.placed.iter().find(|place| self.names[place.pool] == *name)
    }

    /// For programs: those with a place, in its order, then the others.
    pub(crate) fn places(&self) -> Vec<Record> {
        let none = |pool: usize| Record {
            measure: self.measure.key(),
            cells: self.cells.clone(),
            pool: self.names[pool].clone(),
            score: None,
            low: None,
            high: None,
            best: None,
            worst: None,
        };
        let placed = self.places.placed.iter().map(|place| Record {
            score: place.score,
            low: place.interval.map(Interval::low),
            high: place.interval.map(Interval::high),
            best: Some(place.best),
            worst: Some(place.worst),
            ..none(place.pool)
        });
        placed.chain(self.places.incomplete.iter().map(|lacking| none(lacking.pool))).collect()
    }
}
