//! What came of a race, from its rows and its plan alone: by which rules entrants leave, who is best, and the words for it.

mod again;
pub mod answer;
pub mod field;
mod front;
pub(crate) mod laps;
mod programs;
pub mod rules;
mod said;
pub(crate) mod sentence;
pub(crate) mod sentences;
pub(crate) mod tables;
pub mod verdicts;
pub(crate) mod words;

pub(crate) use again::commands;
pub use answer::Answer;
pub use programs::{as_advice, as_json};
pub use said::{everybody, for_people};
