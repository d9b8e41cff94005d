//! Who was in, round by round: how far each entrant was from the leader, and where and how it left.

use super::super::csv::Table;
use super::super::source::Sketch;
use crate::outcome::Answer;
use crate::outcome::laps::laps;
use crate::outcome::words::short;
use crate::plan::race::{How, Out};
use crate::report::pictures::draw::course::{Course, IN, Runner};
use crate::report::pictures::picture::About;
use crate::report::shown::Known;
use crate::stats::BadSample;

/// What is further from the leader lies at the upper edge, that those near it may be told apart.
const MOST: f64 = 5.0;
/// What becomes of entrants, in the order of their shapes: circle, square, triangle, diamond, triangle on its tip, plus and cross.
const FATES: [&str; 7] =
    ["left at the end", "behind", "cut off", "set aside", "no time to tell", "too much memory", "failed"];

/// The picture.
pub(super) fn rounds(answer: &Answer) -> Result<Sketch, BadSample> {
    let (race, laps) = (answer.race(), laps(answer)?);
    let runner = |cell: usize, fate: usize, said: String| Runner {
        pool: answer.plan.cells[cell].pool.clone(),
        name: short(&answer.plan.cells[cell]),
        ratios: laps[cell].clone(),
        fate,
        said,
    };
    let left = answer.left.iter().map(|one| runner(one.cell, IN, format!("left after {} rounds", race.rounds())));
    let out = race.out.iter().map(|out| {
        let least = if out.cut_off { ", cut off, so that it took this or more" } else { "" };
        runner(out.cell, fate(out), format!("{} after round {}{least}", out.how, out.round))
    });
    let course = Course {
        title: format!("{} entrants", race.entrants),
        what: format!("times the leader's {}", answer.measure.word()),
        all: left.chain(out).collect(),
        fates: FATES.map(str::to_owned).to_vec(),
        ran: (1..=race.rounds()).map(|round| race.field(race.entrants, round).len()).collect(),
        final_from: race.final_from,
        most: MOST,
    };
    let about = About {
        id: "rounds",
        title: title(answer),
        how_to_read: "A line an entrant: by how much its median so far was above that of who led then, after each round. It ends \
                      where the entrant left, in a mark that says how. Behind is a claim of the exact test; set aside is a decision \
                      and no claim. What is beyond 5 times lies at the upper edge.",
        left_out: String::new(),
        data: data(answer, &laps),
    };
    Ok(Sketch { about, parts: vec![Box::new(course)] })
}

fn fate(out: &Out) -> usize {
    match out.how {
        How::Failed => 6,
        How::Memory => 5,
        _ if out.cut_off => 2,
        How::Behind => 1,
        How::SetAside => 3,
        How::Budget => 4,
    }
}

fn title(answer: &Answer) -> String {
    let (race, best) = (answer.race(), answer.best().cell);
    let others = race.looks.iter().rposition(|look| look.leader != best);
    let since = match others.map(|at| race.looks[at].round + 1) {
        None => "led from the first round on".to_owned(),
        Some(round) => format!("leads from round {round} on"),
    };
    let left = answer.left.len();
    format!(
        "Of {} entrants {left} {} left: {} {since}",
        race.entrants,
        if left == 1 { "is" } else { "are" },
        short(&answer.plan.cells[best])
    )
}

fn data(answer: &Answer, laps: &[Vec<f64>]) -> String {
    let mut table = Table::new(&["pool", "workers", "chunk", "window", "round", "left"], "permille");
    for (cell, ratios) in laps.iter().enumerate() {
        let out = answer.race().out.iter().find(|out| out.cell == cell);
        let own = &answer.plan.cells[cell];
        for (round, ratio) in ratios.iter().enumerate() {
            let how = out.filter(|_| round + 1 == ratios.len()).map_or("", |out| out.how.word());
            let known = Known { value: *ratio, low: *ratio, high: *ratio }.times(1000.0);
            table.row(&[&own.pool, &own.workers, &own.chunk, &own.window, &(round + 1), &how], known);
        }
    }
    table.text()
}
