//! The executable `pool-futures-pool`.

use std::process::ExitCode;

fn main() -> ExitCode {
    harness::main::<pool_futures_pool::FuturesPool>()
}
