//! Counts what the analysis says of pools whose difference is known.

use std::collections::HashSet;
use std::fmt;
use std::path::Path;

use anyhow::Result;
use orchestrator::analysis::{Data, Measure, against_reference};
use orchestrator::stats::{Alpha, Verdict};
use orchestrator::trials;

/// What was said, in counts. Comparisons with too few blocks are not counted.
#[derive(Default)]
pub(crate) struct Tally {
    equal: u64,
    alarms: u64,
    claims: u64,
    slower: u64,
    found: u64,
    wrong_sign: u64,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let share = |count: u64, of: u64| match of {
            0 => "none of none".to_owned(),
            _ => format!("{count} of {of} ({:.1} %)", 1e2 * count as f64 / of as f64),
        };
        let (alarms, claims) = (share(self.alarms, self.equal), share(self.claims, self.equal));
        let (found, wrong) = (share(self.found, self.slower), share(self.wrong_sign, self.slower));
        write!(f, "{alarms} | {claims} | {found} | {wrong} |")
    }
}

/// `serial` against its twin under another name, so that it is judged as a pool; no twin is left to hold claims back,
/// so that the count is an upper bound.
pub(crate) fn equal_pools(data: &Data, measure: Measure, tally: &mut Tally) -> Result<()> {
    let mut data = data.clone();
    for setups in data.groups.values_mut() {
        let all = std::mem::take(setups);
        setups.extend(all.into_iter().map(|(mut setup, series)| {
            setup.pool = setup.pool.replace("-twin", "-again");
            (setup, series)
        }));
    }
    let families = against_reference(&data, Some("serial"), measure, Alpha::FIVE_PERCENT)?;
    for one in families.iter().flatten().filter(|one| one.candidate.pool == "serial-again") {
        let verdict = one.verdict();
        tally.equal += u64::from(verdict != Verdict::TooFewBlocks);
        // The unadjusted interval leaves out 0 exactly where the p-value is within its error.
        let is_alarm = verdict != Verdict::TooFewBlocks && Alpha::FIVE_PERCENT.allows(one.finding.p_value);
        tally.alarms += u64::from(is_alarm);
        tally.claims += u64::from(matches!(verdict, Verdict::Faster | Verdict::Slower));
    }
    Ok(())
}

/// `slower` against `serial`, exactly as `poolbench compare` judges it.
pub(crate) fn slower_pool(data: &Data, measure: Measure, tally: &mut Tally) -> Result<()> {
    let families = against_reference(data, Some("serial"), measure, data.alpha)?;
    for one in families.iter().flatten() {
        let verdict = one.verdict();
        tally.slower += u64::from(verdict != Verdict::TooFewBlocks);
        tally.found += u64::from(verdict == Verdict::Slower);
        tally.wrong_sign += u64::from(verdict == Verdict::Faster);
    }
    Ok(())
}

/// The data without the accepted trials that others disturbed.
pub(crate) fn only_quiet(data: &Data, run: &Path) -> Result<Data> {
    let mut noisy = HashSet::new();
    for row in trials::read(run)? {
        let row = row?;
        if row.accepted == Some(1) && row.noisy != Some(0) {
            noisy.insert((row.pool, row.jobs, row.block));
        }
    }
    let mut data = data.clone();
    for (group, setups) in &mut data.groups {
        for (setup, series) in setups {
            let is_quiet = |block| !noisy.contains(&(setup.pool.clone(), Some(group.jobs), Some(block)));
            series.points.retain(|point| is_quiet(point.block));
        }
    }
    Ok(data)
}
