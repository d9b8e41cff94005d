//! The contract of a pool, driven from outside.

pub mod cli;
