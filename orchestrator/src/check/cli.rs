//! `poolbench check-pool`.

use anyhow::{Result, bail};
use clap::{ArgMatches, Command};

/// The command line.
pub fn command() -> Command {
    Command::new("check-pool")
}

/// Runs it.
pub fn run(_: &ArgMatches) -> Result<bool> {
    bail!("the contract is being written")
}
