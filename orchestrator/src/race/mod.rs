//! A race: the best pool, workers and chunk for one case, measured in rounds that the slow ones leave.

mod clock;
mod course;
mod first_screen;
mod fits;
mod leaving;

pub use course::{resume, start};
pub use first_screen::first_screen;
pub use fits::could_fit;
