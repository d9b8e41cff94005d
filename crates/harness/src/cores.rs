//! The processor cores that a pool has, which workers and threads are counted by.

/// The cores this process may use: the smaller of CPU affinity and CPU quota, at least 1.
pub fn cores() -> u64 {
    std::thread::available_parallelism().map_or(1, |n| n.get() as u64)
}
