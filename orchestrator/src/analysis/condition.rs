//! What a run says about itself: how many of its trials were disturbed, and whether the machine changed meanwhile.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::Result;

use super::data::{Data, Measure};
use super::table::difference;
use crate::stats::{Alpha, Band, Verdict, drift};

/// Disturbed trials and drift, a line each.
pub(crate) fn condition(data: &Data) -> Result<String> {
    let all = || data.groups.values().flat_map(BTreeMap::values);
    let (noisy, trials) = all().fold((0, 0), |(noisy, trials), one| (noisy + one.noisy, trials + one.points.len()));
    let mut text = String::new();
    if noisy > 0 {
        writeln!(text, "{noisy} of {trials} accepted trials were disturbed by other processes or the hypervisor.")?;
    }
    let throttled = all().flat_map(|one| &one.points).filter(|point| point.is_throttled).count();
    if throttled > 0 {
        writeln!(
            text,
            "{throttled} of {trials} accepted trials were held back by a CPU quota: their times are those of the quota, and they \
             have neither overhead nor efficiency."
        )?;
    }
    Ok(text + &drifts(data)?)
}

/// Whether the machine changed while it was measured, judged on `serial` and the twin.
fn drifts(data: &Data) -> Result<String> {
    let mut text = String::new();
    for (group, setups) in &data.groups {
        for (setup, series) in setups.iter().filter(|(setup, _)| setup.pool == "serial" || setup.is_twin()) {
            let values: Vec<f64> = series.by_block(Measure::Time, data.blocks).into_iter().flatten().collect();
            let Ok(finding) = drift(&values, Alpha::FIVE_PERCENT, Band::default()) else { continue };
            if matches!(finding.verdict, Verdict::Faster | Verdict::Slower) {
                let change = difference(finding.estimate, finding.interval);
                writeln!(
                    text,
                    "drift: {} of {group} changed by {change} from the first half of the blocks to the last",
                    setup.pool
                )?;
            }
        }
    }
    Ok(text)
}
