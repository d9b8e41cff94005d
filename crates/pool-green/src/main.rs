//! The executable `pool-green`.

use std::process::ExitCode;

fn main() -> ExitCode {
    harness::main::<pool_green::Green<true>>()
}
