//! Lines over the rounds of a race: each ends where an entrant left, with a mark whose shape says how.

use std::collections::BTreeMap;

use super::super::super::shown::Known;
use super::super::labels::{Frame, cut_to, spread, width};
use super::super::scale::{Scale, Spread};
use super::super::svg::{Tag, number, path, text, through};
use super::super::units::Unit;
use super::axes;
use super::marks::{Said, colour, mark, shape};
use super::{Draw, Drawn, Layout};
use crate::analysis::float;

/// The fate of those who are in to the end.
pub(in super::super) const IN: usize = 0;

/// One entrant.
#[derive(Clone, Debug)]
pub(in super::super) struct Runner {
    pub(in super::super) pool: String,
    pub(in super::super) name: String,
    /// How many times the leader's figure its own was, after each round from the first.
    pub(in super::super) ratios: Vec<f64>,
    /// Its place among the fates, which is also its shape's.
    pub(in super::super) fate: usize,
    /// What is said of its end.
    pub(in super::super) said: String,
}

/// The course of a race.
#[derive(Clone, Debug)]
pub(in super::super) struct Course {
    pub(in super::super) title: String,
    pub(in super::super) what: String,
    /// Those who are left before the others, the best first.
    pub(in super::super) all: Vec<Runner>,
    /// The word for each fate.
    pub(in super::super) fates: Vec<String>,
    /// How many ran in each round from the first.
    pub(in super::super) ran: Vec<usize>,
    /// The final's first round; 0 where there was none.
    pub(in super::super) final_from: u64,
    /// What is beyond lies at the edge.
    pub(in super::super) most: f64,
}

const LEFT: f64 = 56.0;
const TOP: f64 = 38.0;
const BELOW: f64 = 36.0;
/// A line of the legend, and that of the numbers.
const ROW: f64 = 17.0;
/// From the plane to the labels: room for a marker.
const TO_LABELS: f64 = 22.0;
/// The most letters of a name.
const LONGEST: usize = 16;
const LONGEST_WIDE: usize = 30;
/// Names at the ends of lines.
const NAMED: usize = 8;

impl Draw for Course {
    fn panels(&self) -> usize {
        1
    }

    fn is_wide(&self) -> bool {
        true
    }

    fn drawn(&self, layout: Layout) -> Vec<Drawn> {
        let (legend, lines) = self.legend(layout.width());
        let top = TOP + ROW * float(lines + 1);
        let height = layout.height() + ROW * float(lines);
        vec![Drawn {
            label: format!("{} by round, {}", self.what, self.title),
            width: layout.width(),
            height,
            common: axes::heading(&self.title, &self.what, layout.width()) + &legend,
            variants: vec![(Spread::Log, self.plane(layout, (top, height - BELOW)))],
        }]
    }
}

/// Where values lie.
struct Plane {
    frame: Frame,
    x: Scale,
    y: Scale,
    most: f64,
    letters: usize,
}

impl Plane {
    /// The place of a ratio after a round, counted from 0.
    fn at(&self, round: usize, ratio: f64) -> Option<(f64, f64)> {
        Some((self.x.place(float(round as u64 + 1))?, self.y.place(ratio.min(self.most))?))
    }

    fn line(&self, runner: &Runner) -> String {
        through(runner.ratios.iter().enumerate().filter_map(|(round, ratio)| self.at(round, *ratio)))
    }

    fn end(&self, runner: &Runner) -> Option<(f64, f64)> {
        self.at(runner.ratios.len().checked_sub(1)?, *runner.ratios.last()?)
    }
}

impl Course {
    /// What each mark is and how many have it, and how many lines that takes.
    fn legend(&self, right: f64) -> (String, u64) {
        const BETWEEN: f64 = 30.0;
        let (mut x, mut line, mut legend) = (6.0, 0, String::new());
        for (fate, word) in self.fates.iter().enumerate() {
            let count = self.all.iter().filter(|runner| runner.fate == fate).count();
            if count == 0 {
                continue;
            }
            let said = format!("{word}: {count}");
            if x + BETWEEN + width(&said) > right {
                (x, line) = (6.0, line + 1);
            }
            let y = TOP + 4.0 + ROW * float(line);
            legend += &(shape(Some(fate), (x, y)) + &text("axis", (x + 9.0, y + 4.0), &said));
            x += BETWEEN + width(&said);
        }
        (legend, line + 1)
    }

    fn plane(&self, layout: Layout, (top, bottom): (f64, f64)) -> String {
        let letters = if layout == Layout::Wide { LONGEST_WIDE } else { LONGEST };
        let named = self.named().map(|runner| width(&cut_to(&runner.name, letters))).fold(0.0, f64::max);
        let frame = (LEFT, top, layout.width() - named - TO_LABELS - 2.0, bottom);
        let (left, _, right, _) = frame;
        let rounds = (1..=self.ran.len()).map(|round| float(round as u64));
        let ratios = self.all.iter().flat_map(|runner| &runner.ratios).map(|ratio| ratio.min(self.most));
        let plane = Plane {
            frame,
            x: Scale::over(Unit::Count, Spread::Log, rounds, (left, right)),
            y: Scale::over(Unit::Times, Spread::Log, ratios.chain([1.0]), (bottom, top)),
            most: self.most,
            letters,
        };
        let svg = axes::vertical(&plane.x, frame, "rounds", layout.width()) + &axes::horizontal(&plane.y, frame);
        svg + &self.guides(&plane) + &self.numbers(&plane) + &self.lines(&plane) + &self.labels(&plane)
    }

    fn named(&self) -> impl Iterator<Item = &Runner> {
        self.all.iter().filter(|runner| runner.fate == IN).take(NAMED)
    }

    /// The leader's line, and where the final begins.
    fn guides(&self, plane: &Plane) -> String {
        let (left, top, right, bottom) = plane.frame;
        let leader = plane
            .y
            .place(1.0)
            .map(|y| path("guide", "", &format!("M{} {}H{}", number(left), number(y), number(right))));
        let before = plane.x.place(float(self.final_from) - 0.5).filter(|_| self.final_from > 1);
        let last = before.map(|x| {
            path("guide", "", &format!("M{} {}V{}", number(x), number(top), number(bottom)))
                + &text("note", (x - 4.0, top + 12.0), "before")
                + &text("axis", (x + 4.0, top + 12.0), "final")
        });
        leader.into_iter().chain(last).collect()
    }

    /// How many ran in each round, where there is room and that is news.
    fn numbers(&self, plane: &Plane) -> String {
        const APART: f64 = 8.0;
        let (_, top, _, _) = plane.frame;
        let mut svg = text("axis", (0.0, top - 5.0), "ran");
        let (mut free, mut last) = (f64::NEG_INFINITY, 0);
        for (round, ran) in self.ran.iter().enumerate() {
            let (Some(x), half) = (plane.x.place(float(round as u64 + 1)), width(&ran.to_string()) / 2.0) else {
                continue;
            };
            if *ran != last && x - half >= free {
                svg += &text("tick x", (x, top - 5.0), &ran.to_string());
                (free, last) = (x + half + APART, *ran);
            }
        }
        svg
    }

    /// Those who left in grey, a path a pool, each with its mark; over them those who are in.
    fn lines(&self, plane: &Plane) -> String {
        let mut left: BTreeMap<&str, String> = BTreeMap::new();
        for runner in self.all.iter().filter(|runner| runner.fate != IN) {
            *left.entry(&runner.pool).or_default() += &plane.line(runner);
        }
        let greys: String = left.iter().map(|(pool, lines)| path("series line grey", pool, lines)).collect();
        let line =
            |runner: &Runner| path(format!("series line {}", colour(Some(IN))), &runner.pool, &plane.line(runner));
        let inside: String = self.all.iter().filter(|runner| runner.fate == IN).map(line).collect();
        let marks = |is_in: bool| {
            let those = self.all.iter().filter(move |runner| (runner.fate == IN) == is_in);
            those.filter_map(|runner| one(runner, plane)).collect::<String>()
        };
        greys + &marks(false) + &inside + &marks(true)
    }

    /// Names at the ends of the lines of those who are in.
    fn labels(&self, plane: &Plane) -> String {
        let (_, top, right, bottom) = plane.frame;
        let ends: Vec<(&Runner, (f64, f64))> =
            self.named().filter_map(|runner| Some((runner, plane.end(runner)?))).collect();
        let wanted: Vec<f64> = ends.iter().map(|(_, (_, y))| *y).collect();
        let places = spread(&wanted, (top, bottom));
        let label = |((runner, end), y): (&(&Runner, (f64, f64)), f64)| {
            let leader = through([*end, (right + 5.0, y), (right + 9.0, y)]);
            let name = Tag::new("text").set("class", "label").set("data-pool", &runner.pool);
            let name = name.at("x", right + TO_LABELS).at("y", y + 4.0).saying(&cut_to(&runner.name, plane.letters));
            path(format!("leader {}", colour(Some(IN))), &runner.pool, &leader)
                + &Tag::new("g").set("data-pool", &runner.pool).holding(&(shape(Some(IN), (right + 13.0, y)) + &name))
        };
        ends.iter().zip(places).map(label).collect()
    }
}

/// The mark at an entrant's end.
fn one(runner: &Runner, plane: &Plane) -> Option<String> {
    let value = *runner.ratios.last()?;
    let said = Said {
        pool: &runner.pool,
        what: format!("{}, {}", runner.name, runner.said),
        unit: Unit::Times,
        x: float(runner.ratios.len() as u64),
        known: Known { value, low: value, high: value },
    };
    plane.end(runner).map(|place| mark(Some(runner.fate), place, &said))
}
