//! Which run something is of: its name, when it began and its preset, as the first line of all that people read says it.

use std::path::Path;

use anyhow::{Context as _, Result};
use csv::StringRecord;

use super::{folder, trials};
use crate::plan::Plan;

/// The preset of a run that has the cells of the command line.
pub const NO_PRESET: &str = "run";

/// Which run a folder holds.
#[derive(Debug)]
pub struct About {
    /// Its plan.
    pub plan: Plan,
    /// When its first trial was started, UTC to the second; nothing if there is none.
    pub begun: Option<String>,
}

impl About {
    /// Reads it off the plan and the first row.
    pub fn read(folder: &Path) -> Result<Self> {
        Ok(Self { plan: folder::read_plan(folder)?, begun: first_start(folder).ok().flatten() })
    }

    /// One line for people.
    pub fn heading(&self) -> String {
        let begun = self.begun.as_ref().map_or("no trial yet".to_owned(), |time| format!("begun {time} UTC"));
        let cells = match self.plan.preset.as_str() {
            _ if self.plan.race.is_some() => "a race".to_owned(),
            NO_PRESET => "the cells of the command line".to_owned(),
            preset => format!("preset {preset}"),
        };
        let unchecked: Vec<&str> = self.plan.unchecked().collect();
        let unchecked = match unchecked.as_slice() {
            [] => String::new(),
            names => format!(", results of {} UNCHECKED", names.join(", ")),
        };
        format!("run {}, {begun}, {cells}{unchecked}", self.plan.run)
    }
}

/// When the first row's trial was started, such as `2026-01-31 09:30:00`.
fn first_start(folder: &Path) -> Result<Option<String>> {
    let lines = trials::whole_lines(&folder.join(trials::NAME))?;
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(lines.reader);
    let at = reader.headers()?.iter().position(|name| name == "started_at").context("no column started_at")?;
    let mut row = StringRecord::new();
    let is_there = reader.read_record(&mut row)?;
    Ok(row.get(at).filter(|_| is_there).and_then(shown))
}

/// A time of RFC 3339 for people; nothing if it is none.
fn shown(text: &str) -> Option<String> {
    let time = humantime::parse_rfc3339(text).ok()?;
    Some(humantime::format_rfc3339_seconds(time).to_string().trim_end_matches('Z').replace('T', " "))
}
