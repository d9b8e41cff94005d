//! Writes a plan for several machines into a folder of its own, and reads it again.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};

use crate::plan::Plan;
use crate::pools::Pools;
use crate::record::folder;
use crate::record::places::Places;

/// Writes the plan into the new folder `out`.
pub fn write(plan: Plan, pools: &Pools, shards: u64, out: &Path) -> Result<Plan> {
    ensure!(
        plan.own().is_empty(),
        "jobs of your own lie on this machine, and shards run what each machine finds by its name; plan them without --shards"
    );
    let places = Places::known(None, pools, []);
    let plan = plan.with_texts(|text| places.hide(text));
    // A plan is read with texts as they may be shown, and is to have the same hash then.
    let plan = plan.shown().shared_by(shards)?;
    let making = || format!("making {}", out.display());
    fs::create_dir_all(out).with_context(making)?;
    let is_empty = fs::read_dir(out).with_context(making)?.next().is_none();
    ensure!(is_empty, "{} holds a plan already or other files; name another --out", out.display());
    folder::write_plan(out, &plan)?;
    Ok(plan)
}

/// Reads the plan that shards are to share, from its folder or its file; and the folder that it is in.
pub fn read(path: &Path) -> Result<(Plan, PathBuf)> {
    let is_file = match fs::metadata(path) {
        Ok(data) => data.is_file(),
        Err(cause) if cause.kind() == ErrorKind::NotFound => bail!("there is no plan {}", path.display()),
        Err(cause) => return Err(cause).with_context(|| format!("looking at {}", path.display())),
    };
    let file = if is_file { path.to_owned() } else { path.join(folder::PLAN) };
    let plan = folder::read_plan_file(&file)?;
    let make = "`poolbench plan PRESET --shards K --out PLAN` makes one";
    let shards = plan.shards.as_ref();
    let shards = shards.with_context(|| format!("{} is no plan for several machines; {make}", path.display()))?;
    ensure!(shards.parts.is_empty(), "{} has rows of shards, and is not the plan that they share", path.display());
    ensure!(
        plan.fingerprint()? == shards.plan,
        "{} was changed after it was made, and its shards would not be of one run; {make}",
        path.display()
    );
    ensure!(plan.own().is_empty(), "{} has jobs of somebody's own, which no shard runs; {make}", path.display());
    let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or(Path::new(".")).to_owned();
    Ok((plan, parent))
}
