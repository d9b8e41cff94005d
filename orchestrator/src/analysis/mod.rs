//! What a run's rows say: read from the CSV alone, never from a live run.

pub mod arguments;
mod best;
mod cells;
mod claims;
pub mod cli;
mod compare;
mod condition;
mod data;
mod differences;
mod ending;
mod equals;
mod figures;
mod gate;
pub(crate) mod heading;
mod level;
mod load;
mod memory;
mod names;
mod overview;
mod rank;
mod runs;
mod summary;
pub(crate) mod table;
mod words;

pub use compare::{Comparison, Family, against_reference, narrow_until};
pub use data::{Data, Group, Measure, Point, Series, Setup};
pub(crate) use data::{float, whole};
pub use ending::at_the_end;
pub(crate) use ending::overview_of;
pub(crate) use figures::{Figures, figures};
pub use level::RunLevel;
pub use load::load;
pub(crate) use names::Names;
pub(crate) use summary::everything_as_markdown;
