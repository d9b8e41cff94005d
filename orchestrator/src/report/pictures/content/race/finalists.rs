//! The final of a race: each finalist beside the best, with the interval that its ratio is known within.

use super::super::csv::Table;
use super::super::source::Sketch;
use crate::analysis::whole;
use crate::outcome::Answer;
use crate::outcome::answer::Standing;
use crate::outcome::words::short;
use crate::plan::race::How;
use crate::report::pictures::draw::Axis;
use crate::report::pictures::draw::rows::{Row, Rows};
use crate::report::pictures::picture::About;
use crate::report::pictures::scale::Spread;
use crate::report::pictures::units::Unit;
use crate::report::shown::Known;
use crate::stats::{Interval, Verdict};

/// The picture; nothing before the final.
pub(super) fn finalists(answer: &Answer) -> Option<Sketch> {
    let race = answer.race();
    if race.final_rounds() == 0 {
        return None;
    }
    let mut table = Table::new(&["pool", "workers", "chunk", "window", "verdict"], "permille");
    let mut all = Vec::new();
    let behind = race.out.iter().filter(|out| out.how == How::Behind && out.round >= race.final_from);
    let left = answer.left.iter().map(|one| (one.cell, beside(answer, one), verdict(answer, one)));
    let out = behind.map(|out| (out.cell, exactly(out.factor), format!("behind after round {}", out.round)));
    for (cell, known, verdict) in left.chain(out) {
        let own = &answer.plan.cells[cell];
        table.row(&[&own.pool, &own.workers, &own.chunk, &own.window, &verdict], known.times(1000.0));
        let is_best = cell == answer.best().cell;
        all.push(Row {
            pool: own.pool.clone(),
            name: short(own),
            values: vec![Some(known)],
            trials: vec![if is_best { Vec::new() } else { answer.ratios(cell) }],
            note: verdict,
        });
    }
    let x = Axis {
        only: Some(Spread::Log),
        ..Axis::new(format!("times the best one's {}", answer.measure.word()), Unit::Times)
    };
    let rows = Rows {
        title: format!("{} rounds of the final", race.final_rounds()),
        x,
        parts: vec!["final"],
        is_last_behind: false,
        all,
    };
    let about = About {
        id: "final",
        title: title(answer),
        how_to_read: "A row a finalist: its ratio to the best in the rounds of the final, the interval that all comparisons of the \
                      final share an error of 5 % in, and a point a round. Same is who lies with the whole interval within the band \
                      of the race.",
        left_out: String::new(),
        data: table.text(),
    };
    Some(Sketch { about, parts: vec![Box::new(rows)] })
}

/// The ratio to the best with its interval.
fn beside(answer: &Answer, one: &Standing) -> Known {
    match one.judged {
        Some(judged) => {
            let ratio = judged.estimate.exp();
            let interval = judged.interval.map(Interval::to_ratio);
            Known {
                value: ratio,
                low: interval.map_or(ratio, Interval::low),
                high: interval.map_or(ratio, Interval::high),
            }
        }
        None => exactly(one.value.zip(answer.best().value).map_or(1.0, |(own, best)| own / best)),
    }
}

fn exactly(value: f64) -> Known {
    Known { value, low: value, high: value }
}

fn verdict(answer: &Answer, one: &Standing) -> String {
    match one.judged.map(|judged| judged.verdict) {
        None if one.cell == answer.best().cell => {
            one.value.map_or("best".to_owned(), |value| format!("best, {}", answer.measure.text(whole(value))))
        }
        Some(Verdict::Same) => "same".to_owned(),
        Some(Verdict::TooFewBlocks) => "too few rounds".to_owned(),
        _ => "not told apart".to_owned(),
    }
}

fn title(answer: &Answer) -> String {
    let (best, same) = (short(&answer.plan.cells[answer.best().cell]), answer.same().count());
    let others = answer.left.len() - 1;
    match (same, others) {
        (_, 0) => format!("The final: {best} alone is left"),
        (0, _) => format!("The final does not tell {best} from {others} more"),
        (same, others) if same == others => format!("The final: {same} more are as good as {best}"),
        (same, others) => {
            format!("The final: of {others} more {same} are as good as {best}, the others are not told apart")
        }
    }
}
