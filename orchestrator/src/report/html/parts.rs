//! What stands under a heading: sentences, tables, pictures, and what is folded.

use maud::{Markup, PreEscaped, html};

use super::links::save;
use crate::analysis::passage::{Cells, Passage};
use crate::report::document::{File, Part, Shown, pieces};

/// One part.
pub(super) fn part(part: &Part) -> Markup {
    html! {
        @match part {
            Part::Say(text) => p { (said(text)) },
            Part::How(text) => (how(text)),
            Part::Legend(all) => dl class="how" { @for (word, text) in all { dt { (word) } dd { (said(text)) } } },
            Part::List(all) => ul { @for text in all { li { (said(text)) } } },
            Part::Table(passage) => (table(passage, "")),
            Part::Pictures(all) => { @for one in all { (picture(one)) } },
            Part::Folded(title, parts) => details {
                summary { (said(title)) }
                @for one in parts { (self::part(one)) }
            },
        }
    }
}

/// A text, with its commands and names as such.
pub(super) fn said(text: &str) -> Markup {
    html! { @for (is_code, words) in pieces(text) { @if is_code { code { (words) } } @else { (words) } } }
}

fn how(text: &str) -> Markup {
    html! { p class="how" { b { "How to read this. " } (said(text)) } }
}

/// A table that scrolls by itself where it is wider than the page. `name` is for readers that hear it and see no heading.
pub(super) fn table(passage: &Passage, name: &str) -> Markup {
    let Passage { heading, table, below } = passage;
    let label = if heading.is_empty() { name } else { heading };
    let label = if label.is_empty() { table.header.join(", ") } else { label.to_owned() };
    html! {
        @if !heading.is_empty() { h3 { (said(heading)) } }
        div class="scroll" role="group" tabindex="0" aria-label={ "Table: " (label) } { (cells(table)) }
        @for text in below { p class="below" { (said(text)) } }
    }
}

fn cells(table: &Cells) -> Markup {
    let numbers: Vec<bool> = (0..table.header.len()).map(|column| table.is_number(column)).collect();
    let kind = |column: usize| if numbers[column] { Some("n") } else { None };
    html! {
        table {
            thead { tr { @for (at, word) in table.header.iter().enumerate() { th scope="col" class=[kind(at)] { (word) } } } }
            tbody {
                @for row in &table.rows {
                    tr {
                        @for (at, cell) in row.iter().enumerate() {
                            @if at == 0 { th scope="row" { (said(cell)) } }
                            @else { td class=[kind(at)] { (said(cell)) } }
                        }
                    }
                }
            }
        }
    }
}

fn picture(Shown { name, picture: one }: &Shown) -> Markup {
    let data = File { name: format!("{name}.csv"), kind: "text/csv", text: one.data.clone() };
    html! {
        figure {
            figcaption { h3 { (one.title) } }
            div class="panels" { (PreEscaped(&one.svg)) }
            output class="value" {}
            (how(one.how_to_read))
            @if !one.left_out.is_empty() { p class="below" { (said(&one.left_out)) } }
            p class="below" { "What it shows, as numbers: " (save(&data)) }
        }
    }
}
