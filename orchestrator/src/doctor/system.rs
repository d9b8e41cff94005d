//! The files in which the kernel says how a machine is set up, below a folder that tests can choose.

use std::fs;
use std::path::PathBuf;

/// A machine as its files show it.
#[derive(Clone, Debug)]
pub struct System(PathBuf);

impl System {
    /// This machine.
    pub fn here() -> Self {
        Self::at("/")
    }

    /// The machine whose `proc` and `sys` are in `root`.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self(root.into())
    }

    /// A file's text without the blanks around it; nothing where the machine does not have it.
    pub(super) fn text(&self, path: &str) -> Option<String> {
        Some(fs::read_to_string(self.0.join(path)).ok()?.trim().to_owned())
    }

    /// A file that holds one number.
    pub(super) fn number(&self, path: &str) -> Option<u64> {
        self.text(path)?.parse().ok()
    }

    /// The number behind `name` in a file of names and numbers; a colon and what follows the number do not matter.
    pub(super) fn field(&self, path: &str, name: &str) -> Option<u64> {
        let text = self.text(path)?;
        let words = text.split_whitespace().map(|word| word.trim_end_matches(':'));
        words.skip_while(|word| *word != name).nth(1)?.parse().ok()
    }
}
