//! Puts a folder that is whole in its place at once, over its former self if there is one.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process;
use std::time::Duration;

use anyhow::{Context as _, Result};
use rustix::fs::{CWD, FlockOperation, RenameFlags, flock, renameat_with};
use rustix::io::Errno;

/// What a folder that is being written has behind its name.
pub(super) const UNFINISHED: &str = ".unfinished-";

/// The folder beside `target` in which this process writes what `target` is to be; `who` tells machines apart.
pub(super) fn beside(target: &Path, who: &str) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    target.with_file_name(format!("{name}{UNFINISHED}{who}-{}", process::id()))
}

/// So long after it was written to last a folder that nobody holds is no one's: who makes one takes hold of it at once.
const LEFT: Duration = Duration::from_mins(1);

/// Takes hold of a folder as one that is being written, until the file is dropped; where a file system has no locks nobody does.
pub(super) fn hold(folder: &Path) -> Option<File> {
    let file = File::open(folder).ok()?;
    flock(&file, FlockOperation::NonBlockingLockExclusive).ok().map(|()| file)
}

/// Removes what processes that were killed have left beside `target`.
pub(super) fn sweep(target: &Path, who: &str) {
    let prefix = format!("{}{UNFINISHED}{who}-", target.file_name().unwrap_or_default().to_string_lossy());
    let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let age = entry.metadata().and_then(|data| data.modified()).ok().and_then(|then| then.elapsed().ok());
        let is_left = entry.file_name().to_string_lossy().starts_with(&prefix) && age.is_some_and(|age| age > LEFT);
        if is_left && hold(&entry.path()).is_some() {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Renames `made` to `target`. At every moment `target` is its former self or the new one, but on file systems that cannot
/// exchange two names; there both lie beside it for a moment.
pub(super) fn put(made: &Path, target: &Path) -> Result<()> {
    let done = match rename(made, target, RenameFlags::NOREPLACE) {
        Err(Errno::EXIST | Errno::NOTEMPTY) => match rename(made, target, RenameFlags::EXCHANGE) {
            Ok(()) => fs::remove_dir_all(made).map_err(|cause| Errno::from_io_error(&cause).unwrap_or(Errno::IO)),
            Err(cause) if is_unknown(cause) => replace(made, target),
            other => other,
        },
        Err(cause) if is_unknown(cause) => replace(made, target),
        other => other,
    };
    done.with_context(|| format!("renaming {} to {}", made.display(), target.display()))
}

fn rename(from: &Path, to: &Path, flags: RenameFlags) -> Result<(), Errno> {
    renameat_with(CWD, from, CWD, to, flags)
}

/// Whether this file system does not have such renaming, as those of networks.
fn is_unknown(cause: Errno) -> bool {
    [Errno::INVAL, Errno::NOSYS, Errno::OPNOTSUPP].contains(&cause)
}

fn replace(made: &Path, target: &Path) -> Result<(), Errno> {
    let former = beside(target, "former");
    let moved = rename(target, &former, RenameFlags::empty());
    rename(made, target, RenameFlags::empty())?;
    if moved.is_ok() {
        let _ = fs::remove_dir_all(&former);
    }
    Ok(())
}
