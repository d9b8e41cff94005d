//! How good advice is: each cell of a run left out, its question asked for a warm batch and for a program that runs once, and the
//! pool that is advised held against the best in that very cell, block by block.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use harness::Span;
use orchestrator::analysis::{Data, Group, Measure, Series, Setup, load};
use orchestrator::models::Models;
use orchestrator::models::advise::{Question, answer};
use orchestrator::plan::Plan;
use orchestrator::record::folder;
use orchestrator::stats::{Alpha, Interval, Sample, SignedRank, log_ratios};

/// Cells that it takes.
const CELLS: usize = 60;
/// What a cell must have to choose from.
const POOLS: usize = 5;
/// How far behind the best no advised pool may be beyond doubt.
const MOST: f64 = 0.10;

/// A cell that was left out.
struct Judged {
    at: String,
    advised: String,
    best: String,
    /// The advised pool's batch over the best's, as a logarithm: the paired estimate and its interval at 95 %. The best is the one
    /// with the lowest median here, so that luck speaks for it and never for the advice.
    behind: f64,
    interval: Option<Interval>,
}

impl Judged {
    fn is_wrong(&self) -> bool {
        self.interval.is_some_and(|interval| interval.lies_above(MOST.ln_1p()))
    }
}

/// Prints a line for each cell of each run, and the verdict over all of them.
pub(crate) fn judge(folders: &[PathBuf]) -> Result<()> {
    println!("\nadvice for cells that were left out, against the best pool there, by blocks\n");
    println!("| run, cell | advised | best | takes longer by | interval |\n|---|---|---|---|---|");
    let (mut judged, mut refused) = (Vec::new(), 0);
    for path in folders {
        refused += of_run(path, &mut judged)?;
    }
    for one in &judged {
        let percent = |log: f64| format!("{:.1} %", 100.0 * log.exp_m1());
        let interval = one.interval.map(|found| format!("{} to {}", percent(found.low()), percent(found.high())));
        let mark = if one.is_wrong() { " **" } else { "" };
        let Judged { at, advised, best, behind, .. } = one;
        println!("| {at} | {advised} | {best} | {} | {}{mark} |", percent(*behind), interval.unwrap_or_default());
    }
    let wrong = judged.iter().filter(|one| one.is_wrong()).count();
    let is_best = judged.iter().filter(|one| one.interval.is_none_or(|found| !found.lies_above(0.0))).count();
    let worst = judged.iter().map(|one| one.behind).fold(0.0, f64::max);
    println!(
        "\n{} cells of at least {CELLS}, and {refused} that it refuses to answer. The best, or not told apart from it: {is_best}. \
         Worst: {:.1} % longer. Beyond doubt more than {:.0} % longer: {wrong}.",
        judged.len(),
        100.0 * worst.exp_m1(),
        100.0 * MOST
    );
    println!("verdict: {}", if wrong == 0 && judged.len() >= CELLS { "reached" } else { "not reached" });
    Ok(())
}

/// Judges every cell whose question can be asked; how many questions were refused.
fn of_run(path: &Path, judged: &mut Vec<Judged>) -> Result<usize> {
    let (data, plan) = (load(path)?, folder::read_plan(path)?);
    let mut refused = 0;
    for (group, once) in data.groups.keys().flat_map(|group| [(group, false), (group, true)]) {
        let Some(question) = question(&data, group, once) else { continue };
        match advised(&data, group, &question, &plan) {
            Some(setup) => judged.extend(against_best(&data, group, &setup, once, &plan.preset)?),
            None => refused += 1,
        }
    }
    Ok(refused)
}

/// What would be asked for the jobs of a cell: of those that compute, with what they took the plain loop there.
fn question(data: &Data, group: &Group, once: bool) -> Option<Question> {
    let setups = &data.groups[group];
    let pools = setups.keys().filter(|setup| !setup.is_twin()).count();
    let can_be_asked = pools >= POOLS && ["compute", "factor", "spin", "sleep"].contains(&group.workload.as_str());
    let job_time = if !can_be_asked {
        None
    } else if group.waits() {
        group.param.parse().ok()
    } else {
        let (_, serial) = setups.iter().find(|(setup, _)| setup.pool == "serial")?;
        let batch = Sample::new(&serial.values(Measure::Time)).ok()?.median();
        #[expect(clippy::cast_precision_loss, reason = "at most 10^9")]
        let each = batch / group.jobs.max(1) as f64;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast from float saturates")]
        Some(Span { ns: each.round() as u64 })
    };
    let job_time = job_time.filter(|span: &Span| span.ns > 0)?;
    Some(Question {
        waits: group.waits(),
        jobs: group.jobs,
        job_time,
        once,
        max_memory: None,
        workers: None,
        needs: Vec::new(),
    })
}

/// Start, first batch and stop by block; a pool that cannot say when it has stopped is counted without.
fn once_by_block(series: &Series, blocks: u64) -> Vec<Option<f64>> {
    let of = |block: u64| {
        let point = series.points.iter().find(|point| point.block == block)?;
        let whole = point.start_ns? + point.cold_ns? + point.stop_ns.unwrap_or(0);
        #[expect(clippy::cast_precision_loss, reason = "exact below 2^53 ns: 104 days")]
        Some(whole as f64)
    };
    (0..=blocks).map(of).collect()
}

/// What is advised by a run that lacks this cell.
fn advised(data: &Data, group: &Group, question: &Question, plan: &Plan) -> Option<Setup> {
    let mut without = data.clone();
    without.groups.remove(group);
    let answer = answer(question, &Models::of(&without), plan).ok()?;
    answer.pools.first().map(|best| best.setup.clone())
}

fn against_best(data: &Data, group: &Group, advised: &Setup, once: bool, run: &str) -> Result<Option<Judged>> {
    let own = data.groups[group].iter().filter(|(setup, _)| !setup.is_twin());
    let blocks = |series: &Series| {
        if once { once_by_block(series, data.blocks) } else { series.by_block(Measure::Time, data.blocks) }
    };
    let median = |series: &Series| {
        let known: Vec<f64> = blocks(series).into_iter().flatten().collect();
        Sample::new(&known).map_or(f64::INFINITY, |sample| sample.median())
    };
    let alike =
        |setup: &Setup| (&setup.pool, &setup.chunk, &setup.window) == (&advised.pool, &advised.chunk, &advised.window);
    // Workers may grow with the jobs.
    let there = own.clone().filter(|(setup, _)| alike(setup));
    let Some((setup, series)) = there.min_by_key(|(setup, _)| setup.workers.abs_diff(advised.workers)) else {
        return Ok(None);
    };
    let best = own.min_by(|(_, one), (_, other)| median(one).total_cmp(&median(other)));
    let (best, its) = best.context("a cell without a pool")?;
    let pairs: Vec<(f64, f64)> =
        blocks(its).into_iter().zip(blocks(series)).filter_map(|(best, own)| Some((best?, own?))).collect();
    if pairs.is_empty() {
        return Ok(None);
    }
    let test = SignedRank::new(&log_ratios(&pairs)?)?;
    let name = |setup: &Setup| format!("{} ({}, chunk {})", setup.pool, setup.workers, setup.chunk);
    let length = if group.param.is_empty() { String::new() } else { format!(":{}", group.param) };
    Ok(Some(Judged {
        at: format!("{run}, {}{length} x {}{}", group.workload, group.jobs, if once { " once" } else { "" }),
        advised: name(setup),
        best: name(best),
        behind: test.estimate(),
        interval: test.interval(Alpha::FIVE_PERCENT),
    }))
}
