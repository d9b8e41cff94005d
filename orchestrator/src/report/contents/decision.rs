//! Which pool for which jobs: the decision table and the ratings.

use anyhow::Result;

use super::reported::{Run, section};
use crate::analysis::passage::{Cells, Passage};
use crate::models::decide::{stars, under_the_stars, under_the_table, untold};
use crate::models::decision::{Line, lines};
use crate::models::ratings::{self, Rule};
use crate::models::table;
use crate::report::document::{Part, Section, long};

/// The table.
pub(super) fn table(run: &Run) -> Result<Section> {
    let lines = lines(run.data, run.level)?;
    let (lacking, known): (Vec<Line>, Vec<Line>) = lines.into_iter().partition(|line| line.fill.is_some());
    let answer = table::answer(&known).or_else(|| untold(run.data, &known).map(|said| said + "."));
    let mut how = under_the_table(run.data, &known);
    how.retain(|(word, _)| *word != "not ok");
    let ties = table::ties(&known, usize::MAX).into_iter().map(|(field, pools)| vec![field, pools]).collect::<Vec<_>>();
    let fills = lacking.iter().filter_map(|line| Some(vec![line.name(), format!("`{}`", line.fill.clone()?)]));
    let fills: Vec<Vec<String>> = fills.collect();
    let folded = |title: String, header: [&str; 2], rows: Vec<Vec<String>>| {
        let table = Passage { table: Cells::new(&header, rows), ..Passage::default() };
        (!table.table.rows.is_empty()).then(|| Part::Folded(title, vec![Part::Table(table)]))
    };
    let lacks = format!("Jobs that this run has no data of, and what would measure them: {}", fills.len());
    let parts = [
        Some(Part::Say(answer.unwrap_or_else(|| "No trial was ok, so no pool is best.".to_owned()))),
        Some(Part::Table(Passage { table: table::cells(&known), ..Passage::default() })),
        Some(Part::Legend(how)),
        folded("All pools that tie, the lowest mean first".to_owned(), ["jobs", "as good as the best"], ties),
        folded(lacks, ["jobs", "command"], fills),
    ];
    Ok(section("decision", "Decision table", parts.into_iter().flatten()))
}

/// The stars.
pub(super) fn ratings(run: &Run) -> Result<Section> {
    let ratings = ratings::ratings(run.data, run.level, Rule::Doubling)?;
    let mut table = stars(&ratings);
    // Who has no star at all is named below.
    table.rows.retain(|row| row[1..].iter().any(|cell| cell != "-"));
    let passage = Passage { table, ..Passage::default() };
    let mut parts = long(passage);
    parts.push(Part::Legend(under_the_stars(run.data, &ratings)));
    Ok(section("ratings", "Ratings", parts))
}
