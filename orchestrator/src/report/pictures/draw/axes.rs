//! Grid, ticks and names of the axes of a panel, and its title.

use std::fmt::Write as _;

use super::super::labels::{Frame, LETTER};
use super::super::scale::Scale;
use super::super::svg::{number, path, text};
use super::super::ticks::{along, upwards};
use crate::analysis::float;

/// The width of a letter of titles, which are bold.
const TITLE_LETTER: f64 = 1.25 * LETTER;

/// A panel's title, and under it what goes upwards.
pub(super) fn heading(title: &str, upwards: &str, width: f64) -> String {
    let title = text("title", (0.0, 13.0), &fitting(title, width / TITLE_LETTER));
    let upwards =
        if upwards.is_empty() { String::new() } else { text("axis", (0.0, 29.0), &fitting(upwards, width / LETTER)) };
    title + &upwards
}

/// Where 0 is on an axis that has it within.
pub(super) fn zero(scale: &Scale, (left, _, right, _): Frame) -> String {
    let at = scale.place(0.0).filter(|_| scale.low < 0.0);
    at.map_or(String::new(), |y| path("zero", "", &format!("M{} {}H{}", number(left), number(y), number(right))))
}

/// As many letters as have room.
fn fitting(text: &str, letters: f64) -> String {
    if float(text.chars().count() as u64) <= letters {
        return text.to_owned();
    }
    let most = usize::try_from(crate::analysis::whole(letters)).unwrap_or(0).saturating_sub(2);
    text.chars().take(most).collect::<String>() + ".."
}

/// Lines up and down with their ticks below, in the whole width of the panel.
pub(super) fn vertical(scale: &Scale, (left, top, right, bottom): Frame, what: &str, width: f64) -> String {
    let ticks = along(scale, (0.0, width));
    let mut grid = String::new();
    let mut texts = String::new();
    for (x, said) in &ticks {
        let _ = write!(grid, "M{} {}V{}", number(*x), number(top), number(bottom));
        texts += &text("tick x", (*x, bottom + 14.0), said);
    }
    path("grid", "", &grid) + &texts + &text("axis x", (f64::midpoint(left, right), bottom + 29.0), what)
}

/// Lines across with their ticks at the left.
pub(super) fn horizontal(scale: &Scale, (left, _, right, _): Frame) -> String {
    let mut grid = String::new();
    let mut texts = String::new();
    for (y, said) in upwards(scale) {
        let _ = write!(grid, "M{} {}H{}", number(left), number(y), number(right));
        texts += &text("tick y", (left - 6.0, y + 4.0), &said);
    }
    path("grid", "", &grid) + &texts
}
