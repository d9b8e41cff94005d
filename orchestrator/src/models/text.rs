//! The models of a run for people: the answer first, then how sure it is, then what is lacking.

use std::fmt::Write as _;

use anyhow::Result;
use harness::human;

use super::cost::Cost;
use super::crossover::Crossover;
use super::figure::Figure;
use super::fit::Fitted;
use super::granularity::{self, Granularity};
use super::memory::Footprint;
use super::trend::{SIZES_FOR_A_BEND, Trend};
use super::words::{number, size, time};
use super::workers::{Law, Staffing};
use crate::analysis::passage::{Cells, Passage};
use crate::analysis::table::{Style, prose};
use crate::analysis::whole;

/// Numbers of workers and lengths that one line shows.
const SHOWN: usize = 6;

/// The whole text.
pub(super) fn text(fitted: &Fitted, style: Style) -> Result<String> {
    let mut text = String::new();
    let mut say = |said: &str| writeln!(text, "{}", prose(style, said));
    for one in &fitted.crossovers {
        say(&crossing(one))?;
    }
    let passages = [costs(fitted), footprints(fitted), staffing(fitted), granularities(fitted)];
    for passage in passages.into_iter().flatten() {
        write!(text, "\n{}", passage.text(style))?;
    }
    if let Some(sure) = sure(fitted) {
        writeln!(text, "\n{}", prose(style, &sure))?;
    }
    for one in &fitted.lacking {
        writeln!(text, "{}", prose(style, one))?;
    }
    Ok(text)
}

/// What a job and a batch cost, for each workload.
pub(crate) fn costs(fitted: &Fitted) -> Vec<Passage> {
    fitted.costs.chunk_by(|one, other| one.workload == other.workload).map(workload).collect()
}

/// One workload's pools.
fn workload(costs: &[Cost]) -> Passage {
    let sizes: std::collections::BTreeSet<u64> = costs.iter().flat_map(|cost| cost.jobs.iter().copied()).collect();
    let sizes: Vec<String> = sizes.iter().map(ToString::to_string).collect();
    let work = costs.iter().find_map(|cost| Some((cost.work_from.as_deref()?, cost.work_ns?)));
    let work = match work {
        Some(("wait", ns)) if ns <= 0.0 => String::new(),
        Some(("wait", ns)) => format!(", a job waits {}", human::time_part(ns)),
        Some((base, ns)) => format!(", the work of a job is {} ({base})", human::time_part(ns)),
        None => String::new(),
    };
    let heading = format!("{} at {} jobs{work}", costs[0].workload, sizes.join(", "));
    let header = ["pool", "a job costs", "a batch costs", "chunks lose"];
    let is_whole = costs.iter().any(|cost| cost.work_from.is_none());
    Passage {
        heading,
        table: Cells::new(&header, costs.iter().map(row).collect()),
        below: is_whole.then(|| "*: with the work in it.".to_owned()).into_iter().collect(),
    }
}

fn row(cost: &Cost) -> Vec<String> {
    let mark = if cost.work_from.is_none() { " *" } else { "" };
    let chunks = match cost.chunking {
        Some(lost) if lost.share >= 0.005 => format!("{} at {}", human::share(lost.share), lost.jobs),
        Some(_) => "0".to_owned(),
        None => String::new(),
    };
    vec![cost.name.clone(), format!("{}{mark}", time(&cost.job_ns)), time(&cost.fixed_ns), chunks]
}

/// Start and memory of each pool; nothing of a run without a trial.
pub(crate) fn footprints(fitted: &Fitted) -> Vec<Passage> {
    let all: &[Footprint] = &fitted.footprints;
    if all.is_empty() {
        return Vec::new();
    }
    let peak = if all[0].peak_of == "charged" { "the charged peak" } else { "peak RSS" };
    let several = all.iter().any(|one| all.iter().any(|other| one.pool == other.pool && one.workers != other.workers));
    let fewest = if several { ", the fewest it had" } else { "" };
    let heading = format!(
        "starts in: until its workers are up{fewest}; memory: base, before there is a worker; what each worker adds (resident); what each \
         job adds to {peak}"
    );
    let header = ["pool", "starts in", "base", "a worker", "a job"];
    let cell = |figure: &Option<Figure>, of: fn(&Figure) -> String| figure.as_ref().map(of).unwrap_or_default();
    let job = |pool: &str| all.iter().filter(|one| one.pool == pool).find_map(|one| one.job_bytes);
    let rows: Vec<Vec<String>> = all
        .chunk_by(|one, other| one.pool == other.pool)
        .map(|of_pool| {
            let one = of_pool.iter().min_by_key(|one| one.workers).expect("a chunk has one");
            vec![
                one.pool.clone(),
                cell(&one.start_ns, time),
                cell(&one.base_bytes, |figure| human::size_part(figure.value)),
                cell(&one.worker_bytes, |figure| human::size_part(figure.value)),
                cell(&job(&one.pool), size),
            ]
        })
        .collect();
    vec![Passage { heading, table: Cells::new(&header, rows), below: Vec::new() }]
}

/// Batches by the number of workers; nothing where no pool had several.
pub(crate) fn staffing(fitted: &Fitted) -> Vec<Passage> {
    let all: &[Staffing] = &fitted.workers;
    if all.is_empty() {
        return Vec::new();
    }
    let header = ["pool", "cell", "best", "as good", "measured"];
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|one| {
            let measured = one.measured.iter().map(|(workers, ns)| format!("at {workers} {}", human::time_part(*ns)));
            let good: Vec<String> = one.as_good.iter().map(ToString::to_string).collect();
            let cell = format!("{} x {}", one.workload, one.jobs);
            vec![one.pool.clone(), cell, one.best.to_string(), good.join(" "), measured.collect::<Vec<_>>().join(", ")]
        })
        .collect();
    let (mut below, mut reasons): (Vec<String>, Vec<&str>) = (Vec::new(), Vec::new());
    for one in all {
        match &one.law {
            Law::NotIdentifiable(why) if !reasons.contains(&why.as_str()) => reasons.push(why),
            Law::NotIdentifiable(_) => {}
            Law::Fitted { contention, coherence, peak } => {
                let peak = peak.map_or("nowhere".to_owned(), |peak| format!("at {}", number(&peak)));
                let said = format!(
                    "{}, {} x {}: contention {}, coherence {}, its peak {peak} (Universal Scalability Law).",
                    one.pool,
                    one.workload,
                    one.jobs,
                    number(contention),
                    number(coherence)
                );
                below.push(said);
            }
        }
    }
    below.extend(reasons.iter().map(|why| format!("Universal Scalability Law: not identifiable, {why}.")));
    let heading = "workers: the best number, those as good as it, and the batch at each".to_owned();
    vec![Passage { heading, table: Cells::new(&header, rows), below }]
}

/// METG of each pool; nothing where no job came in several lengths.
pub(crate) fn granularities(fitted: &Fitted) -> Vec<Passage> {
    let all: &[Granularity] = &fitted.granularity;
    if all.is_empty() {
        return Vec::new();
    }
    let heading =
        "METG(50 %): the core time of a job, overhead included, from which on at least half of it is work".to_owned();
    let header = ["pool", "jobs", "METG(50 %)", "efficiency by the work of a job"];
    let mut all: Vec<&Granularity> = all.iter().collect();
    all.sort_by(|one, other| one.metg_ns.unwrap_or(f64::MAX).total_cmp(&other.metg_ns.unwrap_or(f64::MAX)));
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|one| {
            let figure = match (one.metg_ns, one.bound) {
                (None, _) => "none".to_owned(),
                (Some(ns), "") => time(&Figure { value: ns, low: one.low_ns, high: one.high_ns }),
                (Some(ns), bound) => format!("{bound} {}", human::time_part(ns)),
            };
            let lengths = one.efficiencies.iter().take(SHOWN + 2);
            let lengths = lengths.map(|(work, share)| format!("at {} {:.0} %", human::time_part(*work), 100.0 * share));
            let said = one.refused.clone().unwrap_or_else(|| lengths.collect::<Vec<_>>().join(", "));
            let jobs = one.jobs.map_or("by length".to_owned(), |jobs| jobs.to_string());
            vec![one.name.clone(), jobs, figure, said]
        })
        .collect();
    let mut below = Vec::new();
    if let Some(typical) = granularity::typical(&fitted.granularity) {
        below.push(format!("Half of the pools need no more than {} a job.", human::time_part(typical)));
    }
    if let Some(most) = granularity::plateau(&fitted.granularity) {
        below.push(format!(
            "The longest jobs reach an efficiency of {most:.2} at most: the cores were not the run's own, or fewer than counted, so that \
             METG says more of them than of pools. `poolbench doctor` says more."
        ));
    }
    vec![Passage { heading, table: Cells::new(&header, rows), below }]
}

/// How sure the costs are; nothing where there are none.
pub(crate) fn sure(fitted: &Fitted) -> Option<String> {
    if fitted.costs.is_empty() {
        return None;
    }
    let trends = || fitted.costs.iter().filter_map(|cost| Some((cost, cost.trend.as_ref()?)));
    let median = |of: &dyn Fn(&Trend) -> Option<f64>| {
        let known: Vec<f64> = trends().filter_map(|(_, trend)| of(trend)).collect();
        crate::stats::Sample::new(&known).map_or(f64::NAN, |sample| sample.median())
    };
    let line = format!(
        "A straight line explains {:.3} of the spread of the trials and {:.3} of that of their means (R^2, median of {} curves)",
        median(&|trend| trend.line.r2_of_trials),
        median(&|trend| trend.line.r2_of_means),
        trends().count()
    );
    let parabola = median(&|trend| trend.parabola.as_ref()?.r2_of_trials);
    let parabola = if parabola.is_finite() {
        format!(", a parabola {parabola:.3} and {:.3}", median(&|trend| trend.parabola.as_ref()?.r2_of_means))
    } else {
        String::new()
    };
    let few = fitted.costs.iter().filter(|cost| cost.jobs.len() < SIZES_FOR_A_BEND).count();
    let bent: Vec<String> = trends()
        .filter(|(_, trend)| trend.bends == Some(true))
        .map(|(cost, _)| format!("{} in {}", cost.name, cost.workload))
        .collect();
    let bends = match (few, bent.len()) {
        (few, _) if few == fitted.costs.len() => {
            format!("With fewer than {SIZES_FOR_A_BEND} sizes each is a straight line; whether one bends is not known.")
        }
        (_, 0) => "None bends beyond doubt (BIC).".to_owned(),
        (_, count) if count > SHOWN => {
            format!("{count} bend (BIC), {} and others: see --json.", bent[..SHOWN].join(", "))
        }
        (_, _) => format!("Bend (BIC): {}.", bent.join(", ")),
    };
    let interval = if fitted.blocks >= crate::plan::SMOKE_BLOCKS {
        format!("In brackets intervals at 95 %, from {} draws of the {}. ", crate::stats::DRAWS, fitted.drawn)
    } else {
        String::new()
    };
    Some(format!("{interval}{line}{parabola}. {bends}"))
}

/// A crossover in a sentence.
fn crossing(one: &Crossover) -> String {
    let Crossover { a, b, workload, range, .. } = one;
    let without = format!("{:.0} % of the draws of blocks have none", 100.0 * one.without);
    let measured: Vec<String> =
        one.measured.iter().map(|(jobs, ratio)| format!("{jobs}: {}", human::factor(*ratio))).collect();
    let measured = format!("{a} takes so many times as long as {b} at {}.", measured.join(", "));
    let fit = if one.bends { "parabolas" } else { "lines" };
    if one.alike {
        return format!(
            "{workload}: {a} and {b} differ by no more than 3 % from {} to {} jobs. {measured}",
            range.0, range.1
        );
    }
    match one.at_jobs {
        Some(at) if one.without > 0.5 => format!(
            "{workload}: no crossing of {a} and {b} can be claimed from {} to {} jobs: the {fit} of all blocks cross at {}, but {without}. \
             {measured}",
            range.0,
            range.1,
            whole(at)
        ),
        None => format!(
            "{workload}: {a} and {b} do not cross from {} to {} jobs ({fit}; {without}). {measured}",
            range.0, range.1
        ),
        Some(at) => {
            let interval = match (one.low_jobs, one.high_jobs) {
                (Some(low), Some(high)) => format!(" ({} to {} jobs at 95 %)", whole(low), whole(high)),
                _ => String::new(),
            };
            format!(
                "{workload}: {a} and {b} cross at {} jobs{interval}; {without} from {} to {} ({fit}). {measured}",
                whole(at),
                range.0,
                range.1
            )
        }
    }
}
