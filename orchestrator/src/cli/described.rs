//! What `plan` and the beginning of a run say: cells, blocks, expected time, and what is left out.

use std::time::Duration;

use anyhow::{Context as _, Result};
use harness::human;
use serde_json::json;

use crate::analysis::table::{Style, prose};
use crate::plan::budget::Expected;
use crate::plan::cell::Cell;
use crate::plan::own::Job;
use crate::plan::{Plan, SMOKE_BLOCKS, estimate, families, left_out};
use crate::record::machine::Machine;
use crate::run::progress;

/// For people, in lines of this width.
pub(super) fn text(plan: &Plan, machine: &Machine, title: &str, columns: usize) -> String {
    let time = progress::expected(Expected::guessed(plan));
    let mut lines = vec![
        format!("{}: {title}", plan.preset),
        machine.sentence(),
        format!(
            "{} cells x ({} blocks + 1 that warms the machine) = {} trials, {time}, seed {}",
            plan.cells.len(),
            plan.blocks,
            trials(plan),
            plan.seed
        ),
    ];
    if plan.blocks < SMOKE_BLOCKS {
        lines.push(format!("smoke only: under {SMOKE_BLOCKS} blocks nothing can be said about differences"));
    }
    lines.extend(own_jobs(plan));
    lines.extend(families::sentence(plan));
    lines.extend(left_out::lines(&plan.left_out));
    lines.extend(cell_lines(&plan.cells));
    lines.iter().map(|line| wrapped(line, columns)).collect::<Vec<_>>().join("\n")
}

/// How the results of the user's own jobs will be checked, a line for each.
fn own_jobs(plan: &Plan) -> impl Iterator<Item = String> {
    plan.jobs.iter().map(|(name, job)| {
        let largest = plan.sizes(name).last().copied().unwrap_or(0);
        let check = match job {
            Job { unchecked: true, .. } => "UNCHECKED: nobody knows which results of a pool are right".to_owned(),
            _ => format!("its {largest} jobs are run twice before the first trial, for the right results"),
        };
        let takes = match job.job_ns {
            0 => "what a job takes is not known yet, 20 us are assumed".to_owned(),
            ns => format!("a job takes about {}", human::time(ns)),
        };
        let waits = if job.waits { "; jobs wait, and block a thread of their pool" } else { "" };
        format!("{name}: {check}; {takes}{waits}")
    })
}

/// The whole plan for programs, and what was computed from it.
pub(super) fn json(plan: &Plan, machine: &Machine, title: &str) -> Result<String> {
    let mut all = serde_json::to_value(plan).context("writing the plan")?;
    all["title"] = json!(title);
    all["machine"] = json!(machine);
    all["trials"] = json!(trials(plan));
    let ms = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let time = Expected::guessed(plan);
    all["expected_ms"] = json!(ms(time.undisturbed));
    all["expected_disturbed_ms"] = json!(ms(time.disturbed));
    serde_json::to_string_pretty(&all).context("writing the plan")
}

fn trials(plan: &Plan) -> u64 {
    plan.cells.len() as u64 * (plan.blocks + 1)
}

/// A line wrapped under itself, two further in.
fn wrapped(line: &str, columns: usize) -> String {
    let depth = line.len() - line.trim_start().len();
    let indent = " ".repeat(depth);
    let text = prose(Style::Terminal(columns.saturating_sub(depth + 2).max(20)), line.trim_start());
    indent.clone() + &text.replace('\n', &format!("\n  {indent}"))
}

/// Lists under keys, in the order in which the keys came.
type Listed<T> = Vec<(String, Vec<T>)>;

/// A line for each workload and size, which says so if its batches are short, and under it one for each setup with the
/// pools that have it.
fn cell_lines(cells: &[Cell]) -> Vec<String> {
    let mut sizes: Listed<&Cell> = Vec::new();
    for cell in cells {
        entry(&mut sizes, format!("  {} x {}", cell.workload, cell.jobs)).push(cell);
    }
    let lines = sizes.into_iter().flat_map(|(size, cells)| {
        let short = estimate::too_short(cells.iter().copied()).map_or(String::new(), |(jobs, ns)| {
            format!(": short batches, about {}; {jobs} jobs take 20 ms, which is long enough", human::time(ns))
        });
        std::iter::once(size + &short).chain(setup_lines(&cells))
    });
    lines.collect()
}

fn setup_lines(cells: &[&Cell]) -> Vec<String> {
    let mut setups: Listed<&str> = Vec::new();
    for cell in cells {
        let setup = format!("    workers {}, chunk {}, window {}", cell.workers, cell.chunk, cell.window);
        entry(&mut setups, setup).push(&cell.pool);
    }
    setups.into_iter().map(|(setup, pools)| format!("{setup}: {}", pools.join(", "))).collect()
}

/// The list under `key`, made if it is new.
fn entry<T>(lists: &mut Listed<T>, key: String) -> &mut Vec<T> {
    let at = lists.iter().position(|(known, _)| *known == key).unwrap_or_else(|| {
        lists.push((key, Vec::new()));
        lists.len() - 1
    });
    &mut lists[at].1
}
