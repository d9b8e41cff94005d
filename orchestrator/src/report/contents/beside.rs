//! Two runs side by side: what changed, what each answers, and what differs between them beside their figures.

use std::path::Path;

use anyhow::{Result, ensure};

use super::reported::section;
use super::{answers, named, pictures};
use crate::analysis::claims::{cells, heading};
use crate::analysis::compare::{Comparison, Doubt, family};
use crate::analysis::passage::{Cells, Passage};
use crate::analysis::runs::{
    Run, caution, check_batches, check_machines, differences, equals, memory, pairs, strictest,
};
use crate::analysis::table::Style;
use crate::analysis::words::{difference, value, verdict};
use crate::analysis::{Measure, Names, RunLevel};
use crate::models::decision::lines;
use crate::models::{Models, table};
use crate::plan::Plan;
use crate::record::about::About;
use crate::record::folder;
use crate::report::document::{Card, Document, Part, Section};
use crate::stats::Verdict;

const HOW: &str = "Two runs share no moment, so what the machine did between them shows only in pools that are the same build in both: a \
                   change is claimed where its whole interval lies beyond 3 % and it is larger than equal builds differ by.";

/// The report of two runs. Those of different machines are held side by side only if the user insists.
pub(in crate::report) fn of_two(a: &Path, b: &Path, host: Option<&str>, insists: bool) -> Result<Document> {
    let (base, new) = (Run::read(a)?, Run::read(b)?);
    check_machines(&base, &new, insists)?;
    let (about_a, about_b) = (About::read(a)?, About::read(b)?);
    let machine = named(folder::read_machine(b)?, host);
    let (models_a, models_b) = (Models::of(&base.data), Models::of(&new.data));
    let (level_a, level_b) = (RunLevel::of(&base.data)?, RunLevel::of(&new.data)?);
    let mut sections = vec![changes(&base, &new)?];
    let mut tables = Vec::new();
    for (word, run, level) in [("A", &base, &level_a), ("B", &new, &level_b)] {
        let mut lines = lines(&run.data, level)?;
        lines.retain(|line| line.fill.is_none());
        let heading = format!("{word}: {}", run.name);
        tables.push(Part::Table(Passage { heading, table: table::cells(&lines), below: Vec::new() }));
    }
    sections.push(section("decision", "Decision tables", tables));
    sections.push(pictures::of_two([(&models_a, &level_a, &about_a.plan), (&models_b, &level_b, &about_b.plan)])?);
    let cautions = caution(&base, &new, Style::Markdown)?.replace("base:", "A:").replace("new:", "B:");
    sections.push(section("trust", "How sure", Part::list(cautions.lines().map(str::to_owned).collect())));
    let differs = differences(&base, &new);
    let none = || Part::Say("Nothing else that was recorded differs.".to_owned());
    sections.push(section("differs", "What else differs", [Part::list(differs).unwrap_or_else(none)]));
    Ok(Document {
        title: format!("poolbench: {} and {}", base.name, new.name),
        heading: "What changed from A to B?".to_owned(),
        about: vec![format!("A: {}", about_a.heading()), format!("B: {}", about_b.heading()), machine.sentence()],
        answers: both((&models_a, &about_a.plan), (&models_b, &about_b.plan)),
        sure: Vec::new(),
        sections,
        files: Vec::new(),
    })
}

/// The cards of A and B, question by question.
fn both(a: (&Models, &Plan), b: (&Models, &Plan)) -> Vec<Card> {
    let (of_a, of_b) = (answers::cards(a.0, a.1, "A"), answers::cards(b.0, b.1, "B"));
    of_a.into_iter().zip(of_b).flat_map(|(one, other)| [one, other]).collect()
}

/// What is claimed of all cells that both have.
fn changes(base: &Run, new: &Run) -> Result<Section> {
    let shared = pairs(&base.data, &new.data, None);
    ensure!(
        !shared.is_empty(),
        "{} and {} have no cell in common, so there is nothing to compare",
        base.name,
        new.name
    );
    check_batches(&shared)?;
    let names = Names::of(&base.data);
    let mut parts = Vec::new();
    for measure in [Measure::Time, memory(base, new)] {
        let equals = equals(base, new, measure)?;
        let found = family(&shared, measure, Doubt::Beyond(&equals), strictest(base, new))?;
        parts.push(Part::Say(counted(measure, &found)));
        parts.extend(changed(&found, &names).map(Part::Table));
        parts.push(Part::Say(equals.sentence(measure)));
        let of_group = found.chunk_by(|one, other| one.group == other.group);
        let table = |of: &[Comparison]| Passage {
            heading: heading(&of[0].group.to_string(), of, Style::Markdown)
                .trim_start_matches("### ")
                .trim()
                .to_owned(),
            table: cells(of, &names),
            below: Vec::new(),
        };
        parts.extend(Part::folded(format!("Every comparison of {}", measure.word()), of_group.map(table).collect()));
    }
    parts.push(Part::How(HOW.to_owned()));
    Ok(section("changes", "What changed", parts))
}

/// How many cells take less, more and as much.
fn counted(measure: Measure, found: &[Comparison]) -> String {
    let count = |wanted: Verdict| found.iter().filter(|one| one.verdict() == wanted).count();
    let all = [Verdict::Faster, Verdict::Slower, Verdict::Same, Verdict::Unclear, Verdict::TooFewBlocks];
    let said =
        all.into_iter().filter(|one| count(*one) > 0).map(|one| format!("{} {}", count(one), verdict(one, measure)));
    format!("{}, {} cells that both have: {}.", measure.word(), found.len(), said.collect::<Vec<_>>().join(", "))
}

/// Only what changed, the largest change first; nothing where nothing did.
fn changed(found: &[Comparison], names: &Names) -> Option<Passage> {
    let mut changed: Vec<&Comparison> =
        found.iter().filter(|one| matches!(one.verdict(), Verdict::Faster | Verdict::Slower)).collect();
    let size = |one: &Comparison| one.finding.estimate.unwrap_or(0.0).abs();
    changed.sort_by(|one, other| size(other).total_cmp(&size(one)));
    let row = |one: &&Comparison| {
        vec![
            one.group.to_string(),
            names.short(&one.candidate),
            value(one.measure, one.medians.0),
            value(one.measure, one.medians.1),
            difference(one.finding.estimate, one.finding.interval),
            verdict(one.verdict(), one.measure),
        ]
    };
    let rows: Vec<Vec<String>> = changed.iter().map(row).collect();
    let header = ["jobs", "pool", "A", "B", "change (interval)", "verdict"];
    (!rows.is_empty()).then(|| Passage { table: Cells::new(&header, rows), ..Passage::default() })
}
