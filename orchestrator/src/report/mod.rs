//! What a run looks like to people who would rather see it: a page, its pictures, Markdown, spreadsheets.

pub mod cli;
mod contents;
mod document;
mod html;
mod markdown;
pub mod pictures;
pub mod sheets;
mod shown;
