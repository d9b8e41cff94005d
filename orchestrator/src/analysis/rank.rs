//! All pools in one list: the geometric mean of each pool's ratio to the best, over the cells of a run.

use std::fmt::{self, Write as _};

use anyhow::{Context as _, Result};

use super::data::{Data, Group, Measure, Setup};
use super::table::{Style, table};
use super::twin::Equals;
use crate::stats::{Placed, rank};

/// What is ranked: a pool, and its policy and workers where it has several.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Name {
    pool: String,
    policy: Option<(String, String)>,
    workers: Option<u64>,
}

/// Ranks the setups of a run that have the same pool, chunk and window in every group, and as many workers where a pool has
/// several numbers of them. Pools closer to each other than equal pools differ share a rank.
pub(crate) fn render(data: &Data, measure: Measure, equals: &Equals, seed: u64) -> Result<String> {
    let names = names(data);
    let groups: Vec<&Group> = data.groups.keys().collect();
    let values: Vec<Vec<Vec<Option<f64>>>> =
        names.iter().map(|name| groups.iter().map(|group| values(data, name, group, measure)).collect()).collect();
    let mut ranking = rank(&values, data.alpha, seed).context("ranking the pools")?;
    tie_within(&mut ranking.placed, equals.mean_reach(data.groups.keys()));
    let mut text = format!(
        "{} over {} cells, as a multiple of the best in each (by medians: a score below 1 is as good as that)\n",
        measure.word(),
        groups.len()
    );
    let rows = ranking.placed.iter().map(|placed| {
        let shared = ranking.placed.iter().filter(|other| other.rank == placed.rank).count() > 1;
        vec![
            names[placed.pool].to_string(),
            format!("{}{}", placed.rank, if shared { " (tie)" } else { "" }),
            format!("{:.2}", placed.score),
            format!("{:.2} to {:.2}", placed.interval.low(), placed.interval.high()),
        ]
    });
    let level = format!("{} % interval", 100.0 * data.alpha.confidence());
    writeln!(text, "{}", table(Style::Terminal, &["pool", "rank", "score", &level], rows.collect()))?;
    for lacking in &ranking.incomplete {
        let cells: Vec<String> = lacking.missing.iter().map(|cell| groups[*cell].to_string()).collect();
        let (shown, more) =
            (cells.iter().take(3).cloned().collect::<Vec<_>>().join("; "), cells.len().saturating_sub(3));
        let more = if more > 0 { format!("; and {more} more") } else { String::new() };
        writeln!(text, "not ranked: {} has too few values in {shown}{more}", names[lacking.pool])?;
    }
    for sentence in data.without_memory().iter().filter(|_| measure.is_memory()) {
        writeln!(text, "{sentence}")?;
    }
    Ok(text)
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

fn names(data: &Data) -> Vec<Name> {
    let mut names: Vec<Name> = Vec::new();
    let setups = || data.groups.values().flat_map(|setups| setups.keys()).filter(|setup| !setup.is_twin());
    let policy = |setup: &Setup| (setup.chunk.clone(), setup.window.clone());
    for setup in setups() {
        let several = setups().any(|other| other.pool == setup.pool && policy(other) != policy(setup));
        let name = Name {
            pool: setup.pool.clone(),
            policy: several.then(|| policy(setup)),
            workers: data.varies_workers(&setup.pool).then_some(setup.workers),
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

impl Name {
    fn is_of(&self, setup: &Setup) -> bool {
        self.pool == setup.pool
            && self.policy.as_ref().is_none_or(|(chunk, window)| (chunk, window) == (&setup.chunk, &setup.window))
            && self.workers.is_none_or(|workers| workers == setup.workers)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.pool)?;
        self.workers.map_or(Ok(()), |workers| write!(f, " w {workers}"))?;
        self.policy.as_ref().map_or(Ok(()), |(chunk, window)| write!(f, " chunk {chunk} window {window}"))
    }
}

fn values(data: &Data, name: &Name, group: &Group, measure: Measure) -> Vec<Option<f64>> {
    let found = data.groups[group].iter().find(|(setup, _)| name.is_of(setup));
    found.map_or_else(Vec::new, |(_, series)| series.by_block(measure, data.blocks))
}
