//! One picture: what stands in the report, and a file of its own.

use super::draw::{Draw, Drawn, Layout};
use super::scale::Spread;
use super::style::{DARK, LIGHT, STYLE};
use super::svg::{Tag, number, text};

/// One picture.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Its name in links and files: lower case letters and dashes.
    pub id: &'static str,
    /// What is to be seen, in plain words.
    pub title: String,
    /// How it is to be read, one or two sentences.
    pub how_to_read: &'static str,
    /// What it does not show although the run has it, a sentence; empty if nothing.
    pub left_out: String,
    /// Whether it has both a logarithmic and a linear variant.
    pub has_variants: bool,
    /// Whether the logarithmic one shows without a script.
    pub starts_log: bool,
    /// One or more `<svg class="picture">`, a panel each, to be put beside each other: the colours and all else comes by [`STYLE`](super::STYLE).
    pub svg: String,
    /// What it shows, as CSV with a header: medians and the intervals that they are known within.
    pub data: String,
    /// The panels of its file.
    panels: Vec<Drawn>,
}

/// A picture that the run has no data for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absent {
    /// As of the picture.
    pub id: &'static str,
    /// What it would show.
    pub title: &'static str,
    /// Why there is none, and which command gives the data.
    pub why: String,
}

/// What is said about a picture.
#[derive(Clone, Debug)]
pub(super) struct About {
    pub(super) id: &'static str,
    pub(super) title: String,
    pub(super) how_to_read: &'static str,
    pub(super) left_out: String,
    pub(super) data: String,
}

/// More panels than this are small.
const MOST_WIDE: usize = 4;

impl Picture {
    /// Draws it.
    pub(super) fn of(about: About, parts: &[&dyn Draw]) -> Self {
        let drawn = |layout: Layout| parts.iter().flat_map(|part| part.drawn(layout)).collect::<Vec<Drawn>>();
        let count: usize = parts.iter().map(|part| part.panels()).sum();
        let (svg, panels) = if count <= MOST_WIDE || parts.iter().all(|part| part.is_wide()) {
            let wide = drawn(Layout::Wide);
            (in_page(&wide, " wide") + &in_page(&drawn(Layout::Narrow), " narrow"), wide)
        } else {
            let small = drawn(Layout::Small);
            (in_page(&small, ""), small)
        };
        let About { id, title, how_to_read, left_out, data } = about;
        let variants = panels.first().map_or(&[][..], |panel| &panel.variants);
        Self {
            id,
            title,
            how_to_read,
            left_out,
            has_variants: variants.len() > 1,
            starts_log: variants.first().is_some_and(|(spread, _)| *spread == Spread::Log),
            svg,
            data,
            panels,
        }
    }
}

/// Panels as they stand in the report.
fn in_page(panels: &[Drawn], class: &str) -> String {
    let panel = |panel: &Drawn| {
        let variant = |(at, (spread, elements)): (usize, &(Spread, String))| {
            if panel.variants.len() == 1 {
                return elements.clone();
            }
            let default = if at == 0 { " default" } else { "" };
            Tag::new("g").set("class", format!("variant {}{default}", spread.word())).holding(elements)
        };
        let elements: String = panel.variants.iter().enumerate().map(variant).collect();
        let svg = Tag::new("svg")
            .set("class", format!("picture{class}"))
            .set("role", "group")
            .set("aria-label", &panel.label);
        let size = svg.set("viewBox", format!("0 0 {} {}", number(panel.width), number(panel.height)));
        size.at("width", panel.width).at("height", panel.height).holding(&(panel.common.clone() + &elements)) + "\n"
    };
    panels.iter().map(panel).collect()
}

/// A picture as a file of its own, legible on white and on dark: its style, its title, and its panels side by side.
pub fn stand_alone(picture: &Picture) -> String {
    const ROOM: f64 = 20.0;
    const GAP: f64 = 22.0;
    /// Of a title's letter.
    const LETTER: f64 = 8.6;
    const LINE: f64 = 20.0;
    let is_wide = picture.panels.iter().any(|panel| panel.width >= Layout::Wide.width());
    let columns = picture.panels.len().clamp(1, if is_wide { 2 } else { 3 });
    let widest = picture.panels.iter().map(|panel| panel.width).fold(Layout::Small.width(), f64::max);
    let whole = crate::analysis::float(columns as u64) * (widest + GAP) - GAP;
    let title = wrapped(&picture.title, whole / LETTER);
    let mut elements = String::new();
    let mut y = ROOM;
    for line in &title {
        elements += &text("headline", (ROOM, y + 13.0), line);
        y += LINE;
    }
    y += 10.0;
    for row in picture.panels.chunks(columns) {
        let mut x = ROOM;
        for panel in row {
            let shown = panel.variants.first().map_or("", |(_, elements)| elements);
            let inner = Tag::new("g").set("class", "picture").set("role", "group").set("aria-label", &panel.label);
            let inner = inner.set("transform", format!("translate({} {})", number(x), number(y)));
            elements += &inner.holding(&(panel.common.clone() + shown));
            x += widest + GAP;
        }
        y += row.iter().map(|panel| panel.height).fold(0.0, f64::max) + GAP;
    }
    let (width, height) = (whole + 2.0 * ROOM, y - GAP + ROOM);
    let style = format!(
        ":root{{{LIGHT}}}@media (prefers-color-scheme:dark){{:root{{{DARK}}}}}\n.paper{{fill:var(--paper)}}.headline{{fill:var(--ink);\
         font:600 15px system-ui,-apple-system,\"Segoe UI\",Roboto,\"DejaVu Sans\",sans-serif}}\n{STYLE}"
    );
    let paper = Tag::new("rect").set("class", "paper").set("width", "100%").set("height", "100%").set("rx", 6).empty();
    let svg =
        Tag::new("svg").set("xmlns", "http://www.w3.org/2000/svg").set("role", "img").set("aria-label", &picture.title);
    let svg =
        svg.at("width", width).at("height", height).set("viewBox", format!("0 0 {} {}", number(width), number(height)));
    // What a style sheet holds is ours alone, so nothing in it is escaped.
    svg.holding(&format!("<style>{style}</style>{paper}{elements}")) + "\n"
}

/// Words in lines of so many letters.
fn wrapped(text: &str, letters: f64) -> Vec<String> {
    let most = usize::try_from(crate::analysis::whole(letters)).unwrap_or(usize::MAX);
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.is_empty() => word.clone_into(line),
            Some(line) if line.chars().count() + 1 + word.chars().count() <= most => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
