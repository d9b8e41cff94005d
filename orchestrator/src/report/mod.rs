//! What a run looks like to people who would rather see it: pictures and spreadsheets.

pub mod pictures;
pub mod sheets;
mod shown;
