//! `poolbench`: plan, spawn, observe, record, analyse, report. It runs pool binaries and never links a pool.

pub mod child;
pub mod signals;
pub mod wire;
