//! `poolbench check-job`: are jobs of the user's own fit to be run on every pool?

pub mod cli;
mod passes;
mod verdict;

pub use passes::{Passes, Told};
pub use verdict::{Line, lines};
