//! `archive`: puts a run that has ended into a history, whole or not at all. The run's folder there has its name from the first moment on which
//! all of it is on the disk; the folders are the truth, the index is made from them.

use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process;

use anyhow::{Context as _, Result, bail, ensure};
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use sha2::{Digest as _, Sha256};

use super::index::{self, Index};
use crate::analysis::load;
use crate::plan::Plan;
use crate::pools::build::hex;
use crate::process::tell;
use crate::record::ended::Ended;
use crate::record::{folder, packed};

/// What a folder that is being written has before its name.
const UNFINISHED: &str = ".unfinished-";
/// The file that an archive locks.
const LOCK: &str = ".lock";
/// The most characters of a run's name in that of its folder.
const LONGEST_NAME: usize = 100;

/// What became of a run that was to be kept.
#[derive(Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is in the history, in the folder of this name.
    New(String),
    /// It was there before.
    Already(String),
}

/// Puts the run in `run` into `history`, which is made if it is not there. An error leaves the history as it was.
pub fn keep(run: &Path, history: &Path) -> Result<Kept> {
    let run = folder::find(Some(run))?;
    let plan = folder::read_plan(&run)?;
    check(&run, &plan)?;
    let name = name_of(&plan);
    prepare(history)?;
    let lock = Lock::take(history)?;
    if lock.is_held() {
        sweep(history);
    }
    let target = history.join(&name);
    if let Some(kept) = former(&run, &target)? {
        Index::renew(history)?;
        return Ok(kept);
    }
    let work = history.join(format!("{UNFINISHED}{name}-{}", process::id()));
    packed::forget(&work);
    let made = write(&run, &work, &target);
    if made.is_err() {
        packed::forget(&work);
    }
    let kept = made?;
    packed::sync_folder(history)?;
    Index::renew(history)?;
    Ok(kept)
}

/// Refuses what is no run that has ended.
fn check(run: &Path, plan: &Plan) -> Result<()> {
    let path = run.display();
    if let Some(shards) = &plan.shards {
        ensure!(
            plan.shard().is_none() || shards.count == 1,
            "{path} is one shard of a run; `poolbench merge` makes the run that a history keeps"
        );
        let missing = shards.missing();
        ensure!(
            missing.is_empty(),
            "{path} is a merged run that lacks {} of its {} shards: run them and merge again",
            missing.len(),
            shards.count
        );
    }
    let ended = Ended::read(run, plan)?;
    match ended.word() {
        "whole" => {}
        "being written" => bail!("{path} is being written by a poolbench; archive it when it has ended"),
        _ => bail!("{path} has not ended ({ended}); `poolbench resume {path}` goes on with it"),
    }
    // Reads every row, so that nothing is kept that no command could read.
    load(run).map(drop)
}

/// The folder's name: the run's, as far as it is one for a folder, and what tells runs of one name apart.
fn name_of(plan: &Plan) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let word: String = plan.run.chars().take(LONGEST_NAME).map(|c| if is_plain(c) { c } else { '-' }).collect();
    let identity = hex(&Sha256::digest(format!("{}\n{}\n{}", plan.run, plan.seed, plan.host)));
    format!("{}-{}", word.trim_start_matches('.'), &identity[..8])
}

/// Makes the history's folder; refuses one that holds something else.
fn prepare(history: &Path) -> Result<()> {
    let path = history.display();
    fs::create_dir_all(history).with_context(|| format!("making the history {path}"))?;
    ensure!(!history.join(folder::PLAN).exists(), "{path} is a run and no history; name another folder with --into");
    let names = fs::read_dir(history).with_context(|| format!("listing {path}"))?;
    let names: Vec<String> = names.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    let is_own = names.is_empty()
        || names.iter().any(|name| [LOCK, index::NAME].contains(&name.as_str()))
        || !index::folders(history)?.is_empty();
    ensure!(is_own, "{path} holds other files and no run; name a new folder with --into");
    Ok(())
}

/// What there is of the run already: nothing, or the same run; an error if it is there with other rows.
fn former(run: &Path, target: &Path) -> Result<Option<Kept>> {
    if target.symlink_metadata().is_err() {
        return Ok(None);
    }
    let hash = |path: &Path| packed::hash_of_rows(path);
    ensure!(
        hash(run)?
            == hash(target).with_context(|| format!("{} was kept, and is damaged; remove it", target.display()))?,
        "{} holds this run already, with other rows; remove that folder if these are the right ones",
        target.display()
    );
    Ok(Some(Kept::Already(file_name(target))))
}

fn write(run: &Path, work: &Path, target: &Path) -> Result<Kept> {
    fs::create_dir(work).with_context(|| format!("making {}", work.display()))?;
    packed::write(run, work)?;
    match fs::rename(work, target) {
        Ok(()) => Ok(Kept::New(file_name(target))),
        // Another one has put it there meanwhile.
        Err(cause) if matches!(cause.kind(), ErrorKind::AlreadyExists | ErrorKind::DirectoryNotEmpty) => {
            let there = former(run, target)?.with_context(|| format!("{} has come and gone", target.display()))?;
            packed::forget(work);
            Ok(there)
        }
        Err(cause) => Err(cause).with_context(|| format!("renaming {} to {}", work.display(), target.display())),
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Removes what archives that were killed have left; nobody else writes now.
fn sweep(history: &Path) {
    let left = fs::read_dir(history).into_iter().flatten().flatten();
    let is_left = |name: &str| name.starts_with(UNFINISHED) || name.starts_with(index::UNFINISHED);
    let left = left.filter(|entry| is_left(&entry.file_name().to_string_lossy()));
    for entry in left {
        packed::forget(&entry.path());
        // The index is a file.
        let _ = fs::remove_file(entry.path());
    }
}

/// The history is this process's alone while it lives, where locks are to be had.
struct Lock(Option<File>);

impl Lock {
    fn take(history: &Path) -> Result<Self> {
        let path: PathBuf = history.join(LOCK);
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let file = file.with_context(|| format!("opening {}", path.display()))?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Err(Errno::WOULDBLOCK) => tell(format_args!("waiting for another archive into {}", history.display())),
            Err(Errno::INTR) | Ok(()) => {}
            // A network file system without locks: whole folders are renamed into place all the same.
            Err(_) => return Ok(Self(None)),
        }
        loop {
            match flock(&file, FlockOperation::LockExclusive) {
                Err(Errno::INTR) => {}
                taken => {
                    return taken.map(|()| Self(Some(file))).with_context(|| format!("locking {}", path.display()));
                }
            }
        }
    }

    fn is_held(&self) -> bool {
        self.0.is_some()
    }
}
