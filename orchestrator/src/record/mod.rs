//! What a run writes and reads again: its folder, plan and machine, a row a trial, and the notes.

pub mod about;
pub mod commit;
pub mod ended;
pub mod file;
pub mod folder;
pub mod identity;
pub mod latest;
pub(crate) mod lines;
pub mod machine;
pub mod machines;
pub mod notes;
pub mod packed;
pub mod paths;
pub mod peak;
pub mod places;
pub mod products;
mod row;
pub mod trials;

pub use row::{Place, is_noisy, observed, row};
