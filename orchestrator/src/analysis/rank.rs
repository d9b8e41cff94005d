//! All pools in one list: the geometric mean of each pool's ratio to the best, over the cells of a run.

use std::fmt::Write as _;

use anyhow::{Context as _, Result};

use super::data::{Data, Group, Measure, Setup};
use super::table::{Style, table};
use crate::stats::{Alpha, rank};

/// Ranks the setups of a run that have the same pool, chunk and window in every group.
pub(crate) fn render(data: &Data, measure: Measure, seed: u64) -> Result<String> {
    let names = names(data);
    let groups: Vec<&Group> = data.groups.keys().collect();
    let values: Vec<Vec<Vec<Option<f64>>>> =
        names.iter().map(|name| groups.iter().map(|group| values(data, name, group, measure)).collect()).collect();
    let ranking = rank(&values, Alpha::FIVE_PERCENT, seed).context("ranking the pools")?;
    let mut text = format!("{} over {} cells, as a multiple of the best in each\n", measure.word(), groups.len());
    let rows = ranking.placed.iter().map(|placed| {
        let shared = ranking.placed.iter().filter(|other| other.rank == placed.rank).count() > 1;
        vec![
            names[placed.pool].join(" "),
            format!("{}{}", placed.rank, if shared { " (tie)" } else { "" }),
            format!("{:.2}", placed.score),
            format!("{:.2} to {:.2}", placed.interval.low(), placed.interval.high()),
        ]
    });
    writeln!(text, "{}", table(Style::Terminal, &["pool", "rank", "score", "95 % interval"], rows.collect()))?;
    for lacking in &ranking.incomplete {
        let cells: Vec<String> = lacking.missing.iter().map(|cell| groups[*cell].to_string()).collect();
        let (shown, more) =
            (cells.iter().take(3).cloned().collect::<Vec<_>>().join("; "), cells.len().saturating_sub(3));
        let more = if more > 0 { format!("; and {more} more") } else { String::new() };
        writeln!(text, "not ranked: {} has too few values in {shown}{more}", names[lacking.pool].join(" "))?;
    }
    for sentence in data.without_memory().iter().filter(|_| measure.is_memory()) {
        writeln!(text, "{sentence}")?;
    }
    Ok(text)
}

/// Pools by name; with chunk and window where one pool has several.
fn names(data: &Data) -> Vec<Vec<String>> {
    let mut names: Vec<Vec<String>> = Vec::new();
    let setups = || data.groups.values().flat_map(|setups| setups.keys()).filter(|setup| !setup.is_twin());
    for setup in setups() {
        let several = setups().any(|other| other.pool == setup.pool && policy(other) != policy(setup));
        let mut name = vec![setup.pool.clone()];
        name.extend(several.then(|| format!("chunk {}", setup.chunk)));
        name.extend(several.then(|| format!("window {}", setup.window)));
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn policy(setup: &Setup) -> (&str, &str) {
    (&setup.chunk, &setup.window)
}

fn values(data: &Data, name: &[String], group: &Group, measure: Measure) -> Vec<Option<f64>> {
    let matches = |setup: &Setup| {
        let policy = [format!("chunk {}", setup.chunk), format!("window {}", setup.window)];
        setup.pool == name[0] && (name.len() == 1 || name[1..] == policy)
    };
    let found = data.groups[group].iter().find(|(setup, _)| matches(setup));
    found.map_or_else(Vec::new, |(_, series)| series.by_block(measure, data.blocks))
}
