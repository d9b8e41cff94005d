//! The contract of pools, through the binaries: every pool that was built keeps it, and every fault is found.

mod common;
mod contract;
mod faults;
mod protocol_page;
mod usage;
