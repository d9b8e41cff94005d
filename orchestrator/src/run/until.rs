//! `--until`: at which blocks a run looks at its own rows, and whether it goes on.

use std::path::Path;

use anyhow::Result;

use crate::analysis;
use crate::plan::Plan;
use crate::process::tell;
use crate::record::folder;
use crate::stats::Look;

/// Looks at the rows after `block` if a look is due there, and ends the plan with that block if its intervals are narrow.
/// After the last block it says whether they are.
///
/// `begun` is the last block of which a resumed run had a row. A run that went on behind a look has decided there; asked
/// again, with rows of later blocks, it would take a look that nobody paid for.
pub(super) fn look(plan: &mut Plan, path: &Path, block: u64, begun: u64) -> Result<()> {
    let Some(target) = plan.target() else { return Ok(()) };
    let is_due = block == plan.blocks || Look::ALL.iter().any(|look| look.blocks as u64 == block);
    if !is_due || begun > block {
        return Ok(());
    }
    if analysis::narrow_until(path, target)? {
        tell(format_args!("all intervals are within {} after {block} blocks", plan.until));
        plan.blocks = block;
        folder::write_plan(path, plan)?;
    } else if block == plan.blocks {
        tell(format_args!(
            "not all intervals are within {} after {block} blocks, and there is no further look",
            plan.until
        ));
    }
    Ok(())
}
