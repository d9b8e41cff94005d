//! `poolbench new-guest`: writes a pool in another language that keeps the contract as it is, and says how to go on.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command, value_parser};

use super::templates::{LANGUAGES, Language};
use crate::check::shell;
use crate::pools::{self, PREFIX, TWIN};
use crate::process::tell;

/// The command line.
pub(super) fn command() -> Command {
    let words: Vec<&str> = LANGUAGES.iter().map(|language| language.word).collect();
    Command::new("new-guest")
        .about("Writes a pool in another language into a new folder, ready to be checked, run and changed")
        .arg(
            Arg::new("language")
                .value_name("LANGUAGE")
                .help("What it is written in")
                .value_parser(PossibleValuesParser::new(words))
                .required(true),
        )
        .arg(
            Arg::new("dir")
                .value_name("DIR")
                .help("A folder that is not there yet, or empty; the pool is called as it is")
                .value_parser(value_parser!(PathBuf))
                .required(true),
        )
        .after_help(
            "Examples:\n  poolbench new-guest python pools/mine\n  poolbench new-guest go /tmp/steal-half\n\n\
             It holds a pool of threads behind one queue, the module that speaks the protocol, the language's plain loop to be \
             held against, and the list for --pools-from. The three commands that it prints build, check and run it.\n\n\
             Exit codes: 0 it is written; 2 it is not, and why.",
        )
}

/// Writes it; what to do next.
pub(super) fn run(matches: &ArgMatches) -> Result<String> {
    let word = matches.get_one::<String>("language").context("no language")?;
    let dir = matches.get_one::<PathBuf>("dir").context("no folder")?;
    let language = LANGUAGES.iter().find(|language| language.word == word).context("no such language")?;
    let making = || format!("making a guest in {}", dir.display());
    let name = name(dir, language).with_context(making)?;
    write(dir, language, &name).with_context(making)?;
    let (tools, install) = language.tools;
    let missing: Vec<&str> = tools.iter().copied().filter(|tool| !is_in_path(tool)).collect();
    if !missing.is_empty() {
        tell(format_args!("not in PATH: {}; {install}", missing.join(", ")));
    }
    Ok(next(dir, language, &name))
}

/// The pool's name: that of its folder.
fn name(dir: &Path, language: &Language) -> Result<String> {
    let name = dir.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let is_name = name.bytes().next().is_some_and(letter) && name.bytes().all(|b| letter(b) || b"._-".contains(&b));
    ensure!(
        is_name,
        "the pool is called as its folder, and '{name}' is no name: use a-z, 0-9, '.', '_' and '-', such as my-pool"
    );
    ensure!(!name.ends_with(TWIN), "names that end in '{TWIN}' are those of A/A twins: give the folder another");
    let is_taken = name == language.base || pools::own_folder()?.join(format!("{PREFIX}{name}")).exists();
    ensure!(!is_taken, "there is a pool '{name}' already: give the folder another name");
    Ok(name)
}

fn write(dir: &Path, language: &Language, name: &str) -> Result<()> {
    match fs::read_dir(dir) {
        Ok(mut entries) => ensure!(entries.next().is_none(), "it is there and not empty: name a new folder"),
        Err(cause) if cause.kind() == ErrorKind::NotFound => {}
        Err(cause) if cause.kind() == ErrorKind::NotADirectory => bail!("it is there and no folder: name a new one"),
        Err(cause) => return Err(cause).context("looking into it"),
    }
    for file in language.files {
        let path = dir.join(file.path);
        let folder = path.parent().context("a file is in a folder")?;
        fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
        fs::write(&path, file.text(name)).with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(())
}

/// The commands to go on with, as they can be pasted into a shell.
fn next(dir: &Path, language: &Language, name: &str) -> String {
    let Language { name: language_name, pool, base, is_built, command, .. } = language;
    let folder = dir.to_string_lossy();
    let list = dir.join("pools.toml");
    let poolbench = env::args_os().next().unwrap_or_else(|| "poolbench".into());
    let own = |words: &[&str]| {
        let words = words.iter().map(OsString::from);
        shell(&[poolbench.clone()].into_iter().chain(words).collect::<Vec<_>>())
    };
    let listed = list.to_string_lossy();
    let command: Vec<String> = command.iter().map(|part| part.replace("DIR", &folder)).collect();
    let command: Vec<&str> = ["check-pool"].into_iter().chain(command.iter().map(String::as_str)).collect();
    let begin = if *is_built {
        shell(&["make".into(), "-C".into(), dir.into()])
    } else {
        own(&["list", "--pools-from", &listed, name])
    };
    let pools = format!("{name},{base},crossbeam");
    let run =
        ["run", "--pools-from", &listed, "--pools", &pools, "--workload", "factor", "--jobs", "20000", "--blocks", "6"];
    format!(
        "{} is the pool '{name}' in {language_name}; change it, and go on with\n  {begin}\n  {}\n  {}",
        dir.join(pool).display(),
        own(&command),
        own(&run)
    )
}

fn is_in_path(program: &str) -> bool {
    env::var_os("PATH").iter().flat_map(env::split_paths).any(|folder| folder.join(program).is_file())
}
