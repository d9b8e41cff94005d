//! What the twins and the programs that compare them share. No harness in here: the twins are what one would write by
//! hand for one pool and two workloads, and what the harness costs is measured against them.

pub mod paired;
pub mod runs;
pub mod twin;
