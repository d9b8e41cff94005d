//! What the run looks like, and which pictures it has no data for.

use anyhow::Result;

use super::reported::{Run, section};
use crate::report::document::{Part, Section};
use crate::report::pictures;

/// All pictures of a run.
pub(super) fn part(run: &Run) -> Result<Section> {
    let (all, absent) = pictures::all(run.models, run.level, &run.about.plan)?;
    let lacking: Vec<String> = absent.into_iter().map(|one| format!("{}: {}", one.title, one.why)).collect();
    let pictures = (!all.is_empty()).then_some(Part::Pictures(all));
    let lacking = Part::list(lacking).map(|list| Part::Folded("Pictures that this run has no data for".to_owned(), vec![list]));
    Ok(section("pictures", "Pictures", pictures.into_iter().chain(lacking)))
}
