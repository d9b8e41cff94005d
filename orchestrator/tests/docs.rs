//! What the documents say of the program holds: the tables of docs/CSV.md, and every link.

use std::fs;
use std::path::{Path, PathBuf};

use harness::columns::{COLUMNS, IS_NUMBER, MEANINGS};
use orchestrator::status::Status;

const CSV: &str = include_str!("../../docs/CSV.md");

#[test]
fn the_table_of_columns_is_the_harness_word_for_word() {
    let types = COLUMNS.iter().zip(IS_NUMBER).map(|(name, is_number)| holds(name, *is_number));
    let meanings = MEANINGS.iter().map(|meaning| meaning.trim());
    let right: Vec<_> = COLUMNS.iter().copied().zip(types).zip(meanings).collect();
    let rows = rows_under("## Columns");
    let written: Vec<_> = rows.iter().map(|cells| ((cells[0], cells[1]), cells[2])).collect();
    assert_eq!(written, right);
}

#[test]
fn the_header_is_that_of_schema_1() {
    assert_eq!(COLUMNS.join(","), include_str!("snapshots/trials-header.txt").trim_end());
}

#[test]
fn every_status_is_explained() {
    let rows = rows_under("## Statuses");
    let written: Vec<_> = rows.iter().map(|cells| cells[0]).collect();
    assert_eq!(written, Status::ALL.map(|(_, word)| word));
}

#[test]
fn every_link_leads_somewhere() {
    let documents = documents();
    assert!(documents.len() > 4, "README.md and docs/ are there: {documents:?}");
    for document in documents {
        let text = fs::read_to_string(&document).expect("a document can be read");
        for link in links(&text) {
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { document.clone() } else { document.with_file_name(file) };
            assert!(target.exists(), "{} links to {link}, which does not exist", document.display());
            if !heading.is_empty() {
                let headings = headings(&fs::read_to_string(&target).expect("a linked document can be read"));
                assert!(headings.iter().any(|h| h == heading), "{}: no heading for {link}", document.display());
            }
        }
    }
}

/// What a column's cells hold, as the table says it.
fn holds(name: &str, is_number: bool) -> &'static str {
    match name {
        _ if !is_number => "word",
        _ if name.ends_with("_ns") => "ns",
        _ if name.ends_with("_bytes") => "bytes",
        _ => "number",
    }
}

/// The cells of the table rows between `heading` and the next one of its level; the first cell without its backquotes.
fn rows_under(heading: &str) -> Vec<Vec<&'static str>> {
    let lines = CSV.lines().skip_while(|line| *line != heading).skip(1).take_while(|line| !line.starts_with("## "));
    let rows = lines.filter_map(|line| line.strip_prefix("| `")?.strip_suffix(" |"));
    rows.map(|row| row.splitn(3, " | ").map(|cell| cell.trim_end_matches('`')).collect()).collect()
}

fn documents() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let docs = fs::read_dir(root.join("docs")).expect("there is a folder docs").flatten().map(|entry| entry.path());
    let markdown = docs.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    markdown.chain([root.join("README.md")]).collect()
}

/// The targets of links that stay in the repository.
fn links(text: &str) -> Vec<&str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
    targets.filter(|target| !target.contains("://")).collect()
}

/// The anchors of all headings, as Markdown viewers make them: lower case, without punctuation, `-` for spaces.
fn headings(text: &str) -> Vec<String> {
    let kept = |c: &char| c.is_alphanumeric() || " -_".contains(*c);
    let titles = text.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    titles.map(|title| title.to_lowercase().chars().filter(kept).collect::<String>().replace(' ', "-")).collect()
}
