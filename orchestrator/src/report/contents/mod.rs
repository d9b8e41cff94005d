//! What a report of a run says: the answer, then what it rests on, then everything.

mod answers;
mod beside;
mod decision;
mod figures;
mod fits;
mod machine;
mod methodology;
mod originals;
mod pictures;
mod places;
mod race;
mod reported;
mod trust;

pub(super) use beside::of_two;
pub(super) use race::of_race;

use std::panic::resume_unwind;
use std::path::Path;
use std::thread;

use anyhow::{Result, ensure};

use self::reported::Run;
use super::document::{Card, Document, File, Section, sentence};
use crate::analysis::condition::condition_in_brief;
use crate::analysis::{Data, Figures, RunLevel, as_csv, figures as figures_of, load};
use crate::models::Models;
use crate::models::fit::Fitted;
use crate::record::about::About;
use crate::record::folder;
use crate::record::machine::Machine;

/// The report of one run. `host` is what its machine is called instead of what the run calls it.
pub(super) fn of_run(path: &Path, host: Option<&str>) -> Result<Document> {
    let data = finished(path)?;
    let (about, level, models) = (About::read(path)?, RunLevel::of(&data)?, Models::of(&data));
    let machine = named(folder::read_machine(path)?, host);
    let fitted = Fitted::of(&models, None);
    let run =
        Run { path, about: &about, machine: &machine, data: &data, level: &level, models: &models, fitted: &fitted };
    let all = figures_of(&data)?;
    let (sections, answers) = sections(&run, &all)?;
    Ok(Document {
        title: format!("poolbench: {}", about.plan.run),
        heading: "Which worker pool?".to_owned(),
        about: vec![about.heading(), machine.sentence()],
        answers,
        sure: condition_in_brief(&data, &level).iter().map(|said| sentence(said)).collect(),
        sections,
        files: vec![summary(&about, &all)?],
    })
}

/// Every figure, to be saved.
fn summary(about: &About, all: &[Figures]) -> Result<File> {
    Ok(File { name: format!("{}-summary.csv", about.plan.run), kind: "text/csv", text: as_csv(all)? })
}

/// All sections that have something to say, in their order, and the cards; half of the work on a thread of its own.
fn sections(run: &Run, all: &[Figures]) -> Result<(Vec<Section>, Vec<Card>)> {
    thread::scope(|scope| {
        let first = scope.spawn(|| -> Result<_> {
            let tables = [decision::table(run)?, decision::ratings(run)?, originals::part(run)];
            Ok((tables, answers::cards(run.models, &run.about.plan, "")))
        });
        let others = [
            pictures::part(run)?,
            places::part(run)?,
            fits::costs(run),
            fits::memory(run),
            trust::part(run)?,
            machine::part(run),
            methodology::part(),
            figures::part(run, all)?,
        ];
        let (tables, cards) = first.join().unwrap_or_else(|panic| resume_unwind(panic))?;
        let sections = tables.into_iter().chain(others).filter(|section| !section.parts.is_empty());
        Ok((sections.collect(), cards))
    })
}

/// The rows of a run that has something to show.
fn finished(path: &Path) -> Result<Data> {
    let data = load(path)?;
    ensure!(
        !data.groups.is_empty(),
        "{} has no finished block yet, so there is nothing to report; `poolbench resume {}` goes on with it",
        path.display(),
        path.display()
    );
    Ok(data)
}

fn named(machine: Machine, host: Option<&str>) -> Machine {
    Machine { host: host.map_or(machine.host.clone(), str::to_owned), ..machine }
}
