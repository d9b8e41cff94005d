//! What a run says about itself: how many of its trials were disturbed, and whether the machine changed meanwhile.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::Result;
use harness::human;

use super::data::Data;
use super::hosts;
use super::level::RunLevel;
use super::measure::Measure;
use super::names::Names;
use super::table::{Style, prose};
use super::words::difference;
use crate::stats::{Alpha, Band, Verdict, drift};

/// Disturbed trials and drift, a line each.
pub(crate) fn condition(data: &Data, level: &RunLevel, style: Style) -> Result<String> {
    let mut text = String::new();
    for said in hosts::said(data) {
        writeln!(text, "{}", prose(style, &said))?;
    }
    if let Some(said) = unchecked(data) {
        writeln!(text, "{}", prose(style, &said))?;
    }
    let (noisy, trials) = disturbed(data);
    if noisy > 0 {
        let said = format!(
            "{noisy} of {trials} accepted trials {} disturbed by other processes or the hypervisor.",
            were(noisy)
        );
        writeln!(text, "{}", prose(style, &said))?;
    }
    let all = || data.groups.values().flat_map(BTreeMap::values);
    let throttled = all().flat_map(|one| &one.points).filter(|point| point.is_throttled).count();
    if throttled > 0 {
        let said = format!(
            "{throttled} of {trials} accepted trials were held back by a CPU quota: their times are those of the quota, and they \
             have neither overhead nor efficiency."
        );
        writeln!(text, "{}", prose(style, &said))?;
    }
    if let Some(said) = slow(data) {
        writeln!(text, "{}", prose(style, &said))?;
    }
    if let Some(said) = still_warming(data) {
        writeln!(text, "{}", prose(style, &said))?;
    }
    for (_, drift) in drifts(data) {
        let said = format!("{drift} from the first half of the blocks to the last");
        writeln!(text, "{}", prose(style, &said))?;
    }
    writeln!(text, "{}", prose(style, &level.sentence()))?;
    Ok(text)
}

/// The same in a sentence each, the largest drift for all.
pub(crate) fn condition_in_brief(data: &Data, level: &RunLevel) -> Vec<String> {
    let (noisy, trials) = disturbed(data);
    let disturbed = match noisy {
        0 => format!("None of {trials} trials was marked as disturbed"),
        noisy => format!("{noisy} of {trials} trials {} disturbed by others", were(noisy)),
    };
    let slow: u64 = data.groups.values().flat_map(BTreeMap::values).map(|one| one.slow).sum();
    let slow = if slow > 0 { format!(", {slow} began on slow cores") } else { String::new() };
    let hint = if 10 * noisy > trials as u64 { " (`poolbench doctor` says more)" } else { "" };
    let mut said = vec![format!("{disturbed}{slow}{hint}.")];
    said.extend(hosts::said(data));
    said.extend(unchecked(data));
    said.extend(still_warming(data));
    said.push(level.sentence());
    let drifts = drifts(data);
    let largest = drifts.iter().max_by(|one, other| one.0.abs().total_cmp(&other.0.abs()));
    said.extend(largest.map(|(_, drift)| {
        let more = drifts.len() - 1;
        let more = if more > 0 { format!(", and {more} more") } else { String::new() };
        format!("{drift} from the first half of the blocks to the last{more}.")
    }));
    said
}

/// Whose results nobody has looked at.
pub(crate) fn unchecked(data: &Data) -> Option<String> {
    let names = data.unchecked.join(", ");
    (!names.is_empty()).then(|| {
        format!("UNCHECKED: results of {names} were held against nothing, wrong ones would not have been seen.")
    })
}

/// How many trials began on slow cores; nothing where none did, or where the cores were not read.
fn slow(data: &Data) -> Option<String> {
    let all = data.groups.values().flat_map(BTreeMap::values);
    let (slow, read) = all.fold((0, 0), |(slow, read), one| (slow + one.slow, read + one.cores_read));
    (slow > 0).then(|| {
        format!(
            "{slow} of {read} trials began on cores that were slow, as a neighbour on the same processor makes them."
        )
    })
}

/// The cells whose last batches are faster than what stands for them, the fastest falling first.
fn still_warming(data: &Data) -> Option<String> {
    const NAMED: usize = 3;
    let names = Names::of(data);
    let mut all: Vec<(f64, String)> = Vec::new();
    for (group, setups) in &data.groups {
        for (setup, late) in setups.iter().filter_map(|(setup, series)| Some((setup, series.warming()?))) {
            let what = format!("{} at {} x {}", names.short(setup), group.workload_and_param(), group.jobs);
            all.push((late.change, format!("{what} ({})", human::change(late.change.exp_m1()))));
        }
    }
    all.sort_by(|one, other| one.0.total_cmp(&other.0));
    let worst = all.iter().take(NAMED).map(|(_, what)| what.as_str()).collect::<Vec<_>>().join(", ");
    let more = if all.len() > NAMED { format!(", and {} more", all.len() - NAMED) } else { String::new() };
    (!all.is_empty()).then(|| {
        format!("Still warming, so that their times depend on --batches (more would be faster): {worst}{more}.")
    })
}

fn were(count: u64) -> &'static str {
    if count == 1 { "was" } else { "were" }
}

/// Accepted trials that were disturbed, and all that were ok.
fn disturbed(data: &Data) -> (u64, usize) {
    let all = data.groups.values().flat_map(BTreeMap::values);
    all.fold((0, 0), |(noisy, trials), one| (noisy + one.noisy, trials + one.points.len()))
}

/// Where the machine changed while it was measured, judged on `serial` and the twin: by how much, a logarithm, and in words.
fn drifts(data: &Data) -> Vec<(f64, String)> {
    let mut drifts = Vec::new();
    for (group, setups) in &data.groups {
        for (setup, series) in setups.iter().filter(|(setup, _)| setup.pool == "serial" || setup.is_twin()) {
            let values: Vec<f64> = series.by_block(Measure::Time, data.blocks).into_iter().flatten().collect();
            let Ok(finding) = drift(&values, Alpha::FIVE_PERCENT, Band::default()) else { continue };
            if matches!(finding.verdict, Verdict::Faster | Verdict::Slower) {
                let change = difference(finding.estimate, finding.interval);
                drifts.push((
                    finding.estimate.unwrap_or(0.0),
                    format!("drift: {} of {group} changed by {change}", setup.pool),
                ));
            }
        }
    }
    drifts
}
