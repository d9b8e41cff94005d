//! `poolbench`: reads the command line, runs the command, and is the one place that decides the exit code.

use std::io;
use std::process::ExitCode;

use clap::ArgMatches;
use orchestrator::cli::{self, commands};
use orchestrator::process::{signals, stand_in, tell};
use orchestrator::run::Finish;

fn main() -> ExitCode {
    harness::forget_inherited_signals();
    signals::survive_large_files();
    let matches = cli::command().get_matches();
    let elsewhere = if commands::runs_pools(&matches) { stand_in::work_elsewhere() } else { Ok(None) };
    match elsewhere.transpose() {
        Some(Ok(code)) => code,
        Some(Err(why)) => cannot_run(&why),
        None => run(&matches),
    }
}

fn run(matches: &ArgMatches) -> ExitCode {
    match commands::dispatch(matches) {
        Ok(Finish::Well) => ExitCode::SUCCESS,
        Ok(Finish::NotOk(_) | Finish::GivenUp { .. }) => ExitCode::from(1),
        Ok(Finish::Regression) => ExitCode::from(3),
        Ok(Finish::Interrupted) => ExitCode::from(130),
        Err(why) => cannot_run(&why),
    }
}

fn cannot_run(why: &anyhow::Error) -> ExitCode {
    let too_large = |cause: &io::Error| cause.kind() == io::ErrorKind::FileTooLarge;
    let is_limit = why.chain().filter_map(|cause| cause.downcast_ref::<io::Error>()).any(too_large);
    let advice = if is_limit { ": the limit on file sizes is reached, see `ulimit -f`" } else { "" };
    tell(format_args!("poolbench: {why:#}{advice}"));
    ExitCode::from(2)
}
