//! A line a series over an axis: its medians with the band that they are known within, and a point a trial. Many are small multiples, each
//! with some of the series in colour and the rest in grey.

use super::super::super::shown::Known;
use super::super::labels::{Frame, cut, spread, width};
use super::super::scale::{Scale, Spread};
use super::super::svg::{Tag, number, path, through};
use super::axes;
use super::marks::{Said, colour, dots, mark, shape};
use super::{Axis, Draw, Drawn, Layout, spreads};
use crate::analysis::whole;

/// One line.
#[derive(Clone, Debug)]
pub(in super::super) struct Line {
    pub(in super::super) pool: String,
    /// What it is called at its end.
    pub(in super::super) name: String,
    /// Where along and what there, ascending.
    pub(in super::super) points: Vec<(f64, Known)>,
    /// Every trial.
    pub(in super::super) trials: Vec<(f64, f64)>,
    /// A place of its own on the line, with what is said of it.
    pub(in super::super) star: Option<(f64, f64, String)>,
}

/// Lines of one workload.
#[derive(Clone, Debug)]
pub(in super::super) struct Lines {
    pub(in super::super) title: String,
    pub(in super::super) x: Axis,
    pub(in super::super) y: Axis,
    pub(in super::super) all: Vec<Line>,
    /// What each panel has in colour: its title, and lines with the colour of each.
    pub(in super::super) panels: Vec<(String, Vec<(usize, usize)>)>,
    /// A line across at this value.
    pub(in super::super) guide: Option<f64>,
}

/// What is drawn of a line in its colour, which is so-and-so-many-th of its panel.
type Layer<'a> = &'a dyn Fn(&Line, usize, usize) -> String;

/// Left of the plane: a tick's text.
const LEFT: f64 = 56.0;
const TOP: f64 = 38.0;
const BELOW: f64 = 36.0;
/// From the plane to the labels: room for a marker.
const TO_LABELS: f64 = 22.0;
/// How far trials of one series stand beside those of the next.
const APART: f64 = 2.0;

impl Draw for Lines {
    fn panels(&self) -> usize {
        self.panels.len()
    }

    fn is_wide(&self) -> bool {
        false
    }

    fn drawn(&self, layout: Layout) -> Vec<Drawn> {
        let known = self.all.iter().flat_map(|line| line.points.iter().map(|(_, known)| known));
        let spreads = spreads(&[&self.x, &self.y], known);
        let panel = |(at, (title, _)): (usize, &(String, _))| {
            let words = [self.title.as_str(), title.as_str()];
            let title = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(": ");
            Drawn {
                label: format!("{} by {}, {title}", self.y.what, self.x.what),
                width: layout.width(),
                height: layout.height(),
                common: axes::heading(&title, &self.y.what, layout.width()),
                variants: spreads.iter().map(|spread| (*spread, self.plane(layout, *spread, at))).collect(),
            }
        };
        self.panels.iter().enumerate().map(panel).collect()
    }
}

/// Where values lie in one panel.
struct Plane {
    frame: Frame,
    x: Scale,
    y: Scale,
}

impl Plane {
    fn at(&self, (x, y): (f64, f64)) -> Option<(f64, f64)> {
        Some((self.x.place(x)?, self.y.place(y)?))
    }
}

impl Lines {
    fn plane(&self, layout: Layout, spread: Spread, panel: usize) -> String {
        let labels = self.all.iter().map(|line| width(&cut(&line.name))).fold(0.0, f64::max);
        let frame = (LEFT, TOP, layout.width() - labels - TO_LABELS - 2.0, layout.height() - BELOW);
        let (left, top, right, bottom) = frame;
        let along = self.all.iter().flat_map(|line| line.points.iter().map(|(x, _)| *x));
        let ends = |known: &Known| [known.value, known.low, known.high];
        let medians = self.all.iter().flat_map(|line| line.points.iter().flat_map(move |(_, known)| ends(known)));
        let upwards = medians.chain(self.all.iter().flat_map(|line| line.trials.iter().map(|(_, value)| *value)));
        let plane = Plane {
            frame,
            x: Scale::over(self.x.unit, self.x.spread(spread), along, (left, right)),
            y: Scale::over(self.y.unit, self.y.spread(spread), upwards.chain(self.guide), (bottom, top)),
        };
        let mut svg =
            axes::vertical(&plane.x, frame, &self.x.what, layout.width()) + &axes::horizontal(&plane.y, frame);
        svg += &axes::zero(&plane.y, frame);
        if let Some(y) = self.guide.and_then(|value| plane.y.place(value)) {
            svg += &path("guide", "", &format!("M{} {}H{}", number(left), number(y), number(right)));
        }
        if self.panels.len() > 1 {
            svg += &self.rest(&plane);
        }
        svg + &self.own(&plane, &self.panels[panel].1)
    }

    /// All lines in grey.
    fn rest(&self, plane: &Plane) -> String {
        let line = |line: &Line| path("series line grey", &line.pool, &through(median(line, plane)));
        self.all.iter().map(line).collect()
    }

    /// The lines of one panel in their colours, from what lies at the bottom to what lies at the top.
    fn own(&self, plane: &Plane, own: &[(usize, usize)]) -> String {
        let own: Vec<(&Line, usize)> = own.iter().map(|(line, colour)| (&self.all[*line], *colour)).collect();
        let layers: [Layer; 4] = [
            &|line, at, _| band(line, at, plane),
            &|line, at, nth| trials(line, at, plane, (nth, own.len())),
            &|line, at, _| path(format!("series line {}", colour(Some(at))), &line.pool, &through(median(line, plane))),
            &|line, at, _| self.marks(line, at, plane),
        ];
        let layer =
            |layer: &Layer| own.iter().enumerate().map(|(nth, (line, at))| layer(line, *at, nth)).collect::<String>();
        layers.iter().map(layer).collect::<String>() + &labels(&own, plane)
    }

    fn marks(&self, line: &Line, at: usize, plane: &Plane) -> String {
        let one = |(x, known): &(f64, Known)| {
            let what = format!("{}, {} {}", line.name, self.x.unit.text(*x), self.x.what);
            let said = Said { pool: &line.pool, what, unit: self.y.unit, x: *x, known: *known };
            plane.at((*x, known.value)).map(|place| mark(Some(at), place, &said))
        };
        let marks = line.points.iter().filter_map(one).collect::<String>();
        let star = line.star.as_ref().and_then(|(x, y, said)| {
            let at_plane = plane.at((*x, *y))?;
            let known = Known { value: *y, low: *y, high: *y };
            Some(star(at, at_plane, &line.pool, said, (*x, known)))
        });
        marks + &star.unwrap_or_default()
    }
}

/// A ring around a place of its own.
fn star(at: usize, (x, y): (f64, f64), pool: &str, said: &str, (along, known): (f64, Known)) -> String {
    let title = Tag::new("title").saying(said);
    let ring = Tag::new("circle").set("class", "star").at("cx", x).at("cy", y).at("r", 7.0).empty();
    let group =
        Tag::new("g").set("class", format!("mark {}", colour(Some(at)))).set("role", "img").set("data-pool", pool);
    group
        .set("data-x", whole(along))
        .set("data-y", known.value)
        .set("data-low", known.low)
        .set("data-high", known.high)
        .holding(&(title + &ring))
}

/// The medians that have a place.
fn median(line: &Line, plane: &Plane) -> Vec<(f64, f64)> {
    line.points.iter().filter_map(|(x, known)| plane.at((*x, known.value))).collect()
}

/// What the medians are known within; of a single one a bar.
fn band(line: &Line, at: usize, plane: &Plane) -> String {
    let ends =
        |(x, known): &(f64, Known)| Some((plane.x.place(*x)?, plane.y.nearest(known.low), plane.y.nearest(known.high)));
    let ends: Vec<(f64, f64, f64)> = line.points.iter().filter_map(ends).collect();
    if let [(x, low, high)] = ends[..] {
        return path(format!("series bar {}", colour(Some(at))), &line.pool, &through([(x, low), (x, high)]));
    }
    let around = ends.iter().map(|(x, low, _)| (*x, *low)).chain(ends.iter().rev().map(|(x, _, high)| (*x, *high)));
    path(format!("series band {}", colour(Some(at))), &line.pool, &through(around))
}

/// A point a trial, as one path: points that nobody could tell apart are one.
fn trials(line: &Line, at: usize, plane: &Plane, (nth, of): (usize, usize)) -> String {
    let aside =
        APART * (crate::analysis::float(nth as u64) - crate::analysis::float(of.saturating_sub(1) as u64) / 2.0);
    let places = line.trials.iter().filter_map(|trial| plane.at(*trial)).map(|(x, y)| (x + aside, y));
    path(format!("series trials {}", colour(Some(at))), &line.pool, &dots(places))
}

/// Names at the ends of their lines.
fn labels(own: &[(&Line, usize)], plane: &Plane) -> String {
    let (_, top, right, bottom) = plane.frame;
    let ends: Vec<(&Line, usize, (f64, f64))> =
        own.iter().filter_map(|(line, at)| Some((*line, *at, *median(line, plane).last()?))).collect();
    let wanted: Vec<f64> = ends.iter().map(|(_, _, (_, y))| *y).collect();
    let places = spread(&wanted, (top, bottom));
    let one = |((line, at, end), y): (&(&Line, usize, (f64, f64)), f64)| {
        let leader = through([*end, (right + 5.0, y), (right + 9.0, y)]);
        path(format!("leader {}", colour(Some(*at))), &line.pool, &leader)
            + &Tag::new("g").set("data-pool", &line.pool).holding(
                &(shape(Some(*at), (right + 13.0, y))
                    + &Tag::new("text")
                        .set("class", "label")
                        .set("data-pool", &line.pool)
                        .at("x", right + TO_LABELS)
                        .at("y", y + 4.0)
                        .saying(&cut(&line.name))),
            )
    };
    ends.iter().zip(places).map(one).collect()
}
