//! The executable `pool-tokio`.

use std::process::ExitCode;

fn main() -> ExitCode {
    harness::main::<pool_tokio::Tokio>()
}
