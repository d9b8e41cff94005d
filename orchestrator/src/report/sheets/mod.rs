//! `poolbench export`: a run for spreadsheets and documents.

mod european;
mod markdown;
mod pictures;
mod wide;
mod workbook;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use crate::analysis::condition::unchecked;
use crate::analysis::{Data, load};
use crate::record::{file, folder, products};

/// The command line.
pub fn command() -> Command {
    let form = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).help(help).action(ArgAction::SetTrue).conflicts_with_all(
            ["wide", "xlsx", "excel-eu", "markdown"].into_iter().filter(|other| *other != name).collect::<Vec<_>>(),
        )
    };
    let path = |arg: Arg, value| arg.value_name(value).value_parser(value_parser!(PathBuf));
    Command::new("export")
        .about("A run for spreadsheets and documents: a file a picture, a workbook with charts, Markdown")
        .after_help(
            "Files lie in the run's folder unless --out names another place; trials.csv and summary.csv open in any \
             spreadsheet as they are.\n\nExamples:\n  poolbench export --xlsx\n  poolbench export --wide --out pictures\n  \
             poolbench export data/results/mine --markdown > RESULTS.md",
        )
        .arg(path(Arg::new("dir"), "DIR").help("A run's folder [default: the latest]"))
        .arg(form("wide", "A CSV a picture: jobs down, pools across, low and high ends beside them"))
        .arg(form("xlsx", "A workbook: the answer, every trial, and charts with error bars"))
        .arg(form("excel-eu", "trials and summary with semicolons and decimal commas"))
        .arg(form("markdown", "Command, machine, configuration and all tables, on stdout"))
        .arg(
            path(Arg::new("out").long("out"), "PATH")
                .help("Where to: a folder, of --xlsx the file [default: the run's folder, unless it is a recorded run]")
                .conflicts_with("markdown"),
        )
}

/// Writes what was asked for; the text for stdout.
pub fn run(matches: &ArgMatches) -> Result<String> {
    let run = folder::find(matches.get_one::<PathBuf>("dir").map(PathBuf::as_path))?;
    let asked = |form: &str| matches.get_flag(form);
    ensure!(
        ["wide", "xlsx", "excel-eu", "markdown"].into_iter().any(asked),
        "export takes one of --wide, --xlsx, --excel-eu and --markdown"
    );
    if asked("markdown") {
        return markdown::text(&run);
    }
    let data = finished(&run)?;
    let place = |name: &str| match matches.get_one::<PathBuf>("out") {
        Some(out) => Ok(out.clone()),
        None => {
            products::folder(&run).map(|folder| if name.is_empty() { folder.to_owned() } else { folder.join(name) })
        }
    };
    let written = if asked("wide") {
        wide::write(&data, &place("wide")?)?
    } else if asked("excel-eu") {
        european::write(&run, &data, &place("")?)?
    } else {
        workbook::write(&run, &data, &place("run.xlsx")?)?
    };
    // What is in a file that travels alone is not said there.
    let mut text = unchecked(&data).map_or(String::new(), |said| said + "\n");
    for path in written {
        writeln!(text, "wrote {}", path.display())?;
    }
    Ok(text)
}

/// The rows of a run that has something to show.
fn finished(run: &Path) -> Result<Data> {
    let data = load(run)?;
    ensure!(
        !data.groups.is_empty(),
        "{} has no finished block yet, so there is nothing to export; `poolbench resume {}` goes on with it",
        run.display(),
        run.display()
    );
    Ok(data)
}

/// Writes text files into a folder, which is made.
fn write_all(folder: &Path, files: impl IntoIterator<Item = (String, String)>) -> Result<Vec<PathBuf>> {
    std::fs::create_dir_all(folder).with_context(|| format!("making the folder {}", folder.display()))?;
    let write = |(name, text): (String, String)| {
        let path = folder.join(name);
        file::replace(&path, &text).map(|()| path)
    };
    files.into_iter().map(write).collect()
}
