//! A report as one page that needs no other file and no network.

mod cards;
mod controls;
mod links;
mod parts;
mod policy;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::document::Document;
use super::pictures;

/// What the page does; it is whole without it.
const SCRIPT: &str = include_str!("script.js");
/// How it looks.
const STYLE: &str = include_str!("style.css");

/// The page.
pub(super) fn page(document: &Document) -> String {
    let style = style();
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy::of(&style, SCRIPT));
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (document.title) }
                style { (PreEscaped(&style)) }
            }
            body {
                (head(document))
                main id="answer" {
                    (cards::cards(&document.answers))
                    @if !document.sure.is_empty() { p class="sure" { b { "How sure. " } (parts::said(&document.sure.join(" "))) } }
                    @for section in &document.sections {
                        section id=(section.id) aria-labelledby={ (section.id) "-title" } {
                            h2 id={ (section.id) "-title" } { (section.title) }
                            @if section.parts.iter().any(|part| !part.pictures().is_empty()) { (controls::of_pictures(&section.parts)) }
                            @for part in &section.parts { (parts::part(part)) }
                        }
                    }
                }
                (foot(document))
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    page.into_string()
}

/// All rules, with the colours of light and dark.
fn style() -> String {
    let (light, dark) = (pictures::LIGHT, pictures::DARK);
    // Paper is light, whatever the screen is.
    format!(
        ":root{{{light}--soft:#f3f4f6;--line:#d4d7dc;--link:#0b57a4;--best:#e8f2ea;color-scheme:light}}\n\
         @media screen and (prefers-color-scheme:dark){{:root:not(:has(#light:checked)){{{dark}{OWN_DARK}}}}}\n\
         @media screen{{:root:has(#dark:checked){{{dark}{OWN_DARK}}}}}\n{}\n{STYLE}",
        pictures::STYLE
    )
}

/// What only the page has, in the dark.
const OWN_DARK: &str = "--soft:#22262b;--line:#3d434b;--link:#8ec3ff;--best:#1d3324;color-scheme:dark";

fn head(document: &Document) -> Markup {
    html! {
        a class="skip" href="#answer" { "To the answer" }
        header {
            div class="top" {
                h1 { (document.heading) }
                (controls::of_colours())
            }
            p class="about" { @for line in &document.about { span { (line) } " " } }
            nav aria-label="Sections" {
                @for section in &document.sections { a href={ "#" (section.id) } { (section.title) } " " }
            }
        }
    }
}

fn foot(document: &Document) -> Markup {
    html! {
        footer {
            @if !document.files.is_empty() {
                p {
                    "Save from this page: "
                    @for file in &document.files { (links::save(file)) " " }
                }
            }
            p { "Made by poolbench " (env!("CARGO_PKG_VERSION")) " from the rows of the run alone." }
        }
    }
}
