//! What a run cannot tell, and which run would: a sentence each.

use std::collections::BTreeSet;

use super::{Curve, Models};
use crate::plan::SMOKE_BLOCKS;

/// Names of pools in one sentence.
const NAMED: usize = 3;

/// The sentences; none of a run that tells all.
pub(super) fn lacking(models: &Models) -> Vec<String> {
    let data = models.data;
    let own: Vec<&Curve> = models.curves.iter().filter(|curve| !curve.setup.is_twin()).collect();
    let mut said = Vec::new();
    if own.is_empty() {
        let failed: u64 =
            data.groups.values().flat_map(|setups| setups.values()).flat_map(|one| one.not_ok.values()).sum();
        said.push(match failed {
            0 => "The run has no finished block: `poolbench resume` goes on with it.".to_owned(),
            failed => format!("All {failed} trials failed, so there is nothing to fit: notes.jsonl says why."),
        });
        return said;
    }
    if data.blocks < SMOKE_BLOCKS {
        said.push(format!(
            "{} {} too few for intervals: {SMOKE_BLOCKS} are the fewest, 20 are better (`poolbench run PRESET --blocks 20`).",
            data.blocks,
            if data.blocks == 1 { "block is" } else { "blocks are" },
        ));
    }
    let workloads: BTreeSet<&str> = own.iter().map(|curve| curve.workload.as_str()).collect();
    // Lengths of one job at one size are a sweep for METG, in which the base is all that may lack.
    let spins: Vec<&str> = workloads.iter().copied().filter(|workload| workload.starts_with("spin:")).collect();
    for workload in workloads {
        let is_swept = spins.len() > 1 && spins.contains(&workload);
        if is_swept && spins[0] != workload {
            continue;
        }
        let of: Vec<&&Curve> = own.iter().filter(|curve| curve.workload == workload).collect();
        said.extend(of_workload(workload, &of, is_swept));
    }
    said
}

fn of_workload(workload: &str, curves: &[&&Curve], is_swept: bool) -> Vec<String> {
    let mut said = Vec::new();
    let few: Vec<&str> = names(curves.iter().filter(|curve| curve.sizes.len() < 2));
    if !few.is_empty() && !is_swept {
        let size = curves.iter().flat_map(|curve| &curve.sizes).map(|size| size.jobs).max().unwrap_or(1).max(10);
        let who = if few.len() == names(curves.iter()).len() { "every pool".to_owned() } else { list(&few) };
        said.push(format!(
            "{workload}: {who} ran at one size only, so that what a job costs cannot be told from what a batch costs. More sizes: \
             `poolbench run --workload {workload} --jobs {},{},{size}`.",
            size / 10, size / 10 * 3
        ));
    }
    let baseless: Vec<&str> = names(
        curves
            .iter()
            .filter(|curve| curve.base.is_some() && !curve.knows_work() && (is_swept || curve.sizes.len() > 1)),
    );
    if !baseless.is_empty() {
        let base = curves
            .iter()
            .filter(|curve| !curve.knows_work())
            .find_map(|curve| curve.base.as_deref())
            .unwrap_or("serial");
        said.push(format!(
            "{workload}: {base} did not run beside {}, so that the work cannot be told from what the pool costs: name it with \
             --pools {base},{}.",
            list(&baseless),
            baseless.join(",")
        ));
    }
    let unnamed = names(curves.iter().filter(|curve| curve.base.is_none() && !curve.is_loop && !curve.knows_work()));
    if !unnamed.is_empty() {
        said.push(format!(
            "{workload}: no loop is named for {}, so that its work cannot be told from what it costs: `base` in the list of guests \
             names one.",
            list(&unnamed)
        ));
    }
    said
}

fn names<'a>(curves: impl Iterator<Item = &'a &'a &'a Curve>) -> Vec<&'a str> {
    let names: BTreeSet<&str> = curves.map(|curve| curve.setup.pool.as_str()).collect();
    names.into_iter().collect()
}

fn list(names: &[&str]) -> String {
    let more = names.len().saturating_sub(NAMED);
    let shown = names.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}
