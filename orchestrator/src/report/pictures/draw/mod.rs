//! Forms of pictures, each drawn from what it shows: lines over an axis, lines that end, rows of values, and a plane of two values.

mod axes;
pub(super) mod course;
pub(super) mod lines;
mod marks;
pub(super) mod plane;
pub(super) mod rows;

use super::super::shown::Known;
use super::scale::Spread;
use super::units::Unit;

/// How much room a panel has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// On a narrow screen.
    Narrow,
    /// One of many, of which three lie beside each other.
    Small,
    /// One of a few, of which two do.
    Wide,
}

impl Layout {
    /// The width of a panel.
    pub(super) fn width(self) -> f64 {
        match self {
            Self::Narrow => 344.0,
            Self::Small => 372.0,
            Self::Wide => 620.0,
        }
    }

    /// The height of a panel with two axes.
    fn height(self) -> f64 {
        match self {
            Self::Narrow | Self::Small => 260.0,
            Self::Wide => 340.0,
        }
    }
}

/// A panel that is drawn.
#[derive(Clone, Debug)]
pub(super) struct Drawn {
    /// What it shows, in words.
    pub(super) label: String,
    pub(super) width: f64,
    pub(super) height: f64,
    /// What is in all of its variants.
    pub(super) common: String,
    /// With each spread of its axes, the first by default.
    pub(super) variants: Vec<(Spread, String)>,
}

/// What can be drawn.
pub(super) trait Draw {
    /// How many panels it has.
    fn panels(&self) -> usize;
    /// Whether its texts take so much room that it is wide wherever that is possible.
    fn is_wide(&self) -> bool;
    /// Its panels.
    fn drawn(&self, layout: Layout) -> Vec<Drawn>;
}

/// What an axis shows.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    pub(super) what: String,
    pub(super) unit: Unit,
    /// The only spread that it has; by default it has both.
    pub(super) only: Option<Spread>,
}

impl Axis {
    /// An axis that may be spread both ways.
    pub(super) fn new(what: impl Into<String>, unit: Unit) -> Self {
        Self { what: what.into(), unit, only: None }
    }

    fn spread(&self, wanted: Spread) -> Spread {
        self.only.unwrap_or(wanted)
    }
}

/// The spreads that a picture offers, its default first: the logarithmic one unless more than half of the values have no place there.
fn spreads<'a>(axes: &[&Axis], values: impl Iterator<Item = &'a Known>) -> Vec<Spread> {
    let (all, above) = values.fold((0, 0), |(all, above), known| (all + 1, above + usize::from(known.value > 0.0)));
    match () {
        () if axes.iter().all(|axis| axis.only.is_some()) => vec![Spread::Log],
        () if 2 * above > all => vec![Spread::Log, Spread::Linear],
        () => vec![Spread::Linear, Spread::Log],
    }
}
