//! Finds the pools: every `pool-*` beside `poolbench` itself, and whatever a `--pools-from` file lists.

pub mod build;
pub mod guest;
mod lists;
pub mod runner;
pub mod wire;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use harness::nearest;

use crate::process::child::{Child, Heard};
use crate::process::limit;
use crate::process::reason::reason;
use build::{Build, Globs};
use guest::Guest;
use wire::Description;

/// The prefix of a pool's file name.
pub const PREFIX: &str = "pool-";
/// What the A/A twin's name adds to that of its pool; no pool may be called so.
pub const TWIN: &str = "-twin";
/// What stands for the base of a guest that has none: no pool can be called so.
pub const NO_BASE: &str = "-";
/// How long a pool may take to describe itself: a guest may have to start an interpreter.
const PATIENCE: Duration = Duration::from_secs(10);

/// A pool that can be run.
#[derive(Clone, Debug)]
pub struct Pool {
    /// What `--describe` says.
    pub description: Description,
    /// What it runs and is made of.
    pub build: Build,
    /// The entry of the list that names it: nobody finds it again without that list. Nothing for one beside poolbench.
    pub guest: Option<Guest>,
}

impl Pool {
    /// The pool that its efficiency and overhead are held against: of a guest what its list says, and [`NO_BASE`] where that
    /// says none; empty for `serial`.
    pub fn base(&self) -> &str {
        self.guest.as_ref().map_or("", |guest| guest.base.as_deref().unwrap_or(NO_BASE))
    }
}

/// All pools by name.
pub type Pools = BTreeMap<String, Pool>;

/// What was found: pools that can be run, and what calls itself one and is left out.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The pools by name.
    pub pools: Pools,
    /// What is left out, in the order in which it was found.
    pub left_out: Vec<LeftOut>,
}

/// What calls itself a pool and is left out. It stops no other, and is an error only where somebody names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The name by which somebody would ask for it: that of its file or in the list.
    pub name: String,
    /// The whole sentence: what is left out, why, and what to do. Names no folder, since it goes into the plan.
    pub sentence: String,
}

/// Finds and describes the pools beside this executable and those of the list; at least one.
pub fn find(list: Option<&Path>) -> Result<Found> {
    find_in(&own_folder()?, list)?.any()
}

/// Finds and describes the pools in `folder` and those of the list. One that cannot be used is left out with a sentence.
pub fn find_in(folder: &Path, list: Option<&Path>) -> Result<Found> {
    let mut found = Found::default();
    for path in executables(folder)? {
        found.add_file(path)?;
    }
    found.add_guests(list.map(guest::read).transpose()?.unwrap_or_default());
    Ok(found)
}

impl Found {
    /// Itself, or an error if there is no pool at all.
    pub fn any(self) -> Result<Self> {
        if self.pools.is_empty() {
            let reasons: Vec<&str> = self.left_out.iter().map(|out| out.sentence.as_str()).collect();
            ensure!(reasons.is_empty(), "no pool can be run: {}", reasons.join("; "));
            bail!("no pool-* executable lies beside poolbench; build them with `make`, or name some with --pools-from");
        }
        Ok(self)
    }

    /// Picks a pool by the name that somebody gave, or says why it is left out, or which names are near.
    pub fn pick(&self, name: &str) -> Result<&Pool> {
        if let Some(out) = self.left_out.iter().find(|out| out.name == name) {
            bail!("{}", out.sentence);
        }
        self.pools.get(name).with_context(|| unknown(name, &self.pools.keys().map(String::as_str).collect::<Vec<_>>()))
    }

    /// An error if nothing is called so. What is left out is known: a preset that names it goes on with the others.
    pub fn know(&self, name: &str) -> Result<()> {
        if self.has(name) { Ok(()) } else { self.pick(name).map(drop) }
    }

    /// Whether something is called so, be it usable or not.
    pub fn has(&self, name: &str) -> bool {
        self.pools.contains_key(name) || self.left_out.iter().any(|out| out.name == name)
    }

    /// Adds the guests of a list.
    pub fn add_guests(&mut self, guests: Vec<Guest>) {
        for guest in guests {
            let name = guest.name.clone();
            let what = format!("pool '{name}' of the list");
            let is_clash = self.pools.contains_key(&name);
            let needs = guest.needs();
            let pool = Build::read(guest.command.clone(), guest.globs.clone())
                .and_then(|build| Ok(Pool { guest: Some(guest), ..describe(build)? }));
            let pool = pool.map_err(|why| format!("{what} is left out, since it cannot be run: {why:#}; {needs}"));
            let checked = pool.and_then(|pool| match &pool.description.name {
                own if *own != name => {
                    Err(format!("{what} is left out: it calls itself '{own}'; give it the same name in both places"))
                }
                _ if is_clash => Err(format!(
                    "{what} is left out: there is another pool called '{name}'; rename the one in the list"
                )),
                _ => Ok(pool),
            });
            self.add(name, checked);
        }
    }

    /// Adds the pool that an executable `pool-NAME` is; fails where poolbench itself lacks what it takes to look.
    fn add_file(&mut self, path: PathBuf) -> Result<()> {
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let name = file.strip_prefix(PREFIX).unwrap_or(&file).to_owned();
        let pool = Build::read(vec![path.into()], Globs::default()).and_then(describe);
        if let Some((why, limit)) = pool.as_ref().err().and_then(|why| Some((why, limit::reached(why)?))) {
            bail!("poolbench itself has reached {limit}: {why:#}");
        }
        let pool = pool.map_err(|why| {
            format!("{file} is left out, since it is no pool that can be run: {why:#}; rebuild or delete it")
        });
        let checked = pool.and_then(|pool| match &pool.description.name {
            own if *own != name => Err(format!(
                "{file} is left out: it calls itself '{own}', and the file of that pool is called {PREFIX}{own}; rename it, or \
                 move it away"
            )),
            _ => Ok(pool),
        });
        self.add(name, checked);
        Ok(())
    }

    fn add(&mut self, name: String, pool: Result<Pool, String>) {
        match pool {
            Ok(_) if name.ends_with(TWIN) => {
                let sentence =
                    format!("pool '{name}' is left out: names that end in '{TWIN}' are those of A/A twins; rename it");
                self.left_out.push(LeftOut { name, sentence });
            }
            Ok(pool) => drop(self.pools.insert(name, pool)),
            Err(sentence) => self.left_out.push(LeftOut { name, sentence }),
        }
    }
}

/// What is said of a name that none of these pools has.
pub fn unknown(name: &str, pools: &[&str]) -> String {
    let alike = nearest(name, pools.iter().copied());
    let hint = if alike.is_empty() { String::new() } else { format!("did you mean {}? ", alike.join(" or ")) };
    format!("unknown pool '{name}': {hint}There are {}", pools.join(", "))
}

/// The folder that holds `poolbench` and the pools.
pub fn own_folder() -> Result<PathBuf> {
    let own = std::env::current_exe().context("finding poolbench's own executable")?;
    Ok(own.parent().context("poolbench's executable is in no folder")?.to_owned())
}

fn executables(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("looking for pools in {}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(|path| is_pool(path)).collect();
    paths.sort();
    Ok(paths)
}

/// Whether this is an executable file called `pool-NAME`; cargo leaves `pool-NAME.d` beside it, which some file systems
/// let everybody execute.
fn is_pool(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_bytes().starts_with(PREFIX.as_bytes()))
        && path.extension().is_none_or(|extension| extension != "d")
        && fs::metadata(path).is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
}

fn describe(build: Build) -> Result<Pool> {
    let mut asked = build.command.clone();
    asked.push("--describe".into());
    let mut child = Child::spawn(&asked, crate::process::environment::minimal())?;
    child.close_stdin();
    let deadline = Instant::now() + PATIENCE;
    let line = match child.hear(deadline, None) {
        Heard::Line(line) => line,
        Heard::Silence => bail!("--describe gave no line within {} s", PATIENCE.as_secs()),
        Heard::TooLong => bail!("--describe gave more than 64 KiB without a line feed"),
        _ => {
            // 200 characters keep the sentence readable.
            let said: String = reason(&child.last_words()).chars().take(200).collect();
            let said = if said.is_empty() { said } else { format!(", but said '{}'", said.escape_debug()) };
            bail!("--describe gave no line{said}")
        }
    };
    let status = child.exit(deadline, None)?;
    ensure!(status.is_some_and(|status| status.success()), "--describe did not end with exit code 0");
    let text = String::from_utf8_lossy(&line);
    let description = Description::parse(&text).map_err(anyhow::Error::msg)?;
    Ok(Pool { description, build, guest: None })
}
