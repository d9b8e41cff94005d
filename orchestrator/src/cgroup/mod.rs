//! Control groups: one a trial, for the exact memory peak of a process tree, its CPU time and its certain end.

mod end;
mod hierarchy;
mod run;
mod trial;

pub use end::{LONGEST_KILL, PATIENCE, kill, kill_all, remove};
pub use hierarchy::{Hierarchy, Version};
pub use run::{Abilities, Groups, collect};
pub use trial::{CpuTime, Group};
