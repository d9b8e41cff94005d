//! The machine, and the pools with their versions.

use harness::human;
use serde_json::Value;

use super::reported::{Run, section};
use crate::analysis::passage::{Cells, Passage};
use crate::report::document::{Part, Section};

/// The section.
pub(super) fn part(run: &Run) -> Section {
    let machine = Passage { table: Cells::new(&["what", "value"], facts(run)), ..Passage::default() };
    let header = ["pool", "what it is", "kind", "library", "version", "stands for"];
    let pools = run.about.plan.pools.iter().map(|(name, about)| {
        [name, &about.title, &about.kind, &about.library, &about.version, &about.mirrors].map(Clone::clone).to_vec()
    });
    let pools = Passage { table: Cells::new(&header, pools.collect()), ..Passage::default() };
    let parts = [
        Part::Say(run.machine.sentence() + "."),
        Part::Folded("All that was recorded of the machine".to_owned(), vec![Part::Table(machine)]),
        Part::Folded("The pools and their versions".to_owned(), vec![Part::Table(pools)]),
    ];
    section("machine", "Machine", parts)
}

/// As `machine.json` has it, settings beside the rest.
fn facts(run: &Run) -> Vec<Vec<String>> {
    let plan = &run.about.plan;
    let mut facts = vec![
        vec!["seed".to_owned(), plan.seed.clone()],
        vec!["blocks".to_owned(), plan.blocks.to_string()],
        vec!["longest trial".to_owned(), human::time(plan.timeout_ms.saturating_mul(1_000_000))],
    ];
    let Ok(Value::Object(known)) = serde_json::to_value(run.machine) else { return facts };
    let flat = known.into_iter().flat_map(|(name, value)| match value {
        Value::Object(settings) => settings.into_iter().collect::<Vec<_>>(),
        value => vec![(name, value)],
    });
    facts.extend(flat.map(|(name, value)| {
        let text = match (name.as_str(), &value) {
            ("memory_bytes", Value::Number(bytes)) => human::size(bytes.as_u64().unwrap_or(0)),
            (_, Value::String(text)) => text.clone(),
            (_, value) => value.to_string(),
        };
        vec![name.trim_end_matches("_bytes").replace('_', " "), text]
    }));
    facts
}
