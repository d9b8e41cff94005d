//! What pictures are made from, and what comes of it before it is drawn.

use super::super::draw::Draw;
use super::super::palette::Palette;
use super::super::picture::{About, Absent, Picture};
use crate::analysis::RunLevel;
use crate::models::Models;
use crate::plan::Plan;
use crate::report::shown::Shown;

/// What all pictures are made from.
pub(super) struct Source<'a> {
    pub(super) models: &'a Models<'a>,
    pub(super) level: &'a RunLevel,
    pub(super) plan: &'a Plan,
    pub(super) cells: Vec<Shown<'a>>,
    pub(super) palette: Palette,
}

/// A picture before it is drawn.
pub(super) struct Sketch {
    pub(super) about: About,
    pub(super) parts: Vec<Box<dyn Draw>>,
}

impl Sketch {
    pub(super) fn drawn(self) -> Picture {
        let parts: Vec<&dyn Draw> = self.parts.iter().map(|part| &**part).collect();
        Picture::of(self.about, &parts)
    }
}

/// One that there is no data for.
pub(super) type Found = Result<Sketch, Absent>;
