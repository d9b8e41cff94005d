//! All of a run as Markdown: command, machine, configuration, tables and claims.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;

use crate::analysis::{RunLevel, everything_as_markdown, load, mirrors_as_markdown};
use crate::process::plain;
use crate::record::about::About;
use crate::record::folder;

/// The whole document.
pub(super) fn text(run: &Path) -> Result<String> {
    let data = load(run)?;
    let plan = folder::read_plan(run)?;
    plan.claimable()?;
    let machine = folder::read_machine(run)?;
    let preset = if plan.preset == "run" { "with the cells of the tables".to_owned() } else { plan.preset.clone() };
    let mut text = format!("## {}\n\n- {}\n", plan.run, About::read(run)?.heading());
    writeln!(text, "- command: `poolbench run` {preset}, seed {}", plan.seed)?;
    writeln!(text, "- machine: {}", plain::markdown(&machine.sentence()))?;
    writeln!(
        text,
        "- configuration: {} cells, {} blocks and one that warms the machine",
        plan.cells.len(),
        plan.blocks
    )?;
    text.push_str(&everything_as_markdown(&data, &RunLevel::of(&data)?)?);
    if let Some(mirrors) = mirrors_as_markdown(run)? {
        write!(text, "\n## Originals beside their counterparts\n\n{mirrors}")?;
    }
    Ok(text)
}
