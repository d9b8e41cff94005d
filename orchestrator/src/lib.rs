//! `poolbench`: plan, spawn, observe, record, analyse, report. It runs pool binaries and never links a pool.

#![deny(clippy::print_stderr, reason = "a reader of stderr that has gone must not end a run: `tell` it")]

pub mod analysis;
pub mod check;
pub mod cli;
pub mod doctor;
pub mod fleet;
pub mod guard;
pub mod history;
pub mod models;
pub mod observe;
pub mod outcome;
pub mod plan;
pub mod pools;
pub mod process;
pub mod race;
pub mod record;
pub mod report;
pub mod run;
pub mod stats;
mod text;
pub mod trial;
