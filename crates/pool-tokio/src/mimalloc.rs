//! `pool-tokio-mimalloc`: the same pool on mimalloc.

use std::process::ExitCode;

use harness::{Label, Variant};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

struct Mimalloc;

impl Label for Mimalloc {
    const NAME: &'static str = "tokio-mimalloc";
    const ALLOCATOR: &'static str = "mimalloc";
}

fn main() -> ExitCode {
    harness::main::<Variant<pool_tokio::Tokio, Mimalloc>>()
}
