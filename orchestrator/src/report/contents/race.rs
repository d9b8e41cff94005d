//! The report of a race: its answer in the words of the command, who was in round by round, and who left how.

use std::path::Path;

use anyhow::{Context as _, Result};

use super::reported::{Run, section};
use super::{figures, finished, machine, methodology, named, summary, trust};
use crate::analysis::passage::Passage;
use crate::analysis::{Figures, RunLevel, figures as figures_of};
use crate::models::Models;
use crate::models::fit::Fitted;
use crate::outcome::sentence::Told;
use crate::outcome::{Answer, commands, sentences, tables};
use crate::record::about::About;
use crate::record::folder;
use crate::report::document::{Answer as Found, Card, Document, Part, Section, Shown, long, sentence};
use crate::report::pictures;

const LEFT: &str = "Those that are left were not beyond doubt slower than the best. `same` is a claim of the final; `not told apart` \
                    says no more than that.";
const OUT: &str = "`behind` is a claim: the exact paired test puts it behind the leader of that round. `set aside` is a decision that \
                   saves time, and no claim. `times` is the median over the rounds of how many times the leader's its figure was.";

/// The report of a race. `host` is what its machine is called instead of what the run calls it.
pub(in crate::report) fn of_race(path: &Path, host: Option<&str>) -> Result<Document> {
    let data = finished(path)?;
    let answer = Answer::read_without_places(path)?.with_context(|| {
        format!(
            "{0} has no finished round yet, so there is nothing to report; `poolbench resume {0}` goes on with it",
            path.display()
        )
    })?;
    let (about, level, models) = (About::read(path)?, RunLevel::of(&data)?, Models::of(&data));
    let machine = named(folder::read_machine(path)?, host);
    let fitted = Fitted::of(&models, None);
    let run =
        Run { path, about: &about, machine: &machine, data: &data, level: &level, models: &models, fitted: &fitted };
    let all = figures_of(&data)?;
    let sections = sections(&run, &answer, &all)?;
    Ok(Document {
        title: format!("poolbench: {}", about.plan.run),
        heading: "Which worker pool for this job?".to_owned(),
        about: vec![about.heading(), machine.sentence()],
        answers: vec![card(&answer)],
        sure: sure(&answer),
        sections: sections.into_iter().filter(|section| !section.parts.is_empty()).collect(),
        files: vec![summary(&about, &all)?],
    })
}

/// The answer, of the same parts as the command's sentence.
fn card(answer: &Answer) -> Card {
    let Told { case, pool, how, value, interval, others, same, open, more } = Told::of(answer);
    let ties = match () {
        () if answer.left.len() == 1 => "No other is left.".to_owned(),
        () => [same, open].into_iter().filter(|said| !said.is_empty()).collect::<Vec<_>>().join(" "),
    };
    let others = (!others.is_empty()).then(|| sentence(&others.join(", ")) + ".");
    let table = tables::left(answer);
    let table_is = match table.rows.len() {
        1 => "The one that is left".to_owned(),
        count => format!("All {count} that are left"),
    };
    let sure = others.into_iter().chain((!more.is_empty()).then_some(more)).collect();
    let found = Found { pool, how, time: value, interval, ties, sure, table, table_is };
    Card { question: case, of: String::new(), answer: Ok(found) }
}

/// How it ended, and what the figures are of.
fn sure(answer: &Answer) -> Vec<String> {
    let said = [
        Some(sentences::ended(answer)),
        sentences::figures(answer).map(str::to_owned),
        sentences::mind(answer).map(str::to_owned),
    ];
    said.into_iter().flatten().map(|said| sentence(&said)).collect()
}

fn sections(run: &Run, answer: &Answer, all: &[Figures]) -> Result<[Section; 8]> {
    let found = pictures::of_race(answer)?;
    let shown: Vec<Shown> = found.into_iter().map(|picture| Shown { name: picture.id.to_owned(), picture }).collect();
    Ok([
        left(answer),
        section("pictures", "Pictures", [Part::Pictures(shown)]),
        out(answer),
        front(answer),
        trust::part(run)?,
        machine::part(run),
        methodology::of_race(),
        figures::of_race(run, all),
    ])
}

/// Who is left, and the commands that repeat the best or look further.
fn left(answer: &Answer) -> Section {
    let repeat = commands(answer).into_iter().map(|(what, words)| format!("{}: `{}`", sentence(what), words.join(" ")));
    let twin = sentences::twin(answer).map(|said| Part::Say(sentence(&said)));
    let table = long(Passage { table: tables::left(answer), ..Passage::default() });
    let below = [Part::list(repeat.collect()), twin, Some(Part::How(LEFT.to_owned()))];
    section("left", "Who is left", table.into_iter().chain(below.into_iter().flatten()))
}

/// Who left, when and how.
fn out(answer: &Answer) -> Section {
    if answer.race().out.is_empty() {
        return section("out", "Who left", [Part::Say("Nobody left.".to_owned())]);
    }
    let table = long(Passage { table: tables::out(answer), ..Passage::default() });
    let said = Part::Say(sentence(&sentences::out(answer)));
    section("out", "Who left", [said].into_iter().chain(table).chain([Part::How(OUT.to_owned())]))
}

/// What no other matches in time, memory and CPU time.
fn front(answer: &Answer) -> Section {
    let table = tables::of_the_front(answer);
    let parts = if table.rows.is_empty() { Vec::new() } else { long(Passage { table, ..Passage::default() }) };
    section("front", "The front of time, memory and CPU time", parts)
}
