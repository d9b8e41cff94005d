//! What a race says to people: before it begins, and at its end.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use harness::human;

use super::answer::{Answer, Standing};
use super::field::race_of;
use super::front::front;
use super::rules::Rules;
use super::text::{again, further, memory_word, sentence};
use super::words::{case, in_a_list};
use crate::analysis::brief::named;
use crate::analysis::pasted::{command, pasted};
use crate::analysis::table::{Style, blocks, prose, table};
use crate::analysis::whole;
use crate::plan::Plan;
use crate::plan::cell::Cell;
use crate::plan::race::{End, How, Out};
use crate::record::machine::Machine;
use crate::stats::{Interval, Verdict};

/// Lines of the table of who is left.
const SHOWN: usize = 8;
/// Lines of the front.
const FRONT: usize = 5;
/// Who left last, by name.
const NEAREST: usize = 3;
/// What those of kind `processes` are to be held against.
const EIGHT_BYTES: &str = "results here are 8 bytes a job; what a job of yours returns must cross between processes, which this \
                           race does not show.";

/// What is said before the first round.
pub fn first_screen(plan: &Plan, machine: &Machine, columns: usize) -> String {
    let race = race_of(plan);
    let entrants = &plan.cells[..race.entrants];
    let distinct = |word: fn(&Cell) -> String| {
        let mut seen: Vec<String> = Vec::new();
        for word in entrants.iter().map(word) {
            if !seen.contains(&word) {
                seen.push(word);
            }
        }
        seen
    };
    let pools = distinct(|cell| cell.pool.clone()).len();
    let workers = distinct(|cell| cell.workers.to_string()).join(", ");
    let chunks = distinct(|cell| cell.chunk.to_string()).join(", ");
    let mut lines = vec![
        format!(
            "race: {}: {} entrants, which are {pools} pools on {workers} workers with chunk {chunks}",
            case(plan),
            entrants.len()
        ),
        machine.sentence(),
        format!(
            "a round of all takes about {}; the slow ones leave from round 2 on; at most {}, seed {}",
            human::seconds(plan.block_estimate()),
            human::seconds(Duration::from_millis(plan.budget_ms)),
            plan.seed
        ),
    ];
    lines.extend(plan.left_out.iter().map(|reason| format!("left out: {reason}")));
    lines.iter().map(|line| prose(Style::Terminal(columns), line)).collect::<Vec<_>>().join("\n")
}

/// The answer for people, in lines of this width.
pub fn for_people(path: &Path, columns: usize) -> Result<String> {
    let Some(answer) = Answer::read(path)? else {
        return Ok("no finished round yet; `poolbench resume` goes on with the race".to_owned());
    };
    let style = Style::Terminal(columns);
    let header = ["left", "workers", "chunk", answer.measure.word(), memory_word(&answer), "CPU", "beside the best"];
    let rows: Vec<Vec<String>> = answer.left.iter().take(SHOWN).map(|one| row(&answer, one)).collect();
    let more = answer.left.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!("\n and {more} more: --json") } else { String::new() };
    Ok(format!(
        "{}\n\n{}{more}\n\n{}",
        prose(style, &sentence(&answer)),
        table(style, &header, &rows),
        blocks(columns, &below(&answer, path))
    ) + &commands(&answer, columns))
}

/// The commands that repeat the winner and look further, as they can be pasted.
fn commands(answer: &Answer, columns: usize) -> String {
    let all = again(answer).into_iter().chain(further(answer));
    let lines: Vec<String> = all.map(|(what, words)| format!("\n{what}:\n{}", command(columns, &words))).collect();
    lines.concat()
}

/// Every entrant that left, for people.
pub fn everybody(path: &Path, columns: usize) -> Result<String> {
    let Some(answer) = Answer::read(path)? else { return Ok(String::new()) };
    let header = ["out", "workers", "chunk", "after round", "times", answer.measure.word(), "how"];
    let row = |out: &Out| {
        let (cell, one) = (&answer.plan.cells[out.cell], &answer.all[out.cell]);
        let times = if out.factor > 0.0 { human::factor(out.factor) } else { String::new() };
        vec![
            cell.pool.clone(),
            cell.workers.to_string(),
            cell.chunk.to_string(),
            out.round.to_string(),
            times,
            one.value.map_or(String::new(), |value| answer.measure.text(whole(value))),
            format!("{}{}", out.how, if out.cut_off { ", cut off" } else { "" }),
        ]
    };
    let rows: Vec<Vec<String>> = answer.race().out.iter().rev().map(row).collect();
    Ok(format!("\n\n{}", table(Style::Terminal(columns), &header, &rows)))
}

fn row(answer: &Answer, one: &Standing) -> Vec<String> {
    let cell = &answer.plan.cells[one.cell];
    let time = |value: Option<f64>| value.map_or(String::new(), |ns| human::time(whole(ns)));
    let beside = match &one.judged {
        Some(judged) => {
            let verdict = match judged.verdict {
                Verdict::Same => "same, ",
                Verdict::TooFewBlocks => "too few rounds, ",
                _ => "not told apart, ",
            };
            let change = match judged.interval.map(Interval::to_ratio) {
                Some(ratio) => human::change_within(judged.estimate.exp_m1(), ratio.low() - 1.0, ratio.high() - 1.0),
                None => human::change(judged.estimate.exp_m1()),
            };
            format!("{verdict}{change}")
        }
        None if one.cell == answer.best().cell => "best".to_owned(),
        None => "not told apart".to_owned(),
    };
    vec![
        cell.pool.clone(),
        cell.workers.to_string(),
        cell.chunk.to_string(),
        one.value.map_or(String::new(), |value| answer.measure.text(whole(value))),
        one.peak_bytes.map_or(String::new(), |bytes| human::size(whole(bytes))),
        time(one.cpu_ns),
        beside,
    ]
}

/// What is said under the table.
fn below(answer: &Answer, path: &Path) -> Vec<(&'static str, String)> {
    let cell = &answer.plan.cells[answer.best().cell];
    let mut said = vec![("ended", ended(answer))];
    if answer.race().final_rounds() > 0 {
        said.push(("read", "best by the median of all rounds; the figures are those of the final alone.".to_owned()));
    }
    said.push(("out", out(answer)));
    said.extend(on_the_front(answer).map(|text| ("front", text)));
    said.extend(answer.twin.map(|(ratio, interval)| ("twin", twin(ratio, interval))));
    let kind = answer.plan.pools.get(cell.real_pool()).map(|binary| binary.kind.as_str());
    if [Some("processes"), Some("hybrid")].contains(&kind) {
        said.push(("mind", EIGHT_BYTES.to_owned()));
    }
    said.push(("more", format!("all that left: {}", pasted(&format!("poolbench summary{} --all", named(path))))));
    said
}

fn ended(answer: &Answer) -> String {
    let race = answer.race();
    let spent = human::seconds(Duration::from_millis(race.spent_ms));
    let budget = human::seconds(Duration::from_millis(answer.plan.budget_ms));
    let band = human::share(race.band().share());
    let rounds = match (race.rounds(), race.final_rounds()) {
        (rounds, 0) => format!("{rounds} rounds, none of them a final, so that there are no intervals"),
        (rounds, last) => format!("{rounds} rounds, the last {last} of finalists only, which alone give intervals"),
    };
    let why = match race.ended {
        Some(End::One) => "one is left".to_owned(),
        Some(End::Same) => format!("all that are left are the same within {band}"),
        Some(End::Budget) if Rules::default().are_spent(race) => {
            "the final has taken its share of the trials, and does not tell those left apart".to_owned()
        }
        Some(End::Budget) => format!("the time is spent, --budget gives more than {budget}"),
        Some(End::Interrupted) => {
            "it was stopped, and this is the answer so far; `poolbench resume` goes on".to_owned()
        }
        None => "it has not ended; `poolbench resume` goes on".to_owned(),
    };
    format!("{why}. {rounds}; {spent}.")
}

/// Who left, by how and when, and those who left last by name.
fn out(answer: &Answer) -> String {
    let race = answer.race();
    if race.out.is_empty() {
        return "nobody left".to_owned();
    }
    let mut counts: BTreeMap<How, Vec<&Out>> = BTreeMap::new();
    race.out.iter().for_each(|out| counts.entry(out.how).or_default().push(out));
    let group = |(how, outs): (&How, &Vec<&Out>)| {
        let rounds = (outs.iter().map(|out| out.round).min(), outs.iter().map(|out| out.round).max());
        let when = match rounds {
            (Some(first), Some(last)) if first != last => format!("after rounds {first} to {last}"),
            (first, _) => format!("after round {}", first.unwrap_or(0)),
        };
        let cut = outs.iter().filter(|out| out.cut_off).count();
        let cut =
            if cut > 0 { format!(", {cut} of them cut off at five times the leader's time") } else { String::new() };
        format!("{} {how} {when}{cut}", outs.len())
    };
    let groups: Vec<String> = counts.iter().map(group).collect();
    let mut nearest: Vec<&Out> = race.out.iter().filter(|out| out.factor > 0.0).collect();
    nearest.sort_by(|one, other| one.factor.total_cmp(&other.factor));
    let name = |out: &&Out| {
        let cell = in_a_list(&answer.plan.cells[out.cell]);
        format!("{cell}, {} times after round {}", human::factor(out.factor), out.round)
    };
    let nearest: Vec<String> = nearest.iter().take(NEAREST).map(name).collect();
    let nearest = if nearest.is_empty() { String::new() } else { format!(". Nearest: {}", nearest.join("; ")) };
    format!("{} of {}: {}{nearest}.", race.out.len(), race.entrants, groups.join("; "))
}

/// Those that no other matches in time, memory and CPU time.
fn on_the_front(answer: &Answer) -> Option<String> {
    let whole_ones: Vec<(&Standing, [f64; 3])> =
        answer.all.iter().filter_map(|one| Some((one, [one.time_ns?, one.peak_bytes?, one.cpu_ns?]))).collect();
    let figures: Vec<[f64; 3]> = whole_ones.iter().map(|(_, figures)| *figures).collect();
    let places = front(&figures, answer.race().band().share());
    let line = |at: &usize| {
        let (one, [time, peak, cpu]) = &whole_ones[*at];
        let [time, cpu] = [time, cpu].map(|ns| human::time(whole(*ns)));
        format!("{}: {time}, {}, {cpu} of CPU", in_a_list(&answer.plan.cells[one.cell]), human::size(whole(*peak)))
    };
    let mut lines: Vec<String> = places.iter().take(FRONT).map(line).collect();
    if places.len() > FRONT {
        lines.push(format!("and {} more", places.len() - FRONT));
    }
    (places.len() > 1).then(|| lines.join("\n"))
}

fn twin(ratio: f64, interval: Option<Interval>) -> String {
    let change = match interval {
        Some(interval) => human::change_within(ratio - 1.0, interval.low() - 1.0, interval.high() - 1.0),
        None => human::change(ratio - 1.0),
    };
    format!("who led into the final ran there twice: the second differs by {change}")
}
