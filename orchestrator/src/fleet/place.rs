//! Puts a folder that is whole in its place at once, over its former self if there is one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process;

use anyhow::{Context as _, Result};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

/// What a folder that is being written has behind its name.
pub(super) const UNFINISHED: &str = ".unfinished-";

/// The folder beside `target` in which this process writes what `target` is to be; `who` tells machines apart.
pub(super) fn beside(target: &Path, who: &str) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    target.with_file_name(format!("{name}{UNFINISHED}{who}-{}", process::id()))
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
