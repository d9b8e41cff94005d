//! What a run's rows say: read from the CSV alone, never from a live run.

mod cells;
mod claims;
pub mod cli;
mod compare;
mod condition;
mod data;
mod differences;
mod figures;
mod gate;
mod load;
mod memory;
mod rank;
mod runs;
mod summary;
mod table;
mod twin;

pub use compare::{Comparison, Family, against_reference};
pub use data::{Data, Group, Measure, Point, Series, Setup};
pub use load::load;
pub use summary::{at_the_end, narrow_until};
