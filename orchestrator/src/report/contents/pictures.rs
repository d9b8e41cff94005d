//! What the run looks like, and which pictures it has no data for.

use anyhow::Result;

use super::reported::{Run, section};
use crate::analysis::RunLevel;
use crate::models::Models;
use crate::plan::Plan;
use crate::report::document::{Part, Section, Shown};
use crate::report::pictures;

/// All pictures of a run.
pub(super) fn part(run: &Run) -> Result<Section> {
    let (all, absent) = pictures::all(run.models, run.level, &run.about.plan)?;
    let lacking: Vec<String> = absent.into_iter().map(|one| format!("{}: {}", one.title, one.why)).collect();
    let all: Vec<Shown> = all.into_iter().map(|picture| Shown { name: picture.id.to_owned(), picture }).collect();
    let pictures = (!all.is_empty()).then_some(Part::Pictures(all));
    let lacking =
        Part::list(lacking).map(|list| Part::Folded("Pictures that this run has no data for".to_owned(), vec![list]));
    Ok(section("pictures", "Pictures", pictures.into_iter().chain(lacking)))
}

/// The pictures of two runs, those of one kind one after the other.
pub(super) fn of_two(runs: [(&Models, &RunLevel, &Plan); 2]) -> Result<Section> {
    let mut all: Vec<Shown> = Vec::new();
    for ((models, level, plan), mark) in runs.into_iter().zip(["A", "B"]) {
        let (found, _) = pictures::all(models, level, plan)?;
        let mark_small = mark.to_lowercase();
        all.extend(found.into_iter().map(|mut picture| {
            picture.title = format!("{mark}: {}", picture.title);
            // What one drawing takes from another it takes by a name, which the other run's have as well.
            picture.svg = picture.svg.replace(" id=\"", &format!(" id=\"{mark_small}-"));
            picture.svg = picture.svg.replace("href=\"#", &format!("href=\"#{mark_small}-"));
            Shown { name: format!("{mark_small}-{}", picture.id), picture }
        }));
    }
    // The sort is stable, so A comes before B.
    let order: Vec<&str> = all.iter().map(|one| one.picture.id).collect();
    all.sort_by_key(|one| order.iter().position(|id| *id == one.picture.id));
    let pictures = (!all.is_empty()).then_some(Part::Pictures(all));
    Ok(section("pictures", "Pictures", pictures))
}
