//! All pools in one order, as ranges of places.

use anyhow::Result;

use super::reported::{Run, section};
use crate::analysis::kinds::by_kind;
use crate::analysis::passage::Passage;
use crate::analysis::rank;
use crate::analysis::{Data, Measure, RunLevel};
use crate::report::document::{Part, Section, long, sentence};

const HOW: &str = "A place is a range, since pools that cannot be told apart share places: it begins one behind those that are \
                   beyond doubt ahead, and ends with those that are not beyond doubt behind. Pools are held against each other \
                   in the same blocks, in which the machine was the same for all.";

/// The places in time and in memory; those over single workloads are folded.
pub(super) fn part(run: &Run) -> Result<Section> {
    let mut parts = Vec::new();
    if run.data.nodes.kinds() < 2 {
        of_kind(run.data, run.level, "", &mut parts)?;
    } else {
        for (kind, data) in by_kind(run.data.clone()) {
            of_kind(&data, &RunLevel::of(&data)?, &kind.map_or(String::new(), |kind| format!(", {kind}")), &mut parts)?;
        }
    }
    parts.push(Part::How(HOW.to_owned()));
    Ok(section("places", "Places", parts))
}

fn of_kind(data: &Data, level: &RunLevel, kind: &str, parts: &mut Vec<Part>) -> Result<()> {
    for measure in [Measure::Time, data.memory()] {
        let ranks = rank::ranks(data, level, measure)?;
        let mut all = (0..ranks.len()).map(|at| rank::passage(data, &ranks, at));
        let over_all = all.next().map(|one| Passage { heading: sentence(&format!("{}{kind}", one.heading)), ..one });
        parts.extend(over_all.into_iter().flat_map(long));
        let title = format!("Places in {} over some of the cells{kind}", measure.word());
        parts.extend(Part::folded(title, all.collect()));
    }
    Ok(())
}
