//! What a race says to people at its end.

use std::path::Path;

use anyhow::Result;
use harness::human;

use super::again::commands;
use super::answer::{Answer, Standing};
use super::sentence::Told;
use super::tables::{figures, left, on_the_front};
use super::words::in_a_list;
use super::{sentences, tables};
use crate::analysis::brief::named;
use crate::analysis::passage::Cells;
use crate::analysis::pasted::{command, pasted};
use crate::analysis::table::{Style, blocks, prose};
use crate::analysis::whole;

/// Lines of the table of who is left.
const SHOWN: usize = 8;
/// Lines of the front.
const FRONT: usize = 5;

/// The answer for people, in lines of this width.
pub fn for_people(path: &Path, columns: usize) -> Result<String> {
    let Some(answer) = Answer::read(path)? else {
        return Ok("no finished round yet; `poolbench resume` goes on with the race".to_owned());
    };
    let style = Style::Terminal(columns);
    let Cells { header, mut rows } = left(&answer);
    let more = rows.len().saturating_sub(SHOWN);
    rows.truncate(SHOWN);
    let more = if more > 0 { format!("\n and {more} more: --json") } else { String::new() };
    Ok(format!(
        "{}\n\n{}{more}\n\n{}",
        prose(style, &Told::of(&answer).sentence()),
        Cells { header, rows }.text(style),
        blocks(columns, &below(&answer, path))
    ) + &pastable(&answer, columns))
}

/// Every entrant that left, for people.
pub fn everybody(path: &Path, columns: usize) -> Result<String> {
    let Some(answer) = Answer::read(path)? else { return Ok(String::new()) };
    Ok(format!("\n\n{}", tables::out(&answer).text(Style::Terminal(columns))))
}

/// The commands that repeat the winner and look further, as they can be pasted.
fn pastable(answer: &Answer, columns: usize) -> String {
    let lines = commands(answer).into_iter().map(|(what, words)| format!("\n{what}:\n{}", command(columns, &words)));
    lines.collect()
}

/// What is said under the table.
fn below(answer: &Answer, path: &Path) -> Vec<(&'static str, String)> {
    let mut said = vec![("ended", sentences::ended(answer))];
    said.extend(sentences::figures(answer).map(|text| ("read", text.to_owned())));
    said.push(("out", sentences::out(answer)));
    said.extend(front(answer).map(|text| ("front", text)));
    said.extend(sentences::twin(answer).map(|text| ("twin", text)));
    said.extend(sentences::mind(answer).map(|text| ("mind", text.to_owned())));
    let dir = named(path);
    said.push((
        "more",
        format!(
            "all that left: {}\na page with pictures: {}",
            pasted(&format!("poolbench summary{dir} --all")),
            pasted(&format!("poolbench report{dir}"))
        ),
    ));
    said
}

/// A line for each of the front.
fn front(answer: &Answer) -> Option<String> {
    let all = on_the_front(answer);
    let line = |one: &&Standing| {
        let [time, peak, cpu] = figures(one)?.map(whole);
        let cell = in_a_list(&answer.plan.cells[one.cell]);
        Some(format!("{cell}: {}, {}, {} of CPU", human::time(time), human::size(peak), human::time(cpu)))
    };
    let mut lines: Vec<String> = all.iter().take(FRONT).filter_map(line).collect();
    if all.len() > FRONT {
        lines.push(format!("and {} more", all.len() - FRONT));
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}
