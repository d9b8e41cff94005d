//! The answer in words: a sentence, a table, how sure it is, and what to do next.

use harness::human;

use super::answer::{Advice, Answer};
use super::question::Question;
use crate::analysis::passage::Cells;
use crate::analysis::pasted::command;
use crate::analysis::table::{Style, blocks, prose};
use crate::analysis::whole;
use crate::models::{Models, Outside, Prediction};

/// Pools in the sentence.
const NAMED: usize = 4;
/// Lines of the table.
const SHOWN: usize = 12;
/// Within so many times what was measured it counts as measured: a job of `spin:10us` is as long as the machine's mood makes it.
const INSIDE: f64 = 1.1;

/// All of it.
pub(super) fn text(question: &Question, answer: &Answer, models: &Models, columns: usize) -> String {
    let mut text = format!("{}\n\n", prose(Style::Terminal(columns), &sentence(question, answer)));
    let mut shown = cells(answer);
    shown.rows.truncate(SHOWN);
    text += &shown.text(Style::Terminal(columns));
    if answer.pools.len() > SHOWN {
        text.push_str("\n and more: --json");
    }
    let words: Vec<String> = ["poolbench".to_owned()].into_iter().chain(answer.measure_with.iter().cloned()).collect();
    format!("{text}\n\n{}\n{}", blocks(columns, &below(question, answer, models)), command(columns, &words))
}

/// Every pool, the best first.
pub(crate) fn cells(answer: &Answer) -> Cells {
    let header = ["pool", "workers", "chunk", "takes", "interval", "peak", "as good"];
    let row = |one: &Advice| {
        vec![
            one.setup.pool.clone(),
            one.setup.workers.to_string(),
            one.setup.chunk.clone(),
            human::time(whole(one.time.value)),
            range(&one.time).unwrap_or_default(),
            one.peak.map_or(String::new(), |peak| human::size(whole(peak.value))),
            if one.tie { "yes".to_owned() } else { human::factor(one.time.value / answer.pools[0].time.value) },
        ]
    };
    Cells::new(&header, answer.pools.iter().map(row).collect())
}

fn sentence(question: &Question, answer: &Answer) -> String {
    let best = &answer.pools[0];
    let range = range(&best.time).map_or(String::new(), |range| format!(" ({range})"));
    let peak = best.peak.map_or(String::new(), |peak| format!(", peak {}", human::size(whole(peak.value))));
    let workers =
        if best.setup.workers == 1 { "1 worker".to_owned() } else { format!("{} workers", best.setup.workers) };
    let ties: Vec<&str> = answer.pools[1..].iter().filter(|one| one.tie).map(|one| one.setup.pool.as_str()).collect();
    let more = ties.len().saturating_sub(NAMED);
    let named = ties.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    let as_good = match (ties.is_empty(), more) {
        (true, _) => " Every other pool is slower.".to_owned(),
        (false, 0) => format!(" As good: {named}."),
        (false, more) => format!(" As good: {named} and {more} more."),
    };
    format!(
        "For {}: {} on {workers}, chunk {}, {} {}{range}{peak}.{as_good}",
        question.words(),
        best.setup.pool,
        best.setup.chunk,
        if best.time.measured { "measured" } else { "predicted" },
        human::time(whole(best.time.value))
    )
}

/// Where a time lies; nothing with too few blocks.
pub(crate) fn range(time: &Prediction) -> Option<String> {
    Some(human::time_range(whole(time.low?), whole(time.high?)))
}

/// What the times of some pools rest on.
pub(crate) fn sure(question: &Question, shown: &[Advice], models: &Models) -> String {
    let (measured, predicted): (Vec<&Advice>, Vec<&Advice>) = shown.iter().partition(|one| one.time.measured);
    let what = if question.once { "start, the first batch and stop" } else { "a warm batch" };
    let blocks = models.data.blocks;
    let mut sure = Vec::new();
    if !measured.is_empty() {
        sure.push(format!("measured: the median of {what} over {blocks} blocks, and its interval at 95 %."));
    }
    if let Some(first) = predicted.first() {
        let who = if measured.is_empty() { String::new() } else { format!(", for {}", names(&predicted)) };
        sure.push(format!("predicted{who}: {what}, from {blocks} blocks, {}.", place(&first.time)));
    }
    sure.join(" ")
}

fn below(question: &Question, answer: &Answer, models: &Models) -> Vec<(&'static str, String)> {
    let shown = &answer.pools[..answer.pools.len().min(SHOWN)];
    let is_measured = shown.iter().all(|one| one.time.measured);
    let next = if is_measured { "more blocks, with" } else { "measure it, with" };
    vec![
        ("sure", sure(question, shown, models)),
        (
            "as good",
            "yes: not beyond doubt more than 3 % slower than the first. A figure: how many times as long it takes."
                .to_owned(),
        ),
        ("next", format!("{next} --measure or by hand:")),
    ]
}

fn names(pools: &[&Advice]) -> String {
    let names: Vec<&str> = pools.iter().take(NAMED).map(|one| one.setup.pool.as_str()).collect();
    let more = pools.len().saturating_sub(NAMED);
    if more == 0 { names.join(", ") } else { format!("{} and {more} more", names.join(", ")) }
}

/// Where a prediction lies, and how far others of the run were off.
fn place(time: &Prediction) -> String {
    let Outside { jobs, length, work } = time.outside;
    // More jobs, or longer ones, are more work; what is told once is enough.
    let work = if jobs.max(length) > INSIDE { 1.0 } else { work };
    let outside = |times: f64, what: &str| {
        (times > INSIDE).then(|| format!("{what} {} times outside of what the run measured", human::factor(times)))
    };
    let far = [
        outside(jobs, "as to the number of jobs"),
        outside(length, "as to the length of a job"),
        outside(work, "as to the work of a batch"),
    ];
    let far: Vec<String> = far.into_iter().flatten().collect();
    let place = if far.is_empty() { "within what the run measured".to_owned() } else { far.join(" and ") };
    let off = time.left_out.map_or(String::new(), |off| {
        format!("; what the run measured and was left out came out within {}", human::share(off.exp_m1()))
    });
    place + &off
}
