//! The command line of `poolbench check-job`, and its answer.

use std::io::{self, Write as _};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use harness::Workload;
use harness::own::Own;
use serde_json::json;

use super::{Line, Passes, Told, lines};
use crate::guard::sweep::{adopt_orphans, sweep};
use crate::pools::{self, runner};
use crate::process::plain;
use crate::process::shell::quoted;
use crate::process::signals::Interrupt;
use crate::run::Finish;

/// The most jobs: their results cross in one line.
const MOST_JOBS: u64 = 1000;

/// The command line.
pub fn command() -> Command {
    let flag = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).help(help)
    };
    Command::new("check-job")
        .about("Runs jobs of your own alone, four at once and in a second process, and says whether they are fit")
        .arg(
            Arg::new("job")
                .value_name("PATH[:PARAM]")
                .help("A shared library after docs/poolbench_job.h; or py:FILE:FUNCTION")
                .required(true),
        )
        .arg(
            flag("jobs", "N", "Jobs to run, at most 1000 [default: as many as a second takes]")
                .value_parser(value_parser!(u64).range(1..=MOST_JOBS)),
        )
        .arg(
            flag("patience", "TIME", "How long each of the passes over all jobs may take")
                .default_value("20s")
                .value_parser(|text: &str| humantime::parse_duration(text).map_err(|why| why.to_string())),
        )
        .arg(
            flag("keep-env", "NAME", "An environment variable that the jobs keep; may be repeated")
                .action(ArgAction::Append),
        )
        .arg(
            flag("pools-from", "FILE", "Where the pools in Python are, for py:FILE:FUNCTION")
                .value_parser(value_parser!(std::path::PathBuf)),
        )
        .arg(Arg::new("json").long("json").help("As JSON, for programs").action(ArgAction::SetTrue))
        .after_help(
            "Examples:\n  poolbench check-job ./x.so\n  poolbench check-job ./x.so:4096 --jobs 100\n\n\
             Exit codes: 0 fit; 1 not fit; 2 could not be tried; 130 interrupted.",
        )
}

/// Runs it; how it went.
pub fn run(matches: &ArgMatches) -> Result<Finish> {
    let own = own(matches.get_one::<String>("job").context("it is required")?)?;
    let list = matches.get_one::<std::path::PathBuf>("pools-from");
    let found = match list {
        Some(list) => pools::find(Some(list.as_path()))?,
        None => pools::Found::default(),
    };
    let command = runner::command(&own, found.pools.values())?;
    adopt_orphans();
    let interrupt = Interrupt::install()?;
    let keep: Vec<String> = matches.get_many::<String>("keep-env").into_iter().flatten().cloned().collect();
    let patience: Duration = *matches.get_one("patience").context("it has a default")?;
    let passes = Passes { command, keep, patience, jobs: matches.get_one("jobs").copied(), interrupt: &interrupt };
    let told = passes.run();
    sweep(&[]);
    let Some(told) = told else { return Ok(Finish::Interrupted) };
    let lines = lines(&own, &told);
    say(&if matches.get_flag("json") { as_json(&own, &told, &lines)? } else { as_text(&own, &told, &lines) });
    Ok(match lines.iter().filter(|line| !line.is_fit).count() {
        0 => Finish::Well,
        wrong => Finish::NotOk(wrong as u64),
    })
}

/// A path alone is a library.
fn own(text: &str) -> Result<Own> {
    let is_named = ["lib:", "py:"].iter().any(|name| text.starts_with(name));
    let text = if is_named { text.to_owned() } else { format!("lib:{text}") };
    let workload: Workload = text.parse().map_err(anyhow::Error::msg)?;
    let own = workload.own().context("it is none of your own")?.clone();
    ensure!(std::path::Path::new(&own.path).is_file(), "{}", own.missing());
    Ok(own)
}

fn as_text(own: &Own, told: &Told, lines: &[Line]) -> String {
    let name = format!("{}:{}", own.language.word(), own.word());
    let mut text = vec![format!("{name}, {} jobs", told.jobs)];
    text.extend(lines.iter().map(|line| format!("  {:<18} {}", line.what, line.text)));
    let is_fit = lines.iter().all(|line| line.is_fit);
    text.push(if is_fit {
        let workload = quoted(&own.to_string());
        format!("fit, as far as seen; next: poolbench race --workload {workload} --jobs {}", told.jobs_of_20_ms())
    } else {
        "NOT FIT: see the lines with WRONG".to_owned()
    });
    text.join("\n")
}

fn as_json(own: &Own, told: &Told, lines: &[Line]) -> Result<String> {
    let checks: Vec<_> =
        lines.iter().map(|line| json!({"what": line.what, "text": line.text, "fit": line.is_fit})).collect();
    let all = json!({
        "workload": own.language.word(), "param": own.word(), "jobs": told.jobs, "fit": lines.iter().all(|line| line.is_fit),
        "checks": checks, "job_ns": told.median_ns(), "rss_open_bytes": told.open.rss_bytes, "threads": told.open.threads,
    });
    serde_json::to_string_pretty(&all).context("writing the answer as JSON")
}

/// A reader that has gone away (`| head`) is no error.
fn say(text: &str) {
    let _ = writeln!(io::stdout(), "{}", plain::lines(text));
}
