//! tmp
pub mod cli {
    pub fn command() -> clap::Command {
        clap::Command::new("check-pool")
    }
    pub fn run(_: &clap::ArgMatches) -> anyhow::Result<bool> {
        Ok(true)
    }
}
