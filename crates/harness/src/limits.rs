//! The most that a pool can be asked for, whoever asks.

/// The most jobs in a batch: a billion result slots are 8 GB.
pub const MAX_JOBS: u64 = 1_000_000_000;
/// The most workers that can be asked for; systems give fewer.
pub const MAX_WORKERS: u64 = 100_000;
/// The most batches in a trial: their times must fit one line of the protocol.
pub const MAX_BATCHES: u64 = 1_000;
