//! A run as its sections read it, and what they are made with.

use std::path::Path;

use crate::analysis::{Data, RunLevel};
use crate::models::Models;
use crate::models::fit::Fitted;
use crate::record::about::About;
use crate::record::machine::Machine;
use crate::report::document::{Part, Section};

/// A run that is reported.
pub(super) struct Run<'a> {
    pub(super) path: &'a Path,
    pub(super) about: &'a About,
    pub(super) machine: &'a Machine,
    pub(super) data: &'a Data,
    pub(super) level: &'a RunLevel,
    pub(super) models: &'a Models<'a>,
    pub(super) fitted: &'a Fitted,
}

/// A section of these parts.
pub(super) fn section(id: &'static str, title: &'static str, parts: impl IntoIterator<Item = Part>) -> Section {
    Section { id, title, parts: parts.into_iter().collect() }
}
