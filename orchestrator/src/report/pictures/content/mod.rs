//! What each picture shows of a run, in the order of the report.

mod batches;
mod choice;
mod csv;
mod footprint;
mod front;
mod granularity;
mod mirrors;
mod source;
mod workers;

use anyhow::Result;

use super::palette::Palette;
use super::picture::{Absent, Picture};
use crate::analysis::RunLevel;
use crate::models::Models;
use crate::plan::Plan;
use crate::report::shown::shown;
use source::{Found, Source};

/// One kind of picture.
type Content = fn(&Source) -> Result<Found>;

/// All pictures for which a run has data, in the order of the report, and those for which it has none. Fails on a value of which there
/// is no ratio.
pub fn all(models: &Models, level: &RunLevel, plan: &Plan) -> Result<(Vec<Picture>, Vec<Absent>)> {
    let source = Source { models, level, plan, cells: shown(models.data)?, palette: Palette::of(models.data) };
    let kinds: [Content; 9] = [
        batches::time,
        batches::memory,
        front::front,
        batches::overhead,
        granularity::granularity,
        workers::workers,
        footprint::start_stop,
        footprint::phases,
        mirrors::mirrors,
    ];
    let (mut pictures, mut absent) = (Vec::new(), Vec::new());
    for kind in kinds {
        match kind(&source)? {
            Ok(sketch) => pictures.push(sketch.drawn()),
            Err(why) => absent.push(why),
        }
    }
    Ok((pictures, absent))
}
