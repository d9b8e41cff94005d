//! What the documents say of the program holds: the tables of docs/CSV.md, the sections of docs/POOLS.md, and every link.

use std::fs;
use std::path::{Path, PathBuf};

use harness::columns::{COLUMNS, IS_NUMBER, MEANINGS};
use harness::{Info, Kind};
use orchestrator::pools;
use orchestrator::pools::wire::Description;
use orchestrator::trial::status::Status;

const CSV: &str = include_str!("../../docs/CSV.md");
const POOLS: &str = include_str!("../../docs/POOLS.md");

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
fn the_header_is_that_of_schema_2() {
    assert_eq!(COLUMNS.join(","), include_str!("snapshots/trials-header.txt").trim_end());
}

#[test]
fn the_table_of_summary_csv_has_its_columns() {
    let rows = rows_under("## summary.csv");
    let written: Vec<_> = rows.iter().map(|cells| cells[0]).collect();
    assert_eq!(written.join(","), include_str!("snapshots/summary-header.txt").trim_end());
}

#[test]
fn every_status_is_explained() {
    let rows = rows_under("## Statuses");
    let written: Vec<_> = rows.iter().map(|cells| cells[0]).collect();
    assert_eq!(written, Status::ALL.map(|(_, word)| word));
}

#[test]
fn every_pool_has_its_section_and_no_other_has_one() {
    let pools = default_pools();
    let bases: Vec<&Description> = pools.iter().filter(|about| about.variant_of.is_empty()).collect();
    for about in &bases {
        let section = section(&about.name).unwrap_or_else(|| panic!("docs/POOLS.md has no section '{}'", about.name));
        let (heading, body) = section;
        assert_eq!(heading.to_lowercase(), about.kind, "'{}' stands under another kind", about.name);
        assert_eq!(body.trim_start().lines().next(), Some(facts(about).as_str()), "the first line of '{}'", about.name);
        assert!(
            body.split_whitespace().count() > facts(about).split_whitespace().count() + 20,
            "{}: no prose",
            about.name
        );
    }
    for about in pools.iter().filter(|about| !about.variant_of.is_empty()) {
        let (_, body) = section(&about.variant_of).unwrap_or_else(|| panic!("no section '{}'", about.variant_of));
        let line = variant(about);
        assert!(body.lines().any(|written| written == line), "'{}' should have the line\n{line}", about.variant_of);
    }
    let headings = POOLS.lines().filter_map(|line| line.strip_prefix("### "));
    let stray: Vec<&str> = headings.filter(|heading| bases.iter().all(|about| about.name != *heading)).collect();
    assert!(stray.is_empty(), "sections of pools that are not there: {stray:?}");
}

/// The pools that are built by default; a variant with another allocator is built only if asked for.
fn default_pools() -> Vec<Description> {
    let folder = Path::new(env!("CARGO_BIN_EXE_poolbench")).parent().expect("an executable is in a folder");
    let pools = pools::find_in(folder, None).expect("pools lie beside poolbench; `make test` builds them");
    let about = pools.pools.into_values().map(|pool| pool.description);
    about.filter(|about| about.allocator == Info::DEFAULT.allocator).collect()
}

/// The kind under which the pool's section stands, and what is in it.
fn section(name: &str) -> Option<(&'static str, &'static str)> {
    let kinds = Kind::ALL.map(|(_, word)| word);
    let chapters = POOLS.split("\n## ").filter_map(|chapter| chapter.split_once('\n'));
    let chapters = chapters.filter(|(title, _)| kinds.contains(&title.to_lowercase().as_str()));
    let mut sections = chapters.flat_map(|(title, text)| text.split("\n### ").skip(1).map(move |text| (title, text)));
    sections.find_map(|(title, text)| Some((title, text.strip_prefix(name)?.strip_prefix('\n')?)))
}

/// The first line of a pool's section.
fn facts(about: &Description) -> String {
    let mirrors = if about.mirrors.is_empty() { String::new() } else { format!("; stands for `{}`", about.mirrors) };
    format!("*{}.* Kind `{}`, library `{}`{mirrors}.", about.title, about.kind, about.library)
}

/// The line of a variant in its pool's section.
fn variant(about: &Description) -> String {
    let mirrors = if about.mirrors.is_empty() { String::new() } else { format!("; stands for `{}`", about.mirrors) };
    format!("* `{}`: {}{mirrors}.", about.name, about.title)
}

/// `make test` builds unit tests of libraries, and of programs only where it names them.
#[test]
fn make_test_names_every_program_with_tests_of_its_own() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let makefile = fs::read_to_string(root.join("Makefile")).expect("there is a Makefile");
    let crates = fs::read_dir(root.join("crates")).expect("there are crates").flatten().map(|entry| entry.path());
    let programs = crates.chain([root.join("server")]).filter(|path| !path.join("src/lib.rs").is_file());
    let has_tests = |path: &Path| {
        let mut sources = fs::read_dir(path.join("src")).expect("a crate has sources").flatten();
        sources.any(|file| fs::read_to_string(file.path()).is_ok_and(|text| text.contains("#[cfg(test)]")))
    };
    for path in programs.filter(|path| has_tests(path)) {
        let name = path.file_name().expect("a folder has a name").to_string_lossy().into_owned();
        assert!(makefile.contains(&format!("--bin {name} ")), "make test does not run the tests of {name}");
    }
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

const MAP: &str = include_str!("../../docs/ARCHITECTURE.md");

#[test]
fn the_map_has_every_room_and_no_other() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let entries = fs::read_dir(&source).expect("the sources are there").flatten().map(|entry| entry.path());
    let mut rooms: Vec<String> = entries
        .filter(|path| path.is_dir())
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    let section = MAP.split("\n## ").find(|section| section.starts_with("The rooms")).expect("the map has its rooms");
    let mut named: Vec<&str> =
        section.lines().filter_map(|line| Some(line.strip_prefix("| `")?.split_once('`')?.0)).collect();
    rooms.sort();
    named.sort_unstable();
    assert_eq!(named, rooms);
}

#[test]
fn a_room_of_the_map_imports_only_from_rooms_below_it() {
    let section = MAP.split("\n## ").find(|section| section.starts_with("The rooms")).expect("the map has its rooms");
    let rooms: Vec<&str> =
        section.lines().filter_map(|line| Some(line.strip_prefix("| `")?.split_once('`')?.0)).collect();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (floor, room) in rooms.iter().enumerate() {
        for file in files(&source.join(room)) {
            let text = fs::read_to_string(&file).expect("a source can be read");
            // `crate::a::..`, and `crate::{a, b::..}`.
            let lists = text.split("crate::").skip(1).map(|rest| rest.strip_prefix('{').unwrap_or(rest));
            let heads = lists.flat_map(|rest| rest.split([';', '}']).next().unwrap_or_default().split(','));
            let imports: Vec<&str> = heads.map(|head| head.trim().split("::").next().unwrap_or_default()).collect();
            let above = rooms[..floor].iter().find(|above| imports.contains(*above));
            assert_eq!(above, None, "{} imports from a room that stands above it", file.display());
        }
    }
}

#[test]
fn every_file_that_the_map_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let words = MAP.split('`').skip(1).step_by(2).filter(|word| word.contains('/') && !word.contains(' '));
    let mut named = 0;
    for word in words {
        let is_there = match word.split_once('*') {
            Some((begin, _)) => {
                let (folder, begin) = begin.rsplit_once('/').expect("a folder holds them");
                let entries = fs::read_dir(root.join(folder)).expect("the folder is there");
                entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with(begin))
            }
            // The way a row takes is told within the orchestrator.
            None => root.join(word).exists() || root.join("orchestrator/src").join(word).exists(),
        };
        assert!(is_there, "the map names {word}");
        named += 1;
    }
    assert!(named > 30, "only {named} are named");
}

/// All sources in a folder and below it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of sources").flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
