//! `pool-futures-pool-snmalloc`: the same pool on snmalloc.

use std::process::ExitCode;

use harness::{Label, Variant};

#[global_allocator]
static ALLOCATOR: snmalloc_rs::SnMalloc = snmalloc_rs::SnMalloc;

struct Snmalloc;

impl Label for Snmalloc {
    const NAME: &'static str = "futures-pool-snmalloc";
    const ALLOCATOR: &'static str = "snmalloc";
}

fn main() -> ExitCode {
    harness::main::<Variant<pool_futures_pool::FuturesPool, Snmalloc>>()
}
