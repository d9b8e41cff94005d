//! Finds the pools: every `pool-*` beside `poolbench` itself, and whatever a `--pools-from` file lists.

pub mod wire;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use harness::nearest;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::process::child::{Child, Heard};
use crate::process::limit;
use wire::Description;

/// The prefix of a pool's file name.
pub const PREFIX: &str = "pool-";
/// How long a pool may take to describe itself: a guest may have to start an interpreter.
const PATIENCE: Duration = Duration::from_secs(10);

/// A pool that can be run.
#[derive(Clone, Debug)]
pub struct Pool {
    /// What `--describe` says.
    pub description: Description,
    /// The command that runs it, before its arguments.
    pub command: Vec<OsString>,
    /// SHA-256 of the program and of every file named in the command, 64 hexadecimal digits.
    pub fingerprint: String,
}

/// All pools by name.
pub type Pools = BTreeMap<String, Pool>;

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
}

/// Finds and describes the pools beside this executable and those of the list.
pub fn find(list: Option<&Path>) -> Result<Pools> {
    find_in(&own_folder()?, list)
}

/// Finds and describes the pools in `folder` and those of the list. One that cannot describe itself is an error that
/// names it: it would be missing in every table without a word.
pub fn find_in(folder: &Path, list: Option<&Path>) -> Result<Pools> {
    let mut pools = Pools::new();
    for path in executables(folder)? {
        let pool = describe(vec![path.clone().into_os_string()]).map_err(|why| match limit::reached(&why) {
            Some(limit) => why.context(format!("poolbench itself has reached {limit}")),
            None => why.context(format!("{} is no pool that can be run; rebuild or delete it", path.display())),
        })?;
        pools.insert(pool.description.name.clone(), pool);
    }
    for Listed { name, command } in list.map(read_list).transpose()?.into_iter().flatten() {
        let pool = describe(command.into_iter().map(OsString::from).collect())
            .with_context(|| format!("pool '{name}' of the list cannot be run"))?;
        let own = &pool.description.name;
        ensure!(*own == name, "pool '{name}' of the list calls itself '{own}'; give it the same name in both places");
        ensure!(!pools.contains_key(&name), "there are two pools called '{name}'; rename the one in the list");
        pools.insert(name, pool);
    }
    if pools.is_empty() {
        bail!("no pool-* executable lies beside poolbench; build them with `make`, or name some with --pools-from");
    }
    Ok(pools)
}

/// Picks a pool by name, or says which names are near.
pub fn pick<'a>(pools: &'a Pools, name: &str) -> Result<&'a Pool> {
    pools.get(name).with_context(|| {
        let alike = nearest(name, pools.keys().map(String::as_str));
        let hint = if alike.is_empty() { String::new() } else { format!("did you mean {}? ", alike.join(" or ")) };
        let all: Vec<&str> = pools.keys().map(String::as_str).collect();
        format!("unknown pool '{name}': {hint}There are {}", all.join(", "))
    })
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

/// Whether this is an executable file called `pool-NAME`; cargo leaves `pool-NAME.d` beside it.
fn is_pool(path: &Path) -> bool {
    let named = path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(PREFIX));
    named
        && path.extension().is_none()
        && fs::metadata(path).is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
}

fn read_list(path: &Path) -> Result<Vec<Listed>> {
    let text = fs::read_to_string(path).with_context(|| format!("reading the pools in {}", path.display()))?;
    let list: List = toml::from_str(&text).with_context(|| format!("reading the pools in {}", path.display()))?;
    Ok(list.pool)
}

fn describe(command: Vec<OsString>) -> Result<Pool> {
    let fingerprint = fingerprint(&command)?;
    let mut asked = command.clone();
    asked.push("--describe".into());
    let mut child = Child::spawn(&asked, crate::process::environment::minimal())?;
    child.close_stdin();
    let deadline = Instant::now() + PATIENCE;
    let line = match child.hear(deadline, None) {
        Heard::Line(line) => line,
        other => bail!("--describe gave no line ({other:?}) {}", child.last_words()),
    };
    let status = child.exit(deadline, None)?;
    ensure!(status.is_some_and(|status| status.success()), "--describe did not end with exit code 0");
    let text = String::from_utf8_lossy(&line);
    let description = Description::parse(&text).map_err(anyhow::Error::msg)?;
    Ok(Pool { description, command, fingerprint })
}

/// Hashes the program and every argument that is a file, so that a resumed run notices another build.
fn fingerprint(command: &[OsString]) -> Result<String> {
    let mut hash = Sha256::new();
    for (at, word) in command.iter().enumerate() {
        let path = Path::new(word);
        if at == 0 && !path.is_absolute() && !path.exists() {
            hash.update(word.as_encoded_bytes());
        } else if path.is_file() {
            let mut file = File::open(path).with_context(|| format!("opening {}", path.display()))?;
            io::copy(&mut file, &mut HashWriter(&mut hash)).with_context(|| format!("reading {}", path.display()))?;
        } else if at == 0 {
            bail!("{} does not exist", path.display());
        } else {
            hash.update(word.as_encoded_bytes());
        }
    }
    Ok(hex(&hash.finalize()))
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes all");
        text
    })
}

struct HashWriter<'a>(&'a mut Sha256);

impl io::Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
