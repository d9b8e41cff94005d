//! Runs over time: an archive that keeps them, the course of every cell over them, since when it changed, and a gate that holds a
//! new run against several.

pub mod archive;
pub mod cli;
mod courses;
pub mod found;
pub mod gate;
mod index;
mod kept;
pub mod levels;
mod said;
