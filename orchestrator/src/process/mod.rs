//! Child processes: started with a known environment, heard line by line, and ended; and what is told to people meanwhile.

pub mod affinity;
pub mod child;
pub mod environment;
mod exit;
pub mod family;
mod interpreter;
pub mod limit;
pub mod plain;
pub mod reason;
pub mod refusal;
pub mod shell;
pub mod signals;
pub mod stand_in;
pub mod standstill;
mod stream;
mod tell;
pub mod terminal;

pub use tell::tell;
