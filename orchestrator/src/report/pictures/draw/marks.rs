//! Marks that show their value when they are pointed at or focused, each of seven shapes.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::super::super::shown::Known;
use super::super::palette::MOST_COLOURS;
use super::super::svg::{Tag, number};
use super::super::units::Unit;

/// A shape beside each colour, around its middle; the last is one to be seen behind others, in the last colour.
const SHAPES: [&str; 8] = [
    "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0",
    "M-3.5-3.5h7v7h-7z",
    "M0-4.6L4.4 3.4H-4.4z",
    "M0-5L5 0L0 5L-5 0z",
    "M0 4.6L4.4-3.4H-4.4z",
    "M-4.5-1.5h3v-3h3v3h3v3h-3v3h-3v-3h-3z",
    "M-4.5-4.5L0-1.2L4.5-4.5L1.2 0L4.5 4.5L0 1.2L-4.5 4.5L-1.2 0z",
    "M-1.5-8h3v16h-3z",
];

/// The number of the shape that is to be seen behind others.
pub(super) const BEHIND: usize = MOST_COLOURS;

/// The class of a colour; grey where there is none.
pub(super) fn colour(at: Option<usize>) -> String {
    at.map_or("grey".to_owned(), |at| format!("s{}", at.min(MOST_COLOURS - 1)))
}

/// A mark's shape alone, as in a legend.
pub(super) fn shape(at: Option<usize>, (x, y): (f64, f64)) -> String {
    let path = Tag::new("path").set("class", format!("marker {}", colour(at)));
    path.set("transform", translated((x, y))).set("d", SHAPES[at.unwrap_or(0).min(BEHIND)]).empty()
}

/// The commands of a point at each place; what nobody could tell apart is one.
pub(super) fn dots(places: impl Iterator<Item = (f64, f64)>) -> String {
    let whole = |value: f64| {
        #[expect(clippy::cast_possible_truncation, reason = "places lie within a panel")]
        let whole = value.round() as i64;
        whole
    };
    let distinct: BTreeSet<(i64, i64)> = places.map(|(x, y)| (whole(x), whole(y))).collect();
    let mut commands = String::new();
    for (x, y) in distinct {
        let _ = write!(commands, "M{x} {y}h0");
    }
    commands
}

/// What a mark says.
pub(super) struct Said<'a> {
    pub(super) pool: &'a str,
    /// What stands before the value.
    pub(super) what: String,
    pub(super) unit: Unit,
    /// Where it lies along, for programs.
    pub(super) x: f64,
    pub(super) known: Known,
}

/// A mark at its place.
pub(super) fn mark(at: Option<usize>, (x, y): (f64, f64), said: &Said) -> String {
    let text = format!("{}: {}", said.what, within(said.unit, said.known));
    let title = Tag::new("title").saying(&text);
    let hit = Tag::new("circle").set("class", "hit").at("r", 8.0).empty();
    let marker = Tag::new("path").set("class", "marker").set("d", SHAPES[at.unwrap_or(0).min(BEHIND)]).empty();
    Tag::new("g")
        .set("class", format!("mark {}", colour(at)))
        .set("role", "img")
        .set("data-pool", said.pool)
        .set("data-x", plain(said.x))
        .set("data-y", plain(said.known.value))
        .set("data-low", plain(said.known.low))
        .set("data-high", plain(said.known.high))
        .set("transform", translated((x, y)))
        .holding(&(title + &hit + &marker))
}

/// A value with its ends: `12.3 ms (12.1 to 12.9 ms)`.
pub(super) fn within(unit: Unit, known: Known) -> String {
    let [value, low, high] = [known.value, known.low, known.high].map(|value| unit.text(value));
    if low == high {
        return value;
    }
    let low = match (low.rsplit_once(' '), high.rsplit_once(' ')) {
        (Some((number, one)), Some((_, other))) if one == other => number.to_owned(),
        _ => low,
    };
    format!("{value} ({low} to {high})")
}

fn translated((x, y): (f64, f64)) -> String {
    format!("translate({} {})", number(x), number(y))
}

/// A number for programs: whole where that is exact enough.
fn plain(value: f64) -> String {
    if value.abs() >= 100.0 {
        format!("{value:.0}")
    } else {
        format!("{value:.4}").trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_says_its_value_with_its_ends_and_unit() {
        let known = Known { value: 12_345.0, low: 12_001.0, high: 12_900.0 };
        assert_eq!(within(Unit::Time, known), "12.3 us (12.0 to 12.9 us)");
        assert_eq!(within(Unit::Time, Known { high: 1_290_000.0, ..known }), "12.3 us (12.0 us to 1.29 ms)");
        assert_eq!(within(Unit::Count, Known { value: 2.0, low: 2.0, high: 2.0 }), "2");
        let said = Said { pool: "<b>", what: "<b> & more".to_owned(), unit: Unit::Time, x: 0.25, known };
        let text = mark(Some(1), (1.0, 2.0), &said);
        assert!(text.contains("data-pool=\"&lt;b&gt;\" data-x=\"0.25\" data-y=\"12345\""), "{text}");
        assert!(text.contains("<title>&lt;b&gt; &amp; more: 12.3 us (12.0 to 12.9 us)</title>"), "{text}");
    }
}
