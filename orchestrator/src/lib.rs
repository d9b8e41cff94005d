//! `poolbench`: plan, spawn, observe, record, analyse, report. It runs pool binaries and never links a pool.

pub mod affinity;
pub mod cell;
pub mod child;
pub mod env;
pub mod observe;
pub mod pools;
pub mod signals;
pub mod spec;
pub mod status;
mod text;
pub mod trial;
pub mod webserver;
pub mod wire;
