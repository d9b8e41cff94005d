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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_found_in_any_order_and_those_that_lack_tell_nothing() {
        let place = |block| Place { block, position: 1, attempt: 1 };
        let notes = [(3, [9, 100, 90]), (1, [9, 100, 80]), (2, [9, 100, 100])];
        let coming = Box::new(notes.map(|(block, batch_ns)| (place(block), batch_ns.to_vec())).into_iter());
        let mut late = LateNotes { coming, passed: HashMap::new() };
        let told = [1, 2, 7, 3, 3].map(|block| late.of(place(block)));
        assert_eq!(told, [Some(0.8_f64.ln()), Some(0.0), None, Some(0.9_f64.ln()), None]);
        assert!(late.passed.is_empty(), "what was asked for is not kept");
    }
}
