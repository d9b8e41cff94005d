//! Guests: pools that a `--pools-from` file lists, each with its command and the files that it is made of.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{self, Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use harness::columns::is_word;
use serde::Deserialize;

use super::build::Globs;
use crate::process::plain;

/// A pool as a list has it.
#[derive(Clone, Debug)]
pub struct Guest {
    /// Its name, which `--describe` must give too.
    pub name: String,
    /// The command that runs it, before its arguments; words that name a file are whole paths.
    pub command: Vec<OsString>,
    /// What else it is made of.
    pub globs: Globs,
    /// The pool that its efficiency and overhead are held against: the plain loop of its own language.
    pub base: Option<String>,
    /// The command that makes what it is made of, for people: what to run where it cannot be started.
    pub build: Option<String>,
}

impl Guest {
    /// What to do where it cannot be run.
    pub fn needs(&self) -> String {
        match &self.build {
            Some(build) => format!("needs `{build}`"),
            None => "mend its command in the list, or what that runs".to_owned(),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    pool: Vec<Listed>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    name: String,
    command: Vec<String>,
    #[serde(default)]
    files: Vec<String>,
    base: Option<String>,
    build: Option<String>,
}

/// Reads the guests of a list.
pub fn read(list: &Path) -> Result<Vec<Guest>> {
    let reading = || format!("reading the pools in {}", list.display());
    let text = fs::read_to_string(list).with_context(reading)?;
    let List { pool } = toml::from_str(&text).with_context(reading)?;
    let whole = path::absolute(list).with_context(reading)?;
    let base = whole.parent().unwrap_or(Path::new("/")).to_owned();
    let guest = |Listed { name, command, files, base: loop_of_its_language, build }: Listed| {
        if let Some(wrong) = loop_of_its_language.iter().find(|base| base.is_empty() || !is_word(base)) {
            bail!("the base '{}' of pool '{}' is no word of [a-z0-9._:-]", plain::line(wrong), plain::line(&name));
        }
        let command = command.iter().enumerate().map(|(at, word)| resolve(at == 0, word, &base)).collect();
        let build = build.map(|build| plain::line(&build).into_owned());
        let globs = Globs { base: base.clone(), patterns: files };
        Ok(Guest { name, command, globs, base: loop_of_its_language, build })
    };
    pool.into_iter().map(guest).collect::<Result<_>>().with_context(reading)
}

/// The file that a word means, as a whole path: beside the list, and a program without a folder else in `PATH`. A word that
/// names no file stays as it is, so that nothing depends on where poolbench is called. Of a program only files that can be
/// run count.
fn resolve(is_program: bool, word: &str, base: &Path) -> OsString {
    let is_usable = |path: &PathBuf| {
        fs::metadata(path).is_ok_and(|data| data.is_file() && (!is_program || data.permissions().mode() & 0o111 != 0))
    };
    let elsewhere: Vec<PathBuf> = if is_program && !word.contains('/') {
        env::var_os("PATH").iter().flat_map(env::split_paths).map(|folder| folder.join(word)).collect()
    } else {
        Vec::new()
    };
    let places = path::absolute(base.join(word)).into_iter().chain(elsewhere);
    places.filter(|_| !word.is_empty()).find(is_usable).map_or_else(|| word.into(), PathBuf::into_os_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_files_beside_the_list_and_folders_hide_no_program() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir(path("sh")).unwrap();
        fs::write(path("cat"), "no program").unwrap();
        fs::write(path("guest.py"), "").unwrap();
        let resolve = |is_program, word: &str| PathBuf::from(resolve(is_program, word, folder.path()));
        assert!(resolve(true, "sh").is_file(), "a folder is no program");
        assert_ne!(resolve(true, "cat"), path("cat"), "what cannot be run is no program");
        assert_eq!(resolve(false, "guest.py"), path("guest.py"));
        assert_eq!(resolve(false, "sh"), Path::new("sh"));
        assert_eq!(resolve(true, "no-such-program"), Path::new("no-such-program"));
        fs::set_permissions(path("cat"), fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(resolve(true, "cat"), path("cat"));
        assert_eq!(resolve(false, ""), Path::new(""));
    }
}
