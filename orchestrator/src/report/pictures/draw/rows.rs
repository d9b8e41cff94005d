//! A row a pool with its values along: parts of one thing side by side, each with a marker of its own.

use std::fmt::Write as _;

use super::super::super::shown::Known;
use super::super::labels::{cut_to, width};
use super::super::scale::{Scale, Spread};
use super::super::svg::{Tag, number, path, text};
use super::axes;
use super::marks::{BEHIND, Said, colour, dots, mark, shape};
use super::{Axis, Draw, Drawn, Layout, spreads};
use crate::analysis::float;

/// One row.
#[derive(Clone, Debug)]
pub(in super::super) struct Row {
    pub(in super::super) pool: String,
    pub(in super::super) name: String,
    /// A value for each part, where there is one.
    pub(in super::super) values: Vec<Option<Known>>,
    /// Every trial of each part.
    pub(in super::super) trials: Vec<Vec<f64>>,
    /// What stands at its end.
    pub(in super::super) note: String,
}

/// Rows of one cell.
#[derive(Clone, Debug)]
pub(in super::super) struct Rows {
    pub(in super::super) title: String,
    pub(in super::super) x: Axis,
    pub(in super::super) parts: Vec<&'static str>,
    /// Whether the last part is drawn behind the others, as what may be equal to any of them.
    pub(in super::super) is_last_behind: bool,
    pub(in super::super) all: Vec<Row>,
}

const TOP: f64 = 22.0;
const BELOW: f64 = 36.0;
/// The height of a row, and of a line of the legend.
const ROW: f64 = 17.0;
/// The most letters of a name.
const LONGEST: usize = 20;
const LONGEST_WIDE: usize = 32;
/// The room of a tick's half.
const RIGHT: f64 = 24.0;

impl Draw for Rows {
    fn panels(&self) -> usize {
        1
    }

    fn is_wide(&self) -> bool {
        true
    }

    fn drawn(&self, layout: Layout) -> Vec<Drawn> {
        let spreads = spreads(&[&self.x], self.all.iter().flat_map(|row| row.values.iter().flatten()));
        let (legend, lines) = self.legend(layout.width());
        let top = TOP + ROW * float(lines);
        let bottom = top + ROW * float(self.all.len() as u64);
        vec![Drawn {
            label: format!("{}, {}", self.x.what, self.title),
            width: layout.width(),
            height: bottom + BELOW,
            common: axes::heading(&self.title, "", layout.width()) + &legend,
            variants: spreads.iter().map(|spread| (*spread, self.plane(layout, *spread, (top, bottom)))).collect(),
        }]
    }
}

impl Rows {
    /// What each marker is, and how many lines that takes; nothing of one part.
    fn legend(&self, right: f64) -> (String, u64) {
        const BETWEEN: f64 = 30.0;
        let (mut x, mut line, mut legend) = (6.0, 0, String::new());
        if self.parts.len() < 2 {
            return (legend, line);
        }
        for (at, part) in self.parts.iter().enumerate() {
            if x + BETWEEN + width(part) > right {
                (x, line) = (6.0, line + 1);
            }
            let y = TOP + 8.0 + ROW * float(line);
            legend += &(shape(Some(self.shape(at)), (x, y)) + &text("axis", (x + 9.0, y + 4.0), part));
            x += BETWEEN + width(part);
        }
        (legend, line + 1)
    }

    /// The shape and colour of a part.
    fn shape(&self, part: usize) -> usize {
        if self.is_last_behind && part + 1 == self.parts.len() { BEHIND } else { part }
    }

    fn plane(&self, layout: Layout, spread: Spread, (top, bottom): (f64, f64)) -> String {
        let longest = |texts: &dyn Fn(&Row) -> f64| self.all.iter().map(texts).fold(0.0, f64::max);
        let notes = longest(&|row| width(&row.note));
        let letters = if layout == Layout::Wide { LONGEST_WIDE } else { LONGEST };
        let left = longest(&|row| width(&cut_to(&row.name, letters))) + 12.0;
        let right = layout.width() - if notes > 0.0 { notes + 12.0 } else { RIGHT };
        let values = self.all.iter().flat_map(|row| {
            let known = row.values.iter().flatten().flat_map(|known| [known.value, known.low, known.high]);
            known.chain(row.trials.iter().flatten().copied())
        });
        let x = Scale::over(self.x.unit, self.x.spread(spread), values, (left, right));
        let frame = (left, top, right, bottom);
        let mut svg = axes::vertical(&x, frame, &self.x.what, layout.width());
        let middle = |at: usize| top + ROW * (float(at as u64) + 0.5);
        let mut across = String::new();
        for (at, row) in self.all.iter().enumerate() {
            let _ = write!(across, "M{} {}H{}", number(left), number(middle(at)), number(right));
            svg += &text("label row", (left - 10.0, middle(at) + 4.0), &cut_to(&row.name, letters));
        }
        svg += &path("grid across", "", &across);
        for (at, row) in self.all.iter().enumerate() {
            svg += &self.row(row, &x, middle(at), layout.width());
        }
        svg
    }

    fn row(&self, row: &Row, x: &Scale, y: f64, width: f64) -> String {
        let is_one = self.parts.len() < 2;
        let class = |part: usize| colour(Some(self.shape(part)));
        let mut svg = String::new();
        let places: Vec<f64> = row.values.iter().flatten().filter_map(|known| x.place(known.value)).collect();
        let ends =
            places.iter().fold((f64::INFINITY, 0.0_f64), |(low, high), place| (low.min(*place), high.max(*place)));
        if places.len() > 1 {
            svg += &path("link", "", &format!("M{} {}H{}", number(ends.0), number(y), number(ends.1)));
        }
        for (part, trials) in row.trials.iter().enumerate() {
            let places = trials.iter().filter_map(|trial| x.place(*trial)).map(|place| (place, y));
            svg += &path(format!("series trials {}", class(part)), "", &dots(places));
        }
        let behind = |part: &usize| self.shape(*part) != BEHIND;
        let mut order: Vec<usize> = (0..row.values.len()).collect();
        order.sort_by_key(behind);
        for part in order {
            let known = row.values[part];
            let Some((known, place)) = known.and_then(|known| Some((known, x.place(known.value)?))) else { continue };
            let bar = format!("M{} {}H{}", number(x.nearest(known.low)), number(y), number(x.nearest(known.high)));
            svg += &path(format!("series bar {}", class(part)), "", &bar);
            let what = if is_one { row.name.clone() } else { format!("{}, {}", row.name, self.parts[part]) };
            let said = Said { pool: &row.pool, what, unit: self.x.unit, x: float(part as u64), known };
            svg += &mark(Some(self.shape(part)), (place, y), &said);
        }
        if !row.note.is_empty() {
            svg += &text("note", (width - 2.0, y + 4.0), &row.note);
        }
        Tag::new("g").set("class", "row").set("data-pool", &row.pool).holding(&svg)
    }
}
