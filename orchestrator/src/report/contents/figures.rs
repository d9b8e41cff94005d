//! Every figure and claim, folded.

use anyhow::Result;

use super::reported::{Run, section};
use crate::analysis::claims::cells;
use crate::analysis::passage::Passage;
use crate::analysis::summary::{legend, passages};
use crate::analysis::{Figures, Measure, Names, against_reference};
use crate::report::document::{Part, Section};

/// The section.
pub(super) fn part(run: &Run, all: &[Figures]) -> Result<Section> {
    Ok(of(run, all, claims(run)?))
}

/// That of a race, on whose rows nothing is claimed.
pub(super) fn of_race(run: &Run, all: &[Figures]) -> Section {
    of(run, all, Vec::new())
}

fn of(run: &Run, all: &[Figures], claims: Vec<Passage>) -> Section {
    let cells = format!("Every figure of {} cells", all.len());
    let parts = [
        Some(Part::Say(
            "`trials.csv` in the run's folder has every trial, and `docs/CSV.md` says what its columns mean."
                .to_owned(),
        )),
        Part::folded(cells, passages(all)),
        Part::folded("What may be claimed against one pool", claims),
        Some(Part::How(legend(run.data))),
    ];
    section("figures", "Every figure", parts.into_iter().flatten())
}

/// All pools against the reference, in time and memory.
fn claims(run: &Run) -> Result<Vec<Passage>> {
    let names = Names::of(run.data);
    let mut all = Vec::new();
    for measure in [Measure::Time, run.data.memory()] {
        let widening = run.level.widening(measure);
        for family in against_reference(run.data, None, measure, run.data.alpha, widening)? {
            let Some(first) = family.first() else { continue };
            let heading = format!("{} against {}: {}", measure.word(), first.reference, first.group);
            all.push(Passage { heading, table: cells(&family, &names), below: Vec::new() });
        }
    }
    Ok(all)
}
