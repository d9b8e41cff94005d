//! A mark a pool in the plane of two values, of which less is better; those that no other betters in both are joined.

use super::super::super::shown::Known;
use super::super::labels::{Frame, Spot, beside, cut, width};
use super::super::scale::{Scale, Spread};
use super::super::svg::{Tag, path, through};
use super::axes;
use super::marks::{Said, colour, dots, mark, within};
use super::{Axis, Draw, Drawn, Layout, spreads};
use crate::analysis::{float, whole};

/// One pool.
#[derive(Clone, Debug)]
pub(in super::super) struct Dot {
    pub(in super::super) pool: String,
    pub(in super::super) name: String,
    pub(in super::super) x: Known,
    pub(in super::super) y: Known,
    /// Every trial.
    pub(in super::super) trials: Vec<(f64, f64)>,
    /// Whether no other betters it in both.
    pub(in super::super) is_front: bool,
    /// Its colour; grey where there is none.
    pub(in super::super) colour: Option<usize>,
}

/// The pools of one cell.
#[derive(Clone, Debug)]
pub(in super::super) struct Plane {
    pub(in super::super) title: String,
    pub(in super::super) x: Axis,
    pub(in super::super) y: Axis,
    pub(in super::super) dots: Vec<Dot>,
}

const LEFT: f64 = 58.0;
const TOP: f64 = 38.0;
const BELOW: f64 = 36.0;
const RIGHT: f64 = 8.0;

impl Draw for Plane {
    fn panels(&self) -> usize {
        1
    }

    fn is_wide(&self) -> bool {
        false
    }

    fn drawn(&self, layout: Layout) -> Vec<Drawn> {
        let spreads = spreads(&[&self.x, &self.y], self.dots.iter().flat_map(|dot| [&dot.x, &dot.y]));
        vec![Drawn {
            label: format!("{} and {}, {}", self.x.what, self.y.what, self.title),
            width: layout.width(),
            height: layout.height(),
            common: axes::heading(&self.title, &self.y.what, layout.width()),
            variants: spreads.iter().map(|spread| (*spread, self.plane(layout, *spread))).collect(),
        }]
    }
}

impl Plane {
    fn plane(&self, layout: Layout, spread: Spread) -> String {
        let frame = (LEFT, TOP, layout.width() - RIGHT, layout.height() - BELOW);
        let (left, top, right, bottom) = frame;
        let ends = |known: Known| [known.value, known.low, known.high];
        let x = self.dots.iter().flat_map(|dot| ends(dot.x).into_iter().chain(dot.trials.iter().map(|(x, _)| *x)));
        let y = self.dots.iter().flat_map(|dot| ends(dot.y).into_iter().chain(dot.trials.iter().map(|(_, y)| *y)));
        let x = Scale::over(self.x.unit, self.x.spread(spread), x, (left, right));
        let y = Scale::over(self.y.unit, self.y.spread(spread), y, (bottom, top));
        let at = |dot: &Dot| Some((x.place(dot.x.value)?, y.place(dot.y.value)?));
        let placed: Vec<(&Dot, (f64, f64))> = self.dots.iter().filter_map(|dot| Some((dot, at(dot)?))).collect();
        let mut svg = axes::vertical(&x, frame, &self.x.what, layout.width()) + &axes::horizontal(&y, frame);
        let steps = front(&placed, frame);
        svg += &path("front", "", &through(steps.iter().copied()));
        let mut bars: Vec<Bar> = steps.windows(2).map(|two| (two[0], two[1])).collect();
        for (dot, (across, up)) in &placed {
            let trials = dot.trials.iter().filter_map(|(time, size)| Some((x.place(*time)?, y.place(*size)?)));
            svg += &path(format!("series trials {}", colour(dot.colour)), &dot.pool, &dots(trials));
            let own = [
                ((x.nearest(dot.x.low), *up), (x.nearest(dot.x.high), *up)),
                ((*across, y.nearest(dot.y.low)), (*across, y.nearest(dot.y.high))),
            ];
            let lines: String = own.iter().map(|(from, to)| through([*from, *to])).collect();
            svg += &path(format!("series bar {}", colour(dot.colour)), &dot.pool, &lines);
            bars.extend(own.iter().filter(|_| dot.colour.is_some()));
        }
        // The front is drawn over the others.
        for is_front in [false, true] {
            for (dot, place) in placed.iter().filter(|(dot, _)| dot.is_front == is_front) {
                let what = format!("{}, {} {}", dot.name, self.x.what, within(self.x.unit, dot.x));
                let said = Said {
                    pool: &dot.pool,
                    what: format!("{what}, {}", self.y.what),
                    unit: self.y.unit,
                    x: dot.x.value,
                    known: dot.y,
                };
                svg += &mark(dot.colour, *place, &said);
            }
        }
        svg + &labels(&placed, &bars, frame)
    }
}

/// A line along those that no other betters, in steps: what lies up and right of it is worse than one of them.
fn front(placed: &[(&Dot, (f64, f64))], (_, top, right, _): Frame) -> Vec<(f64, f64)> {
    let mut front: Vec<(f64, f64)> = placed.iter().filter(|(dot, _)| dot.is_front).map(|(_, place)| *place).collect();
    front.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (Some(first), Some(last)) = (front.first(), front.last()) else { return Vec::new() };
    let mut steps = vec![(first.0, top), *first];
    for two in front.windows(2) {
        steps.extend([(two[1].0, two[0].1), two[1]]);
    }
    steps.push((right, last.1));
    steps
}

/// From one place to another.
type Bar = ((f64, f64), (f64, f64));

/// Places along a bar, closer than a text is high.
fn along(((x0, y0), (x1, y1)): Bar) -> impl Iterator<Item = (f64, f64)> {
    const STEP: f64 = 6.0;
    let steps = whole((x1 - x0).abs().max((y1 - y0).abs()) / STEP) + 1;
    (0..=steps).map(move |step| {
        let share = float(step) / float(steps);
        (x0 + share * (x1 - x0), y0 + share * (y1 - y0))
    })
}

/// Names beside those with a colour, the front first, clear of marks and where that is possible of bars.
fn labels(placed: &[(&Dot, (f64, f64))], bars: &[Bar], frame: Frame) -> String {
    let mut named: Vec<(&Dot, (f64, f64))> = placed.iter().filter(|(dot, _)| dot.colour.is_some()).copied().collect();
    named.sort_by_key(|(dot, _)| !dot.is_front);
    let points: Vec<(f64, f64, f64)> = named.iter().map(|(dot, (x, y))| (*x, *y, width(&cut(&dot.name)))).collect();
    let marks: Vec<(f64, f64)> = placed.iter().map(|(_, place)| *place).collect();
    let lines = bars.iter().flat_map(|bar| along(*bar));
    let free = beside(&points, &marks.iter().copied().chain(lines).collect::<Vec<_>>(), frame);
    // Over a line rather than nowhere.
    let spots = if free.iter().all(Option::is_some) { free } else { beside(&points, &marks, frame) };
    let one = |((dot, place), spot): (&(&Dot, (f64, f64)), Option<Spot>)| {
        let spot = spot?;
        // To the nearer end of the text.
        let end = if spot.x > place.0 { spot.x - 2.0 } else { (spot.x + spot.width + 2.0).min(place.0) };
        let leader = path(format!("leader {}", colour(dot.colour)), &dot.pool, &through([*place, (end, spot.y)]));
        let text =
            Tag::new("text").set("class", "label").set("data-pool", &dot.pool).at("x", spot.x).at("y", spot.y + 4.0);
        Some(leader + &text.saying(&cut(&dot.name)))
    };
    named.iter().zip(spots).filter_map(one).collect()
}
