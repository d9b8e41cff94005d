//! Time against memory and CPU time in a race, with those marked that no other matches in all three.

use super::super::csv::Table;
use super::super::source::Sketch;
use crate::analysis::Measure;
use crate::outcome::Answer;
use crate::outcome::answer::Standing;
use crate::outcome::sentence::memory_word;
use crate::outcome::tables::{figures, on_the_front};
use crate::outcome::words::short;
use crate::report::pictures::draw::plane::{Dot, Plane};
use crate::report::pictures::draw::{Axis, Draw};
use crate::report::pictures::picture::About;
use crate::report::pictures::units::Unit;
use crate::report::shown::Known;
use crate::stats;

/// Names in the title.
const NAMED: usize = 3;
/// The colours of who is left, and of who is on the front all the same.
const LEFT: usize = 0;
const FRONT: usize = 1;

/// One entrant with its time, memory and CPU time.
struct Entrant<'a> {
    one: &'a Standing,
    known: [Known; 3],
    /// Whether it was left at the end.
    is_left: bool,
    is_front: bool,
}

/// The picture; nothing where one alone has all figures.
pub(super) fn front(answer: &Answer) -> Option<Sketch> {
    let front: Vec<usize> = on_the_front(answer).iter().map(|one| one.cell).collect();
    let is_left = |cell: usize| answer.left.iter().any(|one| one.cell == cell);
    let entrants: Vec<Entrant> = answer
        .all
        .iter()
        .filter_map(|one| {
            let known = known(answer, one)?;
            Some(Entrant { one, known, is_left: is_left(one.cell), is_front: front.contains(&one.cell) })
        })
        .collect();
    if entrants.len() < 2 {
        return None;
    }
    let memory = if answer.memory == Measure::Charged { "charged memory, peak" } else { "peak RSS" };
    let planes = [(1, memory, Unit::Size), (2, "CPU time", Unit::Time)].map(|(at, what, unit)| {
        let plane = Plane {
            title: format!("time and {}", if at == 1 { "memory" } else { "CPU time" }),
            x: Axis::new("batch time", Unit::Time),
            y: Axis::new(what, unit),
            dots: dots(answer, &entrants, at),
        };
        Box::new(plane) as Box<dyn Draw>
    });
    let about = About {
        id: "front",
        title: title(answer),
        how_to_read: "Nearer to the lower left corner is better. Circles are those that were left at the end, by the rounds of the \
                      final; squares left the race and are matched by no other in all of time, memory and CPU time, by the rounds \
                      they ran in; the rest is grey. The line joins those of them that no other betters in both of a panel.",
        left_out: String::new(),
        data: data(answer, &entrants),
    };
    Some(Sketch { about, parts: planes.into() })
}

/// Its figures; of those left with the interval of their medians.
fn known(answer: &Answer, one: &Standing) -> Option<[Known; 3]> {
    let exactly = figures(one)?.map(|value| Known { value, low: value, high: value });
    if answer.left.iter().all(|left| left.cell != one.cell) {
        return Some(exactly);
    }
    let of = |measure: Measure| Known::median(&answer.values(one.cell, measure));
    Some([of(Measure::Time)?, of(answer.memory)?, of(Measure::Cpu)?])
}

fn dots(answer: &Answer, entrants: &[Entrant], at: usize) -> Vec<Dot> {
    let marked: Vec<&Entrant> = entrants.iter().filter(|one| one.is_front).collect();
    let values: Vec<(f64, f64)> = marked.iter().map(|one| (one.known[0].value, one.known[at].value)).collect();
    let joined: Vec<usize> =
        marked.iter().zip(stats::front(&values)).filter(|(_, joined)| *joined).map(|(one, _)| one.one.cell).collect();
    let dot = |entrant: &Entrant| {
        let cell = &answer.plan.cells[entrant.one.cell];
        Dot {
            pool: cell.pool.clone(),
            name: short(cell),
            x: entrant.known[0],
            y: entrant.known[at],
            trials: Vec::new(),
            is_front: joined.contains(&entrant.one.cell),
            colour: if entrant.is_left { Some(LEFT) } else { entrant.is_front.then_some(FRONT) },
        }
    };
    entrants.iter().map(dot).collect()
}

fn title(answer: &Answer) -> String {
    let front = on_the_front(answer);
    let names: Vec<String> = front.iter().take(NAMED).map(|one| short(&answer.plan.cells[one.cell])).collect();
    let more = front.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    match front.len() {
        0 => "Time, memory and CPU time: one matches all others in all three".to_owned(),
        _ => format!("No other matches these in all of time, memory and CPU time: {}{more}", names.join(", ")),
    }
}

fn data(answer: &Answer, entrants: &[Entrant]) -> String {
    let columns = ["pool", "workers", "chunk", "window", "left", "front", "cpu_ns", memory_column(answer)];
    let mut table = Table::new(&columns, "ns");
    for Entrant { one, known, is_left, is_front } in entrants {
        let cell = &answer.plan.cells[one.cell];
        let [cpu, bytes] = [known[2], known[1]].map(|known| format!("{:.0}", known.value));
        let flags = [is_left, is_front].map(|flag| u8::from(*flag));
        table
            .row(&[&cell.pool, &cell.workers, &cell.chunk, &cell.window, &flags[0], &flags[1], &cpu, &bytes], known[0]);
    }
    table.text()
}

fn memory_column(answer: &Answer) -> &'static str {
    if memory_word(answer) == "charged" { "charged_bytes" } else { "resident_bytes" }
}
