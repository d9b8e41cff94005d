//! Where files go that commands make of a run: beside its rows, but never into a recorded run, which stays as it is.

use std::path::Path;

use anyhow::{Result, ensure};

use super::trials;

/// Whether the run of a folder is a recorded one: its rows are gzipped, and nowhere else.
pub fn is_recorded(folder: &Path) -> bool {
    let plain = folder.join(trials::NAME);
    let gzipped = plain.with_added_extension("gz");
    plain.symlink_metadata().is_err() && gzipped.symlink_metadata().is_ok()
}

/// The folder for what is made of a run, where the user names no other place: the run's; an error if it is a recorded one.
pub fn folder(run: &Path) -> Result<&Path> {
    ensure!(!is_recorded(run), "{} is a recorded run, which stays as it is; --out names another place", run.display());
    Ok(run)
}
