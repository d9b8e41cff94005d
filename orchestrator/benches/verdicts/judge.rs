//! Counts what the analysis says of pools whose difference is known.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use anyhow::Result;
use orchestrator::analysis::{Data, Measure, against_reference};
use orchestrator::record::trials;
use orchestrator::stats::{Alpha, Band, Finding, Member, Verdict, compare_family, log_ratios};

/// What was said, in counts. Comparisons with too few blocks are not counted.
#[derive(Default)]
pub(crate) struct Tally {
    equal: u32,
    alarms: u32,
    claims: u32,
    slower: u32,
    found: u32,
    wrong_sign: u32,
}

impl Tally {
    fn add_equal(&mut self, finding: &Finding) {
        if finding.verdict != Verdict::TooFewBlocks {
            self.equal += 1;
            // The unadjusted interval leaves out 0 exactly where the p-value is within its error.
            self.alarms += u32::from(Alpha::FIVE_PERCENT.allows(finding.p_value));
            self.claims += u32::from(matches!(finding.verdict, Verdict::Faster | Verdict::Slower));
        }
    }

    fn add_slower(&mut self, verdict: Verdict) {
        if verdict != Verdict::TooFewBlocks {
            self.slower += 1;
            self.found += u32::from(verdict == Verdict::Slower);
            self.wrong_sign += u32::from(verdict == Verdict::Faster);
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (alarms, claims) = (share(self.alarms, self.equal), share(self.claims, self.equal));
        let (found, wrong) = (share(self.found, self.slower), share(self.wrong_sign, self.slower));
        write!(f, "{alarms} | {claims} | {found} | {wrong} |")
    }
}

/// A count of so many, and its share.
pub(crate) fn share(count: u32, of: u32) -> String {
    if of == 0 {
        "none of none".to_owned()
    } else {
        format!("{count} of {of} ({:.1} %)", 1e2 * f64::from(count) / f64::from(of))
    }
}

/// `serial` against its twin under another name, so that it is judged as a pool; no twin is left to hold claims back.
/// The slower pool is in the same family, as it is in the run.
pub(crate) fn equal_pools(data: &Data, measure: Measure, tally: &mut Tally) -> Result<()> {
    let mut data = data.clone();
    for setups in data.groups.values_mut() {
        let all = std::mem::take(setups);
        setups.extend(all.into_iter().map(|(mut setup, series)| {
            setup.pool = setup.pool.replace("-twin", "-again");
            (setup, series)
        }));
    }
    let families = against_reference(&data, Some("serial"), measure, Alpha::FIVE_PERCENT, 1.0)?;
    for one in families.iter().flatten().filter(|one| one.candidate.pool == "serial-again") {
        tally.add_equal(&one.finding);
    }
    Ok(())
}

/// `slower` against `serial`, exactly as `poolbench compare` judges it.
pub(crate) fn slower_pool(data: &Data, measure: Measure, tally: &mut Tally) -> Result<()> {
    let families = against_reference(data, Some("serial"), measure, data.alpha, 1.0)?;
    for one in families.iter().flatten() {
        tally.add_slower(one.verdict());
    }
    Ok(())
}

/// Pairs of undisturbed trials, which a busy machine gives too few of in any one round: those of all rounds and sizes, in
/// the order of blocks, cut into samples as large as a round's.
#[derive(Default)]
pub(crate) struct QuietPairs {
    equal: Vec<f64>,
    slower: Vec<f64>,
}

impl QuietPairs {
    /// Adds the pairs of a run.
    #[expect(clippy::cast_precision_loss, reason = "exact below 2^53 ns: 104 days")]
    pub(crate) fn add(&mut self, run: &Path) -> Result<()> {
        let mut blocks: BTreeMap<(u64, u64), BTreeMap<String, f64>> = BTreeMap::new();
        for row in trials::read(run)? {
            let row = row?;
            let is_quiet = (row.accepted, row.noisy) == (Some(1), Some(0)) && row.status == "ok";
            if let (true, Some(block @ 1..), Some(jobs), Some(ns)) = (is_quiet, row.block, row.jobs, row.batch_ns) {
                blocks.entry((block, jobs)).or_default().insert(row.pool, ns as f64);
            }
        }
        for pools in blocks.values() {
            let of = |pool: &str| Some((*pools.get("serial")?, *pools.get(pool)?));
            self.equal.extend(log_ratios(&Vec::from_iter(of("serial-twin")))?);
            self.slower.extend(log_ratios(&Vec::from_iter(of("slower")))?);
        }
        Ok(())
    }

    /// Judges all samples of `size` pairs, each by itself and without a twin.
    pub(crate) fn judge(&self, size: usize) -> Result<Tally> {
        let find = |pairs: &[f64]| {
            let member = Member { differences: pairs, twin: None };
            Ok::<_, anyhow::Error>(compare_family(&[member], Alpha::FIVE_PERCENT, Band::default())?[0])
        };
        let mut tally = Tally::default();
        for sample in self.equal.chunks_exact(size) {
            tally.add_equal(&find(sample)?);
        }
        for sample in self.slower.chunks_exact(size) {
            tally.add_slower(find(sample)?.verdict);
        }
        Ok(tally)
    }
}
