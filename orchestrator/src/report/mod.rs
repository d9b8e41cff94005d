//! What a run looks like to people who would rather see it: spreadsheets.

pub mod sheets;
