//! Where runs go, and `latest` there: the link to the run that was started last.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::LazyLock;

use crate::process::tell;

/// The folder of `poolbench` and its pools, below the prefix, where `make install` puts them.
const INSTALLED: &str = "libexec/poolbench";

/// Where runs go if nothing else is said: `data/results` of the repository, of an installed `poolbench` a folder of its own
/// where it is called.
pub fn results() -> &'static Path {
    static RESULTS: LazyLock<&Path> = LazyLock::new(|| {
        let own = std::env::current_exe().ok();
        let is_installed = own.as_deref().and_then(Path::parent).is_some_and(|folder| folder.ends_with(INSTALLED));
        Path::new(if is_installed { "poolbench-results" } else { "data/results" })
    });
    &RESULTS
}

/// The link's name there.
pub const NAME: &str = "latest";

/// Where the link is.
pub(super) fn path() -> PathBuf {
    results().join(NAME)
}

/// Lets the link point to `run` if that lies in the folder of results, however it was written. Says why it could not, and
/// leaves alone what is no link: no run depends on it.
pub(crate) fn point_to(run: &Path) {
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
    let (run, results) = (run.canonicalize().ok()?, results().canonicalize().ok()?);
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
