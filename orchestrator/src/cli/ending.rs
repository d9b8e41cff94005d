//! What a run says when it has ended, on one screen: which pool for which jobs, then how sure that is, then where there is more.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;

use crate::analysis::brief::named;
use crate::analysis::condition::condition_in_brief;
use crate::analysis::overview::failures;
use crate::analysis::pasted::pasted;
use crate::analysis::table::{Style, blocks, columns as beside, prose};
use crate::analysis::{Data, RunLevel, load};
use crate::models::decide::untold;
use crate::models::decision::{Line, lines};
use crate::models::ratings::{PARTS, Ratings, Rule, ratings};
use crate::models::table;
use crate::plan::SMOKE_BLOCKS;

/// The most lines of a run's end, of the 40 that a screen has.
const LINES: usize = 36;
/// Fields that are shown where there is room.
const MOST_FIELDS: usize = 10;
/// And whatever else there is to say.
const FEWEST_FIELDS: usize = 4;
/// The best of each rating.
const NAMED: usize = 5;

/// What is printed when a run has ended, at most 40 lines of this width.
pub fn at_the_end(path: &Path, columns: usize) -> Result<String> {
    let data = load(path)?;
    if data.groups.is_empty() {
        return Ok("no finished block yet; `poolbench resume` goes on with the run".to_owned());
    }
    let level = RunLevel::of(&data)?;
    let lines = lines(&data, &level)?;
    let lines: Vec<Line> = lines.into_iter().filter(|line| line.fill.is_none()).collect();
    let answer = table::answer(&lines).unwrap_or_else(|| untold_at_all(&data, &lines));
    let answer = prose(Style::Terminal(columns), &answer);
    let below = below(path, &data, &level, &lines, columns)?;
    // Two empty lines, the head of the table, and what says that there are more fields.
    let taken = answer.lines().count() + below.lines().count() + 4;
    let shown = pick(&lines, LINES.saturating_sub(taken).clamp(FEWEST_FIELDS, MOST_FIELDS));
    let mut text = format!("{answer}\n\n{}\n", table::text(&shown, columns));
    if shown.len() < lines.len() {
        writeln!(text, " and {} more fields: poolbench decide{}", lines.len() - shown.len(), named(path))?;
    }
    Ok(format!("{text}\n{below}"))
}

/// Why there is no answer.
fn untold_at_all(data: &Data, lines: &[Line]) -> String {
    if lines.iter().all(|line| line.take.is_empty()) {
        return format!("No trial was ok in {} blocks.", data.blocks);
    }
    "Too few blocks to say which pool is best; the lowest mean of each field is shown (?).".to_owned()
}

/// So many fields, in their order: of each bottleneck and length those with the most jobs first.
fn pick(lines: &[Line], limit: usize) -> Vec<&Line> {
    let before = |at: usize| lines[at + 1..].iter().filter(|other| lines[at].is_beside(other)).count();
    let mut order: Vec<usize> = (0..lines.len()).collect();
    order.sort_by_key(|at| before(*at));
    order.truncate(limit);
    order.sort_unstable();
    order.into_iter().map(|at| &lines[at]).collect()
}

/// What is said under the table.
fn below(path: &Path, data: &Data, level: &RunLevel, lines: &[Line], columns: usize) -> Result<String> {
    let stars = stars(&ratings(data, level, Rule::Doubling)?, columns);
    let mut sure = condition_in_brief(data, level);
    if data.blocks < SMOKE_BLOCKS {
        sure.push(format!("Smoke only: under {SMOKE_BLOCKS} blocks nothing can be said about differences."));
    }
    sure.extend(untold(data, lines).map(|text| format!("{text}.")));
    let read = "median, worst: the median pool and the slowest take so many times as long as the best. Stars: 5 for the best, one less for each doubling.";
    let mut said = vec![("read", read.to_owned()), ("sure", sure.join(" "))];
    said.extend(failures(data).map(|text| ("not ok", text)));
    let dir = named(path);
    said.push((
        "more",
        format!(
            "the whole table, ties and stars: {}\nevery figure: {}\na page with pictures: {}",
            pasted(&format!("poolbench decide{dir}")),
            pasted(&format!("poolbench summary{dir} --all")),
            pasted(&format!("poolbench report{dir}"))
        ),
    ));
    let stars = if stars.is_empty() { stars } else { format!("{stars}\n\n") };
    Ok(stars + &blocks(columns, &said))
}

/// The best of each rating that the run has.
fn stars(ratings: &Ratings, columns: usize) -> String {
    let mut rows: Vec<[String; 2]> = Vec::new();
    for (at, (jobs, measure)) in PARTS.into_iter().enumerate() {
        let best = ratings.best_of(at, NAMED).into_iter().map(|(pool, part)| format!("{pool} {}", part.text()));
        rows.push([format!("{jobs}, {measure}"), best.collect::<Vec<_>>().join(", ")]);
    }
    let overall = ratings.pools.iter().filter_map(|one| Some(format!("{} {}", one.pool, one.overall?)));
    rows.push(["overall".to_owned(), overall.take(NAMED).collect::<Vec<_>>().join(", ")]);
    rows.retain(|[_, best]| best.contains(", "));
    beside(columns, rows.into_iter().map(|[what, best]| [format!("stars {what}"), best]))
}
