//! `poolbench`: plan, spawn, observe, record, analyse, report. It runs pool binaries and never links a pool.

#![deny(clippy::print_stderr, reason = "a reader of stderr that has gone must not end a run: `tell` it")]

pub mod affinity;
pub mod analysis;
pub mod cell;
pub mod cgroup;
pub mod check;
pub mod child;
pub mod cli;
pub mod commands;
pub mod doctor;
pub mod env;
pub mod estimate;
pub mod families;
pub mod folder;
pub mod guard;
pub mod list;
pub mod machine;
pub mod notes;
pub mod observe;
pub mod peak;
pub mod plan;
pub mod pools;
pub mod preset;
pub mod progress;
pub mod record;
pub mod run;
pub mod signals;
pub mod spec;
pub mod stats;
pub mod status;
pub mod tell;
mod text;
pub mod trial;
pub mod trials;
pub mod until;
pub mod watcher;
pub mod webserver;
pub mod wire;
