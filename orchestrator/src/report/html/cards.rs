//! The first screen: a card for each question.

use maud::{Markup, html};

use super::parts::{said, table};
use crate::analysis::passage::Passage;
use crate::report::document::{Answer, Card};

/// All of them, side by side where there is room.
pub(super) fn cards(all: &[Card]) -> Markup {
    html! { div class="cards" { @for one in all { (card(one)) } } }
}

fn card(Card { question, of, answer }: &Card) -> Markup {
    html! {
        article class="card" {
            h2 { (question) @if !of.is_empty() { span class="of" { (of) } } }
            @match answer {
                Err(why) => p class="none" { (said(why)) },
                Ok(found) => (best(question, found)),
            }
        }
    }
}

fn best(question: &str, found: &Answer) -> Markup {
    let all = Passage { heading: String::new(), table: found.table.clone(), below: Vec::new() };
    html! {
        p class="best" { strong class="pool" { (found.pool) } " on " (found.how) }
        p class="time" {
            strong { (found.time) }
            @if !found.interval.is_empty() { " " span class="interval" { "95 % interval " (found.interval) } }
        }
        p class="ties" { (said(&found.ties)) }
        p class="sure" { (said(&found.sure.join(" "))) }
        details {
            summary { (found.table_is) }
            (table(&all, question))
        }
    }
}
