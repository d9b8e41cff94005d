//! `data/results/latest`: the link to the run that was started last.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process;

use crate::process::tell;

/// Where runs go if nothing else is said.
pub const RESULTS: &str = "data/results";
/// The link's name there.
pub const NAME: &str = "latest";

/// Where the link is.
pub(super) fn path() -> PathBuf {
    Path::new(RESULTS).join(NAME)
}

/// Lets the link point to `run` if that lies in the folder of results, however it was written. Says why it could not, and
/// leaves alone what is no link: no run depends on it.
pub(super) fn point_to(run: &Path) {
    let Some(target) = within_results(run) else { return };
    let link = path();
    let left = match fs::symlink_metadata(&link) {
        Ok(there) if !there.is_symlink() => Err("it is no link, and was left alone".to_owned()),
        _ => replace(&link, &target).map_err(|cause| format!("it could not be made: {cause}")),
    };
    if let Err(why) = left {
        tell(format_args!(
            "{} does not point to this run: {why}; name {} where a command takes a DIR",
            link.display(),
            run.display()
        ));
    }
}

/// The way from the folder of results to `run`, if it lies there.
fn within_results(run: &Path) -> Option<PathBuf> {
    let (run, results) = (run.canonicalize().ok()?, Path::new(RESULTS).canonicalize().ok()?);
    let below = run.strip_prefix(results).ok()?;
    (!below.as_os_str().is_empty()).then(|| below.to_owned())
}

/// At every moment there is the old link or the new one.
fn replace(link: &Path, target: &Path) -> std::io::Result<()> {
    let beside = link.with_file_name(format!(".{NAME}-{}", process::id()));
    let _ = fs::remove_file(&beside);
    let made = symlink(target, &beside).and_then(|()| fs::rename(&beside, link));
    if made.is_err() {
        let _ = fs::remove_file(&beside);
    }
    made
}
