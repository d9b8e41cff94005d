//! `poolbench`: reads the command line, runs the command, and is the one place that decides the exit code.

use std::process::ExitCode;

use orchestrator::cli::{self, commands};
use orchestrator::process::tell;
use orchestrator::run::Finish;

fn main() -> ExitCode {
    let matches = cli::command().get_matches();
    match commands::dispatch(&matches) {
        Ok(Finish::Well) => ExitCode::SUCCESS,
        Ok(Finish::NotOk(_) | Finish::GivenUp { .. }) => ExitCode::from(1),
        Ok(Finish::Regression) => ExitCode::from(3),
        Ok(Finish::Interrupted) => ExitCode::from(130),
        Err(why) => {
            tell(format_args!("poolbench: {why:#}"));
            ExitCode::from(2)
        }
    }
}
