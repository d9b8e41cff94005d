//! What every pool binary shares: the [`Pool`] trait, the command line, jobs, gates, clock and results.
//!
//! A pool crate is a type, one `impl Pool` and a one-line `main` that calls [`main`]. The harness owns arguments,
//! jobs, timing, checking and printing; the pool only schedules. No pool library is linked here.

mod bell;
mod board;
mod channel;
pub mod checksum;
mod cli;
pub mod columns;
mod cores;
mod drive;
mod error;
mod gate;
mod handles;
pub mod http;
pub mod human;
mod info;
mod jobs;
mod limits;
mod memory;
mod nearest;
mod output;
pub mod own;
mod panics;
mod policy;
mod pool;
mod process;
pub mod protocol;
mod routines;
mod runner;
mod runtime;
mod signals;
mod slots;
mod span;
mod staff;
mod stdio;
mod threads;
mod variant;
mod work;
mod workload;

pub use bell::Bell;
pub use board::{Board, Claims};
pub use channel::{Behind, Channel};
pub use cores::cores;
pub use drive::{Tasks, drive};
pub use error::{Error, ErrorKind, Result};
pub use info::{Info, Kind, library_version};
pub use jobs::{Jobs, Shape};
pub use limits::{MAX_BATCHES, MAX_JOBS, MAX_WORKERS};
pub use nearest::nearest;
pub use policy::{Chunk, Window};
pub use pool::Pool;
pub use process::{Processes, worker_command};
pub use routines::compute::{root as compute, time_compute};
pub use routines::spin::calibrate;
pub use runner::main;
pub use runtime::Runtime;
pub use signals::forget_inherited_signals;
pub use slots::{EMPTY, FIRST_FAULT, Fault, Outcome, Slots, own_memory, pack, unpack};
pub use span::Span;
pub use staff::Staff;
pub use stdio::{wire_in, wire_out};
pub use threads::{Workers, named_thread, threads_up};
pub use variant::{Label, Variant};
pub use work::Loop;
pub use workload::{NAMES, Workload};
