//! What a run says in brief: the answer first, a line for each cell, then how sure it is, then where there is more.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use harness::human;

use super::best::{Best, best};
use super::condition::condition_in_brief;
use super::data::{Data, float};
use super::level::RunLevel;
use super::measure::Measure;
use super::overview::{failures, memory};
use super::pasted::pasted;
use super::rank;
use super::table::{Style, blocks, fitted, table};
use crate::plan::SMOKE_BLOCKS;
use crate::record::folder;

/// From this width on the slowest is named as well.
const ROOMY: usize = 100;
/// Names of pools in one line of a list.
const NAMES: usize = 3;

/// What `summary` prints without any flag.
pub(crate) fn overview_of(path: &Path, data: &Data, columns: usize) -> Result<String> {
    overview(path, data, &RunLevel::of(data)?, columns)
}

/// The same where the level is known.
pub(super) fn overview(path: &Path, data: &Data, level: &RunLevel, columns: usize) -> Result<String> {
    if data.groups.is_empty() {
        return Ok("no finished block yet; `poolbench resume` goes on with the run".to_owned());
    }
    let found = best(data, level)?;
    let answer = wrapped(&answer(&found, data), columns);
    let below = blocks(columns, &said(path, data, level, &found)?);
    let shown: Vec<&Best> = found.iter().collect();
    Ok(format!("{answer}\n\n{}\n\n{below}", cells(&shown, columns)))
}

/// In how many cells which pools are the fastest or as good as that.
fn answer(found: &[Best], data: &Data) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for one in found {
        for name in one.as_good.iter().flatten().chain([&one.pool]) {
            *counts.entry(name).or_default() += 1;
        }
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    // The sort is stable, so names stay in order.
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    if counts.is_empty() {
        return format!("No trial was ok in {}.", counted(data.blocks, "block"));
    }
    let is_told = found.iter().any(|one| one.as_good.is_some());
    let what = if is_told { "Fastest, or not told from the fastest" } else { "Lowest median" };
    let list = counts.iter().take(NAMES).enumerate().map(|(at, (name, count))| match at {
        0 => format!("{name} in {count} of {}", counted(found.len() as u64, "cell")),
        _ => format!("{name} in {count}"),
    });
    let others = counts.len().saturating_sub(NAMES);
    let others = if others > 0 { format!("; {others} others in no more") } else { String::new() };
    format!("{what}: {}{others} ({}).", list.collect::<Vec<_>>().join(", "), counted(data.blocks, "block"))
}

/// So many of something.
fn counted(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// A line for each cell.
fn cells(found: &[&Best], columns: usize) -> String {
    let row = |one: &Best, room: usize| {
        let batch = human::time(one.median_ns);
        let worst = one.worst_permille.zip(one.worst.as_ref());
        vec![
            format!("{} x {}", one.workload, one.jobs),
            cut(&one.pool),
            if one.jobs > 0 { human::time_each(one.median_ns, one.jobs) } else { format!("{batch} a batch") },
            as_good(one, room),
            worst.map_or(String::new(), |(permille, name)| {
                let name = if columns >= ROOMY { format!(" {}", cut(name)) } else { String::new() };
                format!("x {}{name}", human::factor(float(permille) / 1000.0))
            }),
        ]
    };
    let header = ["workload x jobs", "fastest", "a job", "as good", "slowest"];
    let with = |room| found.iter().map(|one| row(one, room)).collect::<Vec<_>>();
    // The names of those that tie take what the others leave.
    let bare = table(Style::Terminal(usize::MAX), &header, &with(0));
    let taken = bare.lines().map(|line| line.chars().count()).max().unwrap_or(0);
    let room = with(0).iter().map(|row| row[3].chars().count()).max().unwrap_or(0).max(header[3].len());
    table(Style::Terminal(usize::MAX), &header, &with((columns + room).saturating_sub(taken)))
}

/// The names that tie, as many as fit, and how many more.
fn as_good(one: &Best, room: usize) -> String {
    match &one.as_good {
        None => "?".to_owned(),
        Some(names) => fitted(&names.iter().map(|name| cut(name)).collect::<Vec<_>>(), NAMES, room),
    }
}

/// A name that leaves room for others.
fn cut(name: &str) -> String {
    const MOST: usize = 22;
    if name.chars().count() <= MOST { name.to_owned() } else { name.chars().take(MOST - 2).collect::<String>() + ".." }
}

/// The first places over all cells; nothing where they say no more than the line of the only cell.
fn places(data: &Data, level: &RunLevel) -> Result<Option<String>> {
    const NAMED: usize = 5;
    // Over several kinds of machines it would be of none of them; it is said below that `rank` has one for each.
    if data.nodes.kinds() > 1 {
        return Ok(None);
    }
    let Some(ranks) = rank::ranks(data, level, Measure::Time)?.into_iter().next() else { return Ok(None) };
    let first = ranks.first(NAMED);
    let of = format!("in time over all {} cells", data.groups.len());
    Ok((data.groups.len() > 1 && first.len() > 1).then(|| format!("{of}: {}.", first.join(", "))))
}

/// What is said under the cells: each a heading and its text.
fn said(path: &Path, data: &Data, level: &RunLevel, found: &[Best]) -> Result<Vec<(&'static str, String)>> {
    let mut said = Vec::new();
    said.extend(places(data, level)?.map(|text| ("places", text)));
    said.extend(memory(data).map(|text| ("memory", text)));
    let mut sure = condition_in_brief(data, level);
    sure.extend(ties(data, found));
    said.push(("sure", sure.join(" ")));
    said.extend(failures(data).map(|text| ("not ok", text)));
    let dir = named(path);
    let mut more = vec![format!("every figure: {}", pasted(&format!("poolbench summary{dir} --all")))];
    // Two that are worth holding against each other: the best and one that ties, else the slowest.
    let other = |one: &Best| one.as_good.iter().flatten().next().or(one.worst.as_ref()).cloned();
    if let Some((one, other)) = found.iter().find_map(|one| Some((&one.pool, other(one)?))) {
        more.push(format!("all pools in one list: {}", pasted(&format!("poolbench rank{dir}"))));
        let (one, other) = (pool(one), pool(&other));
        let two = || pasted(&format!("poolbench compare{dir} --pools {one},{other}"));
        more.extend((one != other).then(|| format!("two of them: {}", two())));
    }
    said.push(("more", more.join("\n")));
    Ok(said)
}

/// How the ties are to be taken, or why there are none; nothing where there is nothing to compare.
fn ties(data: &Data, found: &[Best]) -> Option<String> {
    let untold: Vec<&Best> = found.iter().filter(|one| one.as_good.is_none()).collect();
    let said = match untold.iter().map(|one| one.fewest_blocks).max() {
        Some(fewest) => {
            let (draws, would_do) = data.would_do(fewest as u64);
            let draws = counted(data.draws(), draws.trim_end_matches('s'));
            let cells = counted(untold.len() as u64, "cell");
            Some(format!("{draws} are too few to tell in {cells} which pools tie (?), {would_do}."))
        }
        None if found.iter().all(|one| one.worst.is_none()) => None,
        None => Some("`as good`: not beyond doubt slower in the same blocks.".to_owned()),
    };
    let smoke = (data.blocks < SMOKE_BLOCKS)
        .then(|| format!("Smoke only: under {SMOKE_BLOCKS} blocks nothing can be said about differences."));
    let text: Vec<String> = smoke.into_iter().chain(said).collect();
    (!text.is_empty()).then(|| text.join(" "))
}

/// The pool of a setup that has a longer name.
fn pool(name: &str) -> &str {
    name.split(' ').next().unwrap_or(name)
}

/// The folder as a further word of a command, unless that means it anyway.
pub(crate) fn named(path: &Path) -> String {
    let is_latest = folder::find(None).ok().and_then(|latest| latest.canonicalize().ok()) == path.canonicalize().ok();
    if is_latest { String::new() } else { format!(" {}", path.display()) }
}

/// A sentence in lines of this width.
fn wrapped(text: &str, columns: usize) -> String {
    blocks(columns, &[("", text.to_owned())])
}
