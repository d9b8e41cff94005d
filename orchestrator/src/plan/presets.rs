//! Where presets come from: those of `data/presets` are part of the program, and files add to them or stand in for one.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use harness::nearest;

use crate::process::tell;

/// Below the current folder: presets of the user's own.
const FOLDER: &str = "data/presets";

macro_rules! built_in {
    ($($name:literal)+) => {
        /// The presets that are part of the program, by name.
        const BUILT_IN: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../../data/presets/", $name, ".toml"))),)+];
    };
}

built_in! {
    "all" "blog-sleep" "chunks" "granularity" "languages" "large-compute" "large-network" "memory" "python" "quick"
    "seed-2016" "skew" "small-compute" "small-network" "so-map" "windows" "workers"
}

/// A preset's text.
#[derive(Debug)]
pub(super) struct Source {
    /// Its name.
    pub(super) name: String,
    /// Where it comes from, for people.
    pub(super) place: String,
    /// What it says.
    pub(super) text: String,
}

/// Finds the preset called `name`, or reads the file if `name` is a path to one. A file in `data/presets` here goes before
/// one of the program's own, and that is said if it is another.
pub(super) fn find(named: &Path) -> Result<Source> {
    let name = &*named.to_string_lossy();
    let is_file = named.extension().is_some_and(|extension| extension == "toml");
    let path = if is_file { named.to_owned() } else { Path::new(FOLDER).join(format!("{name}.toml")) };
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let place = path.display().to_string();
    let own = BUILT_IN.iter().find(|(known, _)| !is_file && *known == name);
    match (fs::read_to_string(&path), own) {
        (Ok(text), own) => {
            if own.is_some_and(|(_, built_in)| *built_in != text) {
                tell(format_args!("preset {name}: {place} stands in for poolbench's own"));
            }
            Ok(Source { name: stem, place, text })
        }
        (Err(cause), Some((name, text))) if cause.kind() == ErrorKind::NotFound => {
            Ok(Source { name: (*name).to_owned(), place: (*name).to_owned(), text: (*text).to_owned() })
        }
        (Err(cause), None) if cause.kind() == ErrorKind::NotFound => bail!("{}", unknown(name)),
        (Err(cause), _) => Err(cause).with_context(|| format!("reading the preset {place}")),
    }
}

/// The names of all presets: the program's own, and those of the files here.
pub fn names() -> Result<Vec<String>> {
    let mut names: Vec<String> = BUILT_IN.iter().map(|(name, _)| (*name).to_owned()).collect();
    match fs::read_dir(FOLDER) {
        Ok(entries) => {
            let paths = entries.flatten().map(|entry| entry.path());
            let presets = paths.filter(|path| path.extension().is_some_and(|extension| extension == "toml"));
            names.extend(presets.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())));
        }
        Err(cause) if cause.kind() == ErrorKind::NotFound => {}
        Err(cause) => return Err(cause).with_context(|| format!("listing {FOLDER}")),
    }
    names.sort();
    names.dedup();
    Ok(names)
}

fn unknown(name: &str) -> String {
    let names = names().unwrap_or_default();
    let alike = nearest(name, names.iter().map(String::as_str));
    let hint = if alike.is_empty() { String::new() } else { format!("did you mean {}? ", alike.join(" or ")) };
    format!("unknown preset '{name}': {hint}There are {}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_part_of_the_program() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(FOLDER);
        let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let mut files: Vec<String> = paths.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
        files.sort();
        assert_eq!(files, BUILT_IN.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    }
}
