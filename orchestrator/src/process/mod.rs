//! Child processes: started with a known environment, heard line by line, and ended; and what is told to people meanwhile.

pub mod affinity;
pub mod child;
pub mod environment;
pub mod plain;
pub mod signals;
mod tell;
pub mod terminal;

pub use tell::tell;
