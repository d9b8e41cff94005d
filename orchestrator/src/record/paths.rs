//! `paths.toml`: where this machine keeps the guests and the user's own jobs of a run, so that `resume` finds them; the one file of a run that names
//! folders, and that nothing carries elsewhere. A folder from elsewhere must not run anything: the file is obeyed only
//! where poolbench wrote it, and only for files that have the hashes of the plan.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use harness::own::Own;
use rustix::fs::OFlags;
use rustix::io::Errno;
use rustix::process::geteuid;
use serde::{Deserialize, Serialize};

use crate::plan::Plan;
use crate::pools::Found;
use crate::pools::build::{Build, Globs};
use crate::pools::guest::Guest;
use crate::process::tell;

/// The file's name in a run's folder.
pub const NAME: &str = "paths.toml";
/// Bits of a mode that let others write.
const OTHERS_WRITE: u32 = 0o022;

#[derive(Serialize, Deserialize)]
struct Paths {
    /// Which file this is: a copy is another.
    written_as: String,
    pools: BTreeMap<String, Place>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    jobs: BTreeMap<String, JobPlace>,
}

/// Where a file of the user's own jobs is, and what it is told.
#[derive(Serialize, Deserialize)]
struct JobPlace {
    path: String,
    param: String,
}

#[derive(Serialize, Deserialize)]
struct Place {
    command: Vec<String>,
    /// The folder that `files` count from.
    folder: String,
    files: Vec<String>,
    base: Option<String>,
    build: Option<String>,
}

/// Writes where the guests of a plan and the user's own jobs are; no file where it has none. Replaces what was there.
pub fn write(folder: &Path, found: &Found, plan: &Plan) -> Result<()> {
    let guests = found.pools.values().filter_map(|pool| pool.guest.as_ref());
    let of_plan = guests.filter(|guest| plan.pools.contains_key(&guest.name));
    let places: Option<BTreeMap<_, _>> = of_plan.map(|guest| Some((guest.name.clone(), place(guest)?))).collect();
    let jobs: BTreeMap<_, _> = plan
        .own()
        .into_iter()
        .map(|(name, own)| (name, JobPlace { path: own.path.clone(), param: own.param.clone() }))
        .collect();
    let path = folder.join(NAME);
    match places {
        None => tell(format_args!(
            "{NAME} was not written, since a path of a guest is not UTF-8; `resume` will ask for --pools-from"
        )),
        Some(pools) if pools.is_empty() && jobs.is_empty() => {}
        Some(pools) => save(&path, pools, jobs).with_context(|| format!("writing {}", path.display()))?,
    }
    Ok(())
}

fn place(Guest { command, globs, base, build, .. }: &Guest) -> Option<Place> {
    let text = |word: &OsString| word.clone().into_string().ok();
    let command = command.iter().map(text).collect::<Option<_>>()?;
    let folder = globs.base.to_str()?.to_owned();
    Some(Place { command, folder, files: globs.patterns.clone(), base: base.clone(), build: build.clone() })
}

fn save(path: &Path, pools: BTreeMap<String, Place>, jobs: BTreeMap<String, JobPlace>) -> Result<()> {
    match fs::remove_file(path) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(cause.into()),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    let text = toml::to_string(&Paths { written_as: identity(&file.metadata()?), pools, jobs })?;
    writeln!(
        file,
        "# Where this machine keeps the guests and the user's own jobs of the run; for poolbench on this machine alone.\n{text}"
    )?;
    Ok(file.sync_data()?)
}

/// Tells a file from every copy of it: its inode, and the moment in which it was made, ns, where that is recorded.
fn identity(data: &Metadata) -> String {
    let made = data.created().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    format!("{}-{}", data.ino(), made.map_or(0, |time| time.as_nanos()))
}

/// The guests of these names as the file of a run's folder says, none if there is no file; nothing is run for that.
/// Fails with what to do where the file must not be obeyed.
pub fn read(folder: &Path, plan: &Plan, names: &[&str]) -> Result<Vec<Guest>> {
    let path = folder.join(NAME);
    let file = OpenOptions::new().read(true).custom_flags(nofollow()).open(&path);
    if file.as_ref().is_err_and(|cause| cause.kind() == io::ErrorKind::NotFound) {
        return Ok(Vec::new());
    }
    let guests = file.map_err(unopened).and_then(obeyed).and_then(|paths| verified(paths, plan, names));
    guests.map_err(|why| {
        let (path, names) = (path.display(), names.join(", "));
        anyhow!("{path} is not obeyed: {why:#}; name the list that holds {names} with --pools-from")
    })
}

/// Where the user's own jobs of a plan are, by name, as the file of a run's folder says; nothing of them is read or run for that.
/// Fails with what to do where the file must not be obeyed.
pub fn jobs(folder: &Path, plan: &Plan) -> Result<BTreeMap<String, Own>> {
    let asked = plan.own();
    if asked.is_empty() {
        return Ok(BTreeMap::new());
    }
    let path = folder.join(NAME);
    let file = OpenOptions::new().read(true).custom_flags(nofollow()).open(&path);
    let paths = file.map_err(unopened).and_then(obeyed);
    let paths = paths.map_err(|why| {
        let names: Vec<&str> = asked.keys().map(String::as_str).collect();
        anyhow!(
            "{} is not obeyed: {why:#}; where {} lies is known from nowhere else, start a new run",
            path.display(),
            names.join(", ")
        )
    })?;
    let place = |(name, own): (String, &Own)| {
        let JobPlace { path, param } = paths.jobs.get(&name)?;
        Some((name, Own { path: path.clone(), param: param.clone(), ..own.clone() }))
    };
    Ok(asked.into_iter().filter_map(place).collect())
}

fn nofollow() -> i32 {
    OFlags::NOFOLLOW.bits().cast_signed()
}

fn unopened(cause: io::Error) -> anyhow::Error {
    match Errno::from_io_error(&cause) {
        Some(Errno::LOOP) => anyhow!("it is a link"),
        _ => cause.into(),
    }
}

/// Reads a file that is this user's own and was written as it is.
fn obeyed(mut file: File) -> Result<Paths> {
    let data = file.metadata()?;
    ensure!(data.is_file(), "it is no file");
    ensure!(data.uid() == geteuid().as_raw(), "it belongs to another user");
    ensure!(data.mode() & OTHERS_WRITE == 0, "others may write to it");
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    let paths: Paths = toml::from_str(&text)?;
    ensure!(paths.written_as == identity(&data), "it was copied or unpacked here, not written here by poolbench");
    Ok(paths)
}

/// Those guests whose files have the hashes of the plan.
fn verified(paths: Paths, plan: &Plan, names: &[&str]) -> Result<Vec<Guest>> {
    let mut guests = Vec::new();
    for (name, Place { command, folder, files, base, build }) in paths.pools {
        if !names.contains(&name.as_str()) {
            continue;
        }
        let command: Vec<OsString> = command.into_iter().map(OsString::from).collect();
        let globs = Globs { base: PathBuf::from(folder), patterns: files };
        let guest = Guest { name: name.clone(), command: command.clone(), globs: globs.clone(), base, build };
        let found = Build::read(command, globs).with_context(|| format!("pool '{name}'"))?;
        match plan.pools.get(&name) {
            Some(binary) if binary.sha256 == found.sha256 => guests.push(guest),
            _ => bail!("pool '{name}' is another build than the run began with"),
        }
    }
    Ok(guests)
}
