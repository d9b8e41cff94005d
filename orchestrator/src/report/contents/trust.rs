//! What went wrong, and how far the run can be trusted.

use std::collections::BTreeMap;

use anyhow::Result;

use super::reported::{Run, section};
use crate::analysis::condition::condition;
use crate::analysis::loops;
use crate::analysis::overview::failures;
use crate::analysis::passage::{Cells, Passage};
use crate::analysis::table::Style;
use crate::plan::SMOKE_BLOCKS;
use crate::record::notes;
use crate::report::document::{Part, Section, sentence};

const HOW: &str = "A twin is a pool that runs a second time under another name, so that nothing but chance tells the two apart: where a \
                   run calls twins different more often than chance does, its claims are held back. A trial is disturbed where other \
                   programs or the hypervisor took more than a fiftieth of the cores meanwhile. Cores are slow where a neighbour \
                   works on the same processor.";

/// The section.
pub(super) fn part(run: &Run) -> Result<Section> {
    let mut said: Vec<String> = Vec::new();
    if run.data.blocks < SMOKE_BLOCKS {
        said.push(format!("Smoke only: under {SMOKE_BLOCKS} blocks nothing can be said about differences."));
    }
    said.extend(condition(run.data, run.level, Style::Markdown)?.lines().map(sentence));
    said.extend(loops::sentences(run.data));
    said.push(failures(run.data).unwrap_or_else(|| "Every trial was ok.".to_owned()));
    let left_out: Vec<String> = run.about.plan.left_out.iter().map(|said| without_folders(said)).collect();
    let left_out = Part::list(left_out)
        .map(|list| Part::Folded("Cells that were asked for and could not be run".to_owned(), vec![list]));
    let parts = [Part::list(said), went_wrong(run)?, left_out, Some(Part::How(HOW.to_owned()))];
    Ok(section("trust", "What went wrong", parts.into_iter().flatten()))
}

/// How trials ended that were not ok, and what the first of each kind said.
fn went_wrong(run: &Run) -> Result<Option<Part>> {
    let mut ends: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for (setup, series) in run.data.groups.values().flatten() {
        for (status, count) in &series.not_ok {
            *ends.entry((&setup.pool, status)).or_default() += count;
        }
    }
    if ends.is_empty() {
        return Ok(None);
    }
    let messages = notes::messages(run.path, &run.about.plan.run)?;
    let row = |((pool, status), count): ((&str, &str), u64)| {
        let first = messages.get(&(pool.to_owned(), status.to_owned()));
        let first = first.map_or(String::new(), |text| without_folders(text));
        vec![pool.to_owned(), status.to_owned(), count.to_string(), first]
    };
    let rows = ends.into_iter().map(row).collect();
    let table = Cells::new(&["pool", "ended", "trials", "the first one said"], rows);
    Ok(Some(Part::Table(Passage { heading: "Trials that were not ok".to_owned(), table, below: Vec::new() })))
}

/// A text without the folders of the machine that it comes from: of every absolute path the last name stays.
fn without_folders(text: &str) -> String {
    let ends = |c: char| c.is_whitespace() || "\"'`<>()[]{},;:|".contains(c);
    let mut kept = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('/') {
        let (before, from) = rest.split_at(at);
        kept.push_str(before);
        let path = &from[..from.find(ends).unwrap_or(from.len())];
        // What follows a word is a fraction or part of an address.
        let begins = before.chars().next_back().or(kept.chars().next_back()).is_none_or(|c| ends(c) || c == '=');
        let is_address = before.ends_with(':') && path.starts_with("//");
        match path.rsplit_once('/') {
            Some((folders, name)) if begins && !is_address && !folders.is_empty() => {
                kept.push_str(".../");
                kept.push_str(name);
            }
            _ => kept.push_str(path),
        }
        rest = &from[path.len()..];
    }
    kept + rest
}

#[cfg(test)]
mod tests {
    use super::without_folders;

    #[test]
    fn of_an_absolute_path_the_last_name_stays() {
        assert_eq!(without_folders("/home/me/pools/pool-a: gone (see '/tmp/x/y')"), ".../pool-a: gone (see '.../y')");
        assert_eq!(without_folders("file=/etc/passwd"), "file=.../passwd");
        for same in ["1/2 of 3/4", "http://127.0.0.1:80/a/b", "a/b/c", "/", "", "no / path"] {
            assert_eq!(without_folders(same), same);
        }
    }
}
