//! `machines.json` of a merged run: the machine of each shard.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::file;
use super::folder::read_machine;
use super::machine::Machine;
use crate::plan::Plan;

/// The file's name in a merged run's folder.
pub const NAME: &str = "machines.json";

/// The machine of each shard, by its number.
pub type Machines = BTreeMap<u64, Machine>;

/// Writes them.
pub fn write(folder: &Path, machines: &Machines) -> Result<()> {
    let text = serde_json::to_string_pretty(machines).context("writing machines.json")?;
    file::replace(&folder.join(NAME), &format!("{text}\n"))
}

/// Reads those of a folder: of a shard's own `machine.json`, of a merged run `machines.json`.
pub fn read(folder: &Path, plan: &Plan) -> Result<Machines> {
    let path = folder.join(NAME);
    match plan.shard() {
        Some(part) if !path.exists() => Ok(BTreeMap::from([(part.shard, read_machine(folder)?)])),
        _ => {
            let read = serde_json::from_str::<Machines>(&file::read(&path)?);
            let machines = read.with_context(|| format!("reading {}", path.display()))?;
            Ok(machines.into_iter().map(|(shard, machine)| (shard, machine.shown())).collect())
        }
    }
}
