//! How the last batches of each trial compare with the others, off the notes beside the rows: these come in the order of the
//! rows, so that few are kept at a time.

use std::collections::HashMap;
use std::path::Path;

use anyhow::Result;

use crate::record::{Place, notes};
use crate::stats::late_change;

/// The notes of a run.
pub(super) struct LateNotes<'a> {
    coming: Box<dyn Iterator<Item = (Place, Vec<u64>)> + 'a>,
    /// Of trials that were passed on the way to others.
    passed: HashMap<Place, f64>,
}

impl<'a> LateNotes<'a> {
    /// Opens them; a folder may have none.
    pub(super) fn open(folder: &'a Path, run: &'a str) -> Result<Self> {
        Ok(Self { coming: Box::new(notes::batches(folder, run)?), passed: HashMap::new() })
    }

    /// What the note of a trial tells; nothing where there is none or it has too few batches.
    pub(super) fn of(&mut self, place: Place) -> Option<f64> {
        if let Some(known) = self.passed.remove(&place) {
            return Some(known);
        }
        for (next, batch_ns) in &mut self.coming {
            let change = late_change(&batch_ns);
            if next == place {
                return change;
            }
            self.passed.extend(change.map(|change| (next, change)));
        }
        None
    }
}
