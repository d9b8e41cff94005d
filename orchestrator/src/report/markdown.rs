//! A report as Markdown.

use std::fmt::Write as _;
use std::path::Path;

use super::document::{Card, Document, Part, Shown, pieces};
use crate::analysis::passage::Passage;
use crate::analysis::table::Style;
use crate::process::plain;

/// The whole document. `pictures` is the folder in which they lie beside it, if they do.
pub(super) fn text(document: &Document, pictures: Option<&Path>) -> String {
    let mut text = format!("# {}\n", escaped(&document.heading));
    for line in &document.about {
        put(&mut text, &escaped(line));
    }
    for card in &document.answers {
        put(&mut text, &answer(card));
    }
    put(&mut text, &escaped(&document.sure.join(" ")));
    for section in &document.sections {
        put(&mut text, &format!("## {}", section.title));
        section.parts.iter().for_each(|one| part(&mut text, one, pictures));
    }
    text
}

/// A paragraph of its own.
fn put(text: &mut String, paragraph: &str) {
    let _ = writeln!(text, "\n{}", paragraph.trim_end());
}

fn answer(Card { question, of, answer }: &Card) -> String {
    let of = if of.is_empty() { String::new() } else { format!(" ({})", escaped(of)) };
    let question = escaped(question);
    match answer {
        Err(why) => format!("**{question}**{of}: {}", escaped(why)),
        Ok(found) => format!(
            "**{question}**{of}: **{}**, {}, {}{}. {} {}",
            escaped(&found.pool),
            escaped(&found.how),
            found.time,
            if found.interval.is_empty() { String::new() } else { format!(" ({})", found.interval) },
            escaped(&found.ties),
            escaped(&found.sure.join(" "))
        ),
    }
}

fn part(text: &mut String, part: &Part, pictures: Option<&Path>) {
    match part {
        Part::Say(said) => put(text, &escaped(said)),
        Part::How(said) => put(text, &format!("*How to read this:* {}", escaped(said))),
        Part::Legend(all) => {
            let lines = all.iter().map(|(word, text)| format!("* **{}**: {}", escaped(word), escaped(text)));
            put(text, &lines.collect::<Vec<_>>().join("\n"));
        }
        Part::List(all) => {
            put(text, &all.iter().map(|said| format!("* {}", escaped(said))).collect::<Vec<_>>().join("\n"));
        }
        Part::Table(passage) => table(text, passage),
        Part::Pictures(all) => all.iter().for_each(|one| picture(text, one, pictures)),
        Part::Folded(title, parts) => {
            put(text, &format!("### {}", escaped(title)));
            for one in parts {
                self::part(text, one, pictures);
            }
        }
    }
}

fn table(text: &mut String, passage: &Passage) {
    if !passage.heading.is_empty() {
        put(text, &format!("**{}**", escaped(&passage.heading)));
    }
    let mut cells = passage.table.clone();
    cells.rows.iter_mut().flatten().for_each(|cell| *cell = escaped(cell));
    put(text, &cells.text(Style::Markdown));
    passage.below.iter().for_each(|said| put(text, &escaped(said)));
}

fn picture(text: &mut String, Shown { name, picture: one }: &Shown, folder: Option<&Path>) {
    put(text, &format!("### {}", escaped(&one.title)));
    match folder {
        Some(folder) => put(text, &format!("![{}]({}/{}.svg)", escaped(&one.title), folder.display(), name)),
        None => put(text, "The picture is in `report.html`; `poolbench report --markdown --svg FOLDER` puts it here."),
    }
    put(text, &format!("*How to read this:* {}", escaped(one.how_to_read)));
}

/// Nothing of a text is markup, but what is between backquotes is code.
fn escaped(text: &str) -> String {
    let piece = |(is_code, words): (bool, &str)| {
        if is_code { format!("`{}`", plain::line(words)) } else { plain::markdown(words) }
    };
    pieces(text).map(piece).collect()
}
