//! The executable `pool-green-unordered`.

use std::process::ExitCode;

fn main() -> ExitCode {
    harness::main::<pool_green::Green<false>>()
}
