//! The answer of a race for programs.

use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::answer::{Answer, Standing};
use crate::analysis::whole;
use crate::plan::race::{End, Objective, Out};
use crate::record::folder;
use crate::stats::Interval;

/// The answer for programs.
pub fn as_json(path: &Path) -> Result<String> {
    let answer = Answer::read(path)?;
    let value = match &answer {
        Some(answer) => value(answer),
        None => json!({"run": folder::read_plan(path)?.run, "answer": null}),
    };
    serde_json::to_string_pretty(&value).context("writing JSON")
}

/// The run's name and those left, the best first, as the answer of `advise` has pools; nothing before the first look.
pub fn as_advice(path: &Path) -> Result<Option<(String, Vec<Value>)>> {
    let Some(answer) = Answer::read(path)? else { return Ok(None) };
    let best = answer.best().cell;
    let pool = |one: &Standing| {
        let interval = answer.interval.filter(|_| one.cell == best && answer.race().objective == Objective::Time);
        let mut value = entrant(&answer, one.cell);
        value["batch_ns"] = json!(one.time_ns.map(whole));
        value["low_ns"] = json!(interval.map(|interval| whole(interval.low())));
        value["high_ns"] = json!(interval.map(|interval| whole(interval.high())));
        value["measured"] = json!(true);
        value["peak_bytes"] = json!(one.peak_bytes.map(whole));
        // Whoever is behind has left.
        value["tie"] = json!(true);
        value
    };
    let pools = answer.left.iter().map(pool).collect();
    Ok(Some((answer.plan.run.clone(), pools)))
}

/// What names an entrant.
fn entrant(answer: &Answer, cell: usize) -> Value {
    let cell = &answer.plan.cells[cell];
    json!({
        "pool": cell.pool, "workers": cell.workers.total(), "chunk": cell.chunk.to_string(), "window": cell.window.to_string(),
    })
}

fn value(answer: &Answer) -> Value {
    let race = answer.race();
    let entrant = |cell: usize| entrant(answer, cell);
    let standing = |one: &Standing| {
        let mut value = entrant(one.cell);
        let ratio = one.judged.and_then(|judged| judged.interval).map(Interval::to_ratio);
        for (key, figure) in
            [("value", one.value), ("time_ns", one.time_ns), ("cpu_ns", one.cpu_ns), ("peak_bytes", one.peak_bytes)]
        {
            value[key] = json!(figure.map(whole));
        }
        value["ratio"] = json!(one.judged.map(|judged| judged.estimate.exp()));
        value["ratio_low"] = json!(ratio.map(Interval::low));
        value["ratio_high"] = json!(ratio.map(Interval::high));
        value
    };
    let mut best = standing(answer.best());
    best["low"] = json!(answer.interval.map(|interval| whole(interval.low())));
    best["high"] = json!(answer.interval.map(|interval| whole(interval.high())));
    let out = |out: &Out| {
        let mut value = entrant(out.cell);
        value["how"] = json!(out.how.word());
        value["round"] = json!(out.round);
        value["factor"] = json!((out.factor > 0.0).then_some(out.factor));
        value["cut_off"] = json!(out.cut_off);
        value["leader"] = entrant(out.leader);
        value
    };
    json!({
        "run": answer.plan.run,
        "unchecked": answer.plan.unchecked().collect::<Vec<_>>(),
        "objective": race.objective.word(),
        "measure": answer.measure.key(),
        "ended": race.ended.map(End::word),
        "rounds": race.rounds(),
        "final_rounds": race.final_rounds(),
        "spent_ms": race.spent_ms,
        "answer": best,
        "same": answer.same().map(standing).collect::<Vec<_>>(),
        "remaining": answer.left.iter().map(standing).collect::<Vec<_>>(),
        "out": race.out.iter().map(out).collect::<Vec<_>>(),
    })
}
