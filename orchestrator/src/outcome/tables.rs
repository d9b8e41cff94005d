//! The tables of a race: who is left, who left, and the front of time, memory and CPU time.

use harness::human;

use super::answer::{Answer, Standing};
use super::front::front;
use super::sentence::memory_word;
use crate::analysis::passage::Cells;
use crate::analysis::whole;
use crate::plan::race::Out;
use crate::stats::{Interval, Verdict};

/// Who is left, the best first.
pub(crate) fn left(answer: &Answer) -> Cells {
    let header = ["left", "workers", "chunk", answer.measure.word(), memory_word(answer), "CPU", "beside the best"];
    Cells::new(&header, answer.left.iter().map(|one| row(answer, one)).collect())
}

/// Who left, the last first.
pub(crate) fn out(answer: &Answer) -> Cells {
    let header = ["out", "workers", "chunk", "after round", "times", answer.measure.word(), "how"];
    let row = |out: &Out| {
        let (cell, one) = (&answer.plan.cells[out.cell], &answer.all[out.cell]);
        vec![
            cell.pool.clone(),
            cell.workers.to_string(),
            cell.chunk.to_string(),
            out.round.to_string(),
            times(out),
            one.value.map_or(String::new(), |value| answer.measure.text(whole(value))),
            how(out),
        ]
    };
    Cells::new(&header, answer.race().out.iter().rev().map(row).collect())
}

/// How many times as much it was as the leader's; of who was cut off at least so much.
pub(crate) fn times(out: &Out) -> String {
    let least = if out.cut_off { " or more" } else { "" };
    if out.factor > 0.0 { human::factor(out.factor) + least } else { String::new() }
}

/// How it left.
pub(crate) fn how(out: &Out) -> String {
    format!("{}{}", out.how, if out.cut_off { ", cut off" } else { "" })
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

/// Time, peak and CPU time of one that has all three.
pub(crate) fn figures(one: &Standing) -> Option<[f64; 3]> {
    Some([one.time_ns?, one.peak_bytes?, one.cpu_ns?])
}

/// Those that no other matches in time, memory and CPU time, by time; nobody where one matches all others.
pub(crate) fn on_the_front(answer: &Answer) -> Vec<&Standing> {
    let whole_ones: Vec<(&Standing, [f64; 3])> =
        answer.all.iter().filter_map(|one| Some((one, figures(one)?))).collect();
    let figures: Vec<[f64; 3]> = whole_ones.iter().map(|(_, figures)| *figures).collect();
    let places = front(&figures, answer.race().band().share());
    if places.len() > 1 { places.into_iter().map(|at| whole_ones[at].0).collect() } else { Vec::new() }
}

/// Those with their figures.
pub(crate) fn of_the_front(answer: &Answer) -> Cells {
    let header = ["pool", "workers", "chunk", "time", memory_word(answer), "CPU", "in the race"];
    let row = |one: &&Standing| {
        let cell = &answer.plan.cells[one.cell];
        let [time, peak, cpu] = figures(one).unwrap_or_default().map(whole);
        let out = answer.race().out.iter().find(|out| out.cell == one.cell);
        vec![
            cell.pool.clone(),
            cell.workers.to_string(),
            cell.chunk.to_string(),
            human::time(time),
            human::size(peak),
            human::time(cpu),
            out.map_or("to its end".to_owned(), |out| format!("{} after round {}", how(out), out.round)),
        ]
    };
    Cells::new(&header, on_the_front(answer).iter().map(row).collect())
}
