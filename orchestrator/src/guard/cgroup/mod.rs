//! Control groups: one a trial, for the exact memory peak of a process tree, its CPU time and its certain end.

mod abilities;
mod end;
mod hierarchy;
mod run;
mod trial;

pub use abilities::{Abilities, charge_resolution};
pub use end::{LONGEST_KILL, PATIENCE, kill, kill_all, remove};
pub use hierarchy::{Hierarchy, Version};
pub use run::{Groups, collect};
pub use trial::{CpuTime, Group};
