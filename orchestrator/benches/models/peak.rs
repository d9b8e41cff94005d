//! How far peaks of memory are off at 10^6 jobs that are predicted from sizes up to 10^5.

use std::path::PathBuf;

use anyhow::Result;
use harness::human;
use orchestrator::analysis::load;
use orchestrator::models::Models;
use orchestrator::stats::Cell;

/// The size that is predicted.
const LARGEST: u64 = 1_000_000;
/// And the largest that it is predicted from.
const KNOWN: u64 = 100_000;
/// A share, or a MiB.
const NEAR: f64 = 0.10;

/// Prints a line for each pool, and the verdict.
pub(crate) fn judge(folders: &[PathBuf]) -> Result<()> {
    println!("\npeak memory at {LARGEST} jobs, predicted from sizes up to {KNOWN}\n");
    println!("| pool | predicted | measured | off by |\n|---|---|---|---|");
    let (mut cells, mut wrong) = (0, 0);
    for path in folders {
        let data = load(path)?;
        let models = Models::of(&data);
        for curve in models.curves.iter().filter(|curve| !curve.setup.is_twin()) {
            let Some(size) = curve.sizes.iter().find(|size| size.jobs == LARGEST) else { continue };
            let mut known = curve.clone();
            known.sizes.retain(|size| size.jobs <= KNOWN);
            let has_enough = known.sizes.len() > 1 && known.sizes.last().is_some_and(|size| size.jobs == KNOWN);
            let measured = size.peak.as_ref().filter(|_| has_enough).map(Cell::median);
            let Some((predicted, measured)) = known.peak(LARGEST, None).zip(measured) else { continue };
            let is_near = (predicted - measured).abs() <= (measured * NEAR).max(f64::from(1 << 20));
            cells += 1;
            wrong += usize::from(!is_near);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast from float saturates")]
            let bytes = |value: f64| human::size(value as u64);
            let off = 100.0 * (predicted / measured - 1.0);
            println!(
                "| {}, chunk {} | {} | {} | {off:+.1} %{} |",
                curve.setup.pool,
                curve.setup.chunk,
                bytes(predicted),
                bytes(measured),
                if is_near { "" } else { " **" }
            );
        }
    }
    println!("\n{cells} pools, {wrong} of them off by more than {:.0} % and 1 MiB", 100.0 * NEAR);
    println!("verdict: {}", if cells > 0 && wrong == 0 { "reached" } else { "not reached" });
    Ok(())
}
