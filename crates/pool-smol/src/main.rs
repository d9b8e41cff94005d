//! The executable `pool-smol`.

use std::process::ExitCode;

fn main() -> ExitCode {
    harness::main::<pool_smol::Executor>()
}
