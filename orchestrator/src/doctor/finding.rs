//! One thing that was found: how bad it is, what it does to the numbers, and what to do about it.

use serde::Serialize;

/// How bad something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// As it should be.
    Ok,
    /// Worth knowing; the figures can be defended all the same.
    Note,
    /// Figures taken now would be worse than they have to be.
    Warning,
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at.
    pub name: &'static str,
    /// How bad it is.
    pub level: Level,
    /// What was found.
    pub found: String,
    /// What it does to the numbers; empty where all is well.
    pub effect: &'static str,
    /// What to do about it; empty where all is well.
    pub advice: &'static str,
}

impl Finding {
    /// As it should be.
    pub(super) fn ok(name: &'static str, found: impl Into<String>) -> Self {
        Self { name, level: Level::Ok, found: found.into(), effect: "", advice: "" }
    }

    /// Worth knowing.
    pub(super) fn note(
        name: &'static str,
        found: impl Into<String>,
        effect: &'static str,
        advice: &'static str,
    ) -> Self {
        Self { name, level: Level::Note, found: found.into(), effect, advice }
    }

    /// To be put right before measuring.
    pub(super) fn warning(
        name: &'static str,
        found: impl Into<String>,
        effect: &'static str,
        advice: &'static str,
    ) -> Self {
        Self { name, level: Level::Warning, found: found.into(), effect, advice }
    }
}
