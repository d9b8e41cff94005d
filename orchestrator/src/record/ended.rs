//! How far a run is, and how it ended, as its rows say it.

use std::fmt;
use std::path::Path;

use anyhow::{Context as _, Result};
use csv::StringRecord;

use super::trials::{self, WholeLines};
use crate::plan::Plan;
use crate::plan::race::End;
use crate::trial::status::Status;

/// What there is of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Cells and blocks that have their row.
    pub done: u64,
    /// Those that the plan asks for.
    pub planned: u64,
    /// Accepted rows that are not ok.
    pub not_ok: u64,
    /// Whether a poolbench is writing to it now.
    pub is_written: bool,
    /// Whether a race has come to its end, which no number of trials says; nothing of another run.
    pub is_over: Option<bool>,
}

impl Ended {
    /// Reads it off the rows of the run in `folder` that `plan` is of; rows of another run do not count.
    pub fn read(folder: &Path, plan: &Plan) -> Result<Self> {
        let rows = folder.join(trials::NAME);
        let is_over = plan.race.as_ref().map(|race| ![None, Some(End::Interrupted)].contains(&race.ended));
        let mut ended =
            Self { done: 0, planned: plan.trials(), not_ok: 0, is_written: trials::is_locked(&rows), is_over };
        let WholeLines { reader, path } = trials::whole_lines(&rows)?;
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(reader);
        let header = reader.headers().with_context(|| format!("reading the header of {}", path.display()))?;
        let at = ["run", "accepted", "status"].map(|name| header.iter().position(|column| column == name));
        let mut row = StringRecord::new();
        while reader.read_record(&mut row).with_context(|| format!("reading {}", path.display()))? {
            let [run, accepted, status] = at.map(|at| at.and_then(|at| row.get(at)).unwrap_or_default());
            if run == plan.run && accepted == "1" {
                ended.done += 1;
                ended.not_ok += u64::from(status != Status::Ok.word());
            }
        }
        Ok(ended)
    }

    /// `whole`, `stopped` or `being written`.
    pub fn word(&self) -> &'static str {
        let is_open = self.is_over.map_or(self.done < self.planned, |is_over| !is_over);
        match (self.is_written, is_open) {
            (true, _) => "being written",
            (false, true) => "stopped",
            (false, false) => "whole",
        }
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { done, planned, not_ok, .. } = self;
        match self.word() {
            "whole" => write!(f, "whole: {done} trials")?,
            word => write!(f, "{word}: {done} of {planned} trials")?,
        }
        if *not_ok > 0 { write!(f, ", {not_ok} not ok") } else { Ok(()) }
    }
}
