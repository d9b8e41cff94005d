//! Fills the measured tables into a page, between two marker comments.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// The markers, each on a line of its own.
const BEGIN: &str = "<!-- what a dispatch costs: make bench-pools -->\n";
const END: &str = "\n<!-- end of what a dispatch costs -->";

/// Replaces what stands between the markers of the page at `path`; a relative path is looked for in the folder of the
/// workspace too, since `cargo bench` runs elsewhere.
pub(crate) fn fill(path: &Path, text: &str) -> Result<()> {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    let path: PathBuf = if path.exists() { path.to_owned() } else { above };
    let page = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    let filled = between(&page, text)
        .with_context(|| format!("{} has no line {} before {}", path.display(), BEGIN.trim(), END.trim()))?;
    fs::write(&path, filled).with_context(|| format!("writing {}", path.display()))
}

fn between(page: &str, text: &str) -> Option<String> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{}\n{END}{after}", text.trim_end()))
}
