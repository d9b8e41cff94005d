//! Which runs a command is about: their folders, and the lines that its answer begins with.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::ArgMatches;

use crate::record::about::About;
use crate::record::folder;

/// Whether the answer is read by people on a terminal: no JSON was asked for.
pub(crate) fn is_for_people(matches: &ArgMatches) -> bool {
    !matches!(matches.try_get_one::<bool>("json"), Ok(Some(true)))
}

/// A line for each run that the arguments name, or for the latest.
pub(crate) fn headings(matches: &ArgMatches) -> Result<String> {
    let named: Vec<&Path> = ["dir", "dirs", "base", "new"].iter().flat_map(|name| paths(matches, name)).collect();
    let named = if named.is_empty() { vec![None] } else { named.into_iter().map(Some).collect() };
    let marks: &[&str] = if named.len() == 2 { &["A: ", "B: "] } else { &[""] };
    let line =
        |(path, mark): (Option<&Path>, &&str)| Ok(format!("{mark}{}\n", About::read(&folder::find(path)?)?.heading()));
    named.into_iter().zip(marks).map(line).collect()
}

/// The folders that an argument names, if the command has it.
pub(crate) fn paths<'a>(matches: &'a ArgMatches, name: &str) -> impl Iterator<Item = &'a Path> {
    let values = matches.try_get_many::<PathBuf>(name).ok().flatten();
    values.into_iter().flatten().map(PathBuf::as_path)
}

/// The folder that an argument names, or that of the latest run.
pub(crate) fn folder_of(matches: &ArgMatches, name: &str) -> Result<PathBuf> {
    folder::find(paths(matches, name).next())
}
