//! A race: the best pool, workers and chunk for one case, measured in rounds that the slow ones leave.

pub mod answer;
mod clock;
mod course;
pub mod field;
mod front;
mod leaving;
mod programs;
pub mod rules;
mod said;
mod text;
pub mod verdicts;
mod words;

pub use answer::Answer;
pub use course::{resume, start};
pub use programs::{as_advice, as_json};
pub use said::{everybody, first_screen, for_people};
