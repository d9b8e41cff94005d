//! What block 0 tells of the whole run: how many blocks its budget allows, and how long it will take.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;

use super::progress::{self, Display};
use crate::plan::budget::Expected;
use crate::plan::{Plan, budget};
use crate::process::tell;
use crate::record::folder;

/// From the times of the cells in block 0, without what was tried again: lowers the blocks if the budget asks for it, and
/// says how long the run will take.
pub(super) fn learn(plan: &mut Plan, path: &Path, took: &[Duration], display: &mut Display) -> Result<()> {
    // What shards share was settled when it was planned.
    if plan.shards.is_none() && budget::keep(plan, took.iter().sum(), 1) {
        folder::write_plan(path, plan)?;
        display.shorten(vec![plan.blocks; plan.cells.len()]);
        tell(format_args!("{} blocks fit the budget", plan.blocks));
    }
    let expected = Expected::of(plan, took.iter().copied());
    tell(format_args!("expected in all: {}", progress::expected(expected)));
    Ok(())
}
