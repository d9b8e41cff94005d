//! All pools in one order, as ranges of places.

use anyhow::Result;

use super::reported::{Run, section};
use crate::analysis::Measure;
use crate::analysis::passage::Passage;
use crate::analysis::rank;
use crate::report::document::{Part, Section, long, sentence};

const HOW: &str = "A place is a range, since pools that cannot be told apart share places: it begins one behind those that are \
                   beyond doubt ahead, and ends with those that are not beyond doubt behind. Pools are held against each other \
                   in the same blocks, in which the machine was the same for all.";

/// The places in time and in memory; those over single workloads are folded.
pub(super) fn part(run: &Run) -> Result<Section> {
    let mut parts = Vec::new();
    for measure in [Measure::Time, run.data.memory()] {
        let ranks = rank::ranks(run.data, run.level, measure)?;
        let mut all = (0..ranks.len()).map(|at| rank::passage(run.data, &ranks, at));
        let over_all = all.next().map(|one| Passage { heading: sentence(&one.heading), ..one });
        parts.extend(over_all.into_iter().flat_map(long));
        let title = format!("Places in {} over some of the cells", measure.word());
        parts.extend(Part::folded(title, all.collect()));
    }
    parts.push(Part::How(HOW.to_owned()));
    Ok(section("places", "Places", parts))
}
