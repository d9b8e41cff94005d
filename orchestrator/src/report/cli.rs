//! `poolbench report`: its command line, and the files that it writes.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::document::{Document, Shown};
use super::{contents, html, markdown, pictures};
use crate::record::{file, folder, products};

const ABOUT: &str =
    "A run or a race as one page that needs no network: the answer, pictures, every figure; or two runs side by side";
const AFTER: &str = "The page is report.html in the run's folder, --markdown makes report.md, and --svg a file for each \
                     picture. It names no folder of this machine.\n\nExamples:\n  poolbench report\n  poolbench report \
                     data/results/mine --out mine.html\n  poolbench report --markdown --svg pictures\n  poolbench report \
                     data/results/before data/results/after";
const OUT: &str = "Where to [default: report.html or report.md in the run's folder, of two runs in the second's; a recorded run takes none]";

/// The command line.
pub fn command() -> Command {
    let path = |arg: Arg, value| arg.value_name(value).value_parser(value_parser!(PathBuf));
    let flag = |name: &'static str| Arg::new(name).long(name);
    let runs = path(Arg::new("dirs"), "DIR").num_args(0..=2);
    Command::new("report")
        .about(ABOUT)
        .after_help(AFTER)
        .arg(runs.help("A run's folder [default: the latest], or two to hold side by side"))
        .arg(path(flag("out"), "FILE").help(OUT))
        .arg(flag("markdown").help("As Markdown").action(ArgAction::SetTrue))
        .arg(path(flag("svg"), "FOLDER").help("Every picture as a file of its own; with --markdown linked from there"))
        .arg(flag("host").value_name("NAME").help("What the machine is called in it [default: as in the run]"))
        .arg(flag("across-machines").help("Two runs of different machines all the same").action(ArgAction::SetTrue))
}

/// Writes what was asked for; the text for stdout.
pub fn run(matches: &ArgMatches) -> Result<String> {
    let named: Vec<&PathBuf> = matches.get_many("dirs").into_iter().flatten().collect();
    let host = matches.get_one::<String>("host").map(String::as_str);
    ensure!(host.is_none_or(harness::columns::is_word), "--host takes a word of a-z, 0-9, '.', '_', '-'");
    let runs: Vec<PathBuf> = match named.as_slice() {
        [] => vec![folder::find(None)?],
        some => some.iter().map(|dir| folder::find(Some(dir))).collect::<Result<_>>()?,
    };
    let document = match runs.as_slice() {
        [base, new] => {
            // A race has an answer of its own, and nothing else is claimed on its rows.
            runs.iter().try_for_each(|run| folder::claimable(run))?;
            contents::of_two(base, new, host, matches.get_flag("across-machines"))?
        }
        [race, ..] if folder::read_plan(race)?.race.is_some() => contents::of_race(race, host)?,
        runs => contents::of_run(&runs[0], host)?,
    };
    let last = &runs[runs.len() - 1];
    let (is_markdown, pictures) = (matches.get_flag("markdown"), matches.get_one::<PathBuf>("svg"));
    let mut written = Vec::new();
    if let Some(folder) = pictures {
        written.extend(write_pictures(&document, folder)?);
    }
    let out = matches.get_one::<PathBuf>("out");
    if is_markdown || out.is_some() || pictures.is_none() {
        let (name, text) = if is_markdown {
            ("report.md", markdown::text(&document, pictures.map(PathBuf::as_path)))
        } else {
            ("report.html", html::page(&document))
        };
        let path = out.map_or_else(|| products::folder(last).map(|folder| folder.join(name)), |out| Ok(out.clone()))?;
        file::replace(&path, &text)
            .with_context(|| format!("--out FILE names another place than {}", path.display()))?;
        written.push(path);
    }
    let mut text = String::new();
    for path in written {
        writeln!(text, "wrote {}", path.display())?;
    }
    Ok(text)
}

/// A file for each picture.
fn write_pictures(document: &Document, folder: &Path) -> Result<Vec<PathBuf>> {
    std::fs::create_dir_all(folder).with_context(|| format!("making the folder {}", folder.display()))?;
    let write = |one: &Shown| {
        let path = folder.join(format!("{}.svg", one.name));
        file::replace(&path, &pictures::stand_alone(&one.picture)).map(|()| path)
    };
    document.pictures().map(write).collect()
}
