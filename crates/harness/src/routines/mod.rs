//! What jobs consist of: the routines alone, which know of no workload.

pub(crate) mod compute;
pub(crate) mod factor;
pub(crate) mod file;
pub(crate) mod spin;
