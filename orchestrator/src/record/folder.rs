//! A run's folder: made before anything runs, found again by its path or as the latest.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};

use super::machine::Machine;
use super::trials;
use crate::plan::Plan;

/// Where runs go if nothing else is said.
const RESULTS: &str = "data/results";
/// The link to the run that was started last.
const LATEST: &str = "latest";

/// The folder of a new run.
pub fn default_path(run: &str) -> PathBuf {
    Path::new(RESULTS).join(run)
}

/// The folder that a command means: the one that is named, or the latest.
pub fn find(named: Option<&str>) -> Result<PathBuf> {
    let path = named.map_or_else(|| Path::new(RESULTS).join(LATEST), PathBuf::from);
    ensure!(
        path.join("plan.toml").is_file(),
        "{} holds no run (it has no plan.toml); name the folder of one, or start one with `poolbench run quick`",
        path.display()
    );
    Ok(path)
}

/// Makes the folder of a new run with its plan and machine; fails before anything has run if that cannot be.
pub fn create(path: &Path, plan: &Plan, machine: &Machine) -> Result<()> {
    if path.join("plan.toml").exists() || path.join(trials::NAME).exists() {
        bail!("{} holds a run already; `poolbench resume` goes on with it, or name another --out", path.display());
    }
    fs::create_dir_all(path).with_context(|| format!("making {}", path.display()))?;
    write_plan(path, plan)?;
    let machine = serde_json::to_string_pretty(machine).context("writing machine.json")?;
    replace(&path.join("machine.json"), &format!("{machine}\n"))?;
    point_latest(path);
    Ok(())
}

/// Writes `plan.toml` anew.
pub fn write_plan(path: &Path, plan: &Plan) -> Result<()> {
    let text = toml::to_string(plan).context("writing plan.toml")?;
    replace(&path.join("plan.toml"), &text)
}

/// Reads `plan.toml`.
pub fn read_plan(path: &Path) -> Result<Plan> {
    let path = path.join("plan.toml");
    let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    toml::from_str(&text).with_context(|| format!("reading {}", path.display()))
}

/// Reads `machine.json`.
pub fn read_machine(path: &Path) -> Result<Machine> {
    let path = path.join("machine.json");
    let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("reading {}", path.display()))
}

/// Writes a file beside and renames it, so that it is never half there.
fn replace(path: &Path, text: &str) -> Result<()> {
    let beside = path.with_extension("new");
    let write = || {
        let mut file = fs::File::create(&beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_data()?;
        fs::rename(&beside, path)
    };
    write().with_context(|| format!("writing {}", path.display()))
}

/// Lets `latest` beside the run point to it. A folder where links cannot be made has none: nothing else depends on it.
fn point_latest(path: &Path) {
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else { return };
    if parent == Path::new(RESULTS) {
        let link = parent.join(LATEST);
        let _ = fs::remove_file(&link);
        let _ = symlink(name, link);
    }
}
