//! What each picture shows of a run, in the order of the report.

mod batches;
mod choice;
mod csv;
mod footprint;
mod front;
mod granularity;
mod mirrors;
mod race;
mod source;
mod workers;

use std::fmt::Write as _;

use anyhow::Result;

use super::palette::Palette;
use super::picture::{Absent, Picture};
use crate::analysis::RunLevel;
use crate::models::Models;
use crate::plan::Plan;
use crate::report::shown::shown;
pub use race::of_race;
use source::Source;

/// All pictures for which a run has data, in the order of the report, and those for which it has none. Fails on a value of which there
/// is no ratio.
pub fn all(models: &Models, level: &RunLevel, plan: &Plan) -> Result<(Vec<Picture>, Vec<Absent>)> {
    let source = Source { models, level, plan, cells: shown(models.data)?, palette: Palette::of(models.data) };
    let found = [
        batches::time(&source)?,
        batches::memory(&source),
        front::front(&source),
        batches::overhead(&source),
        granularity::granularity(&source),
        workers::workers(&source),
        footprint::start_stop(&source),
        footprint::phases(&source),
        mirrors::mirrors(&source)?,
    ];
    let (mut pictures, mut absent) = (Vec::new(), Vec::new());
    for one in found {
        match one {
            Ok(sketch) => pictures.push(sketch.drawn()),
            Err(why) => absent.push(why),
        }
    }
    // A picture may stand alone.
    let unchecked = plan.unchecked().collect::<Vec<_>>().join(", ");
    if !unchecked.is_empty() {
        for picture in &mut pictures {
            let _ = write!(picture.title, " (results of {unchecked} UNCHECKED)");
        }
    }
    Ok((pictures, absent))
}
