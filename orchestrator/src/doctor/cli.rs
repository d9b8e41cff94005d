//! `poolbench doctor`: the findings on the terminal or as JSON.

use anyhow::{Context as _, Result};
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::json;

use super::{Finding, Level, System, examine, measure};
use crate::analysis::table::columns;
use crate::process::terminal;
use crate::run::Finish;

/// The command line.
pub fn command() -> Command {
    let flag = |name, help| Arg::new(name).long(name).help(help).action(ArgAction::SetTrue);
    Command::new("doctor")
        .about("Is this machine fit to measure? Says what each finding does to the numbers; changes nothing")
        .arg(flag("measure", "Also compare a pool with itself for ten seconds"))
        .arg(flag("json", "As JSON"))
        .after_help("Exit codes: 0 fit; 1 with warnings; 2 could not look.")
}

/// Runs it; the text for stdout, and whether there were warnings.
pub fn run(matches: &ArgMatches) -> Result<(String, Finish)> {
    let mut findings = examine(&System::here());
    let measured = matches.get_flag("measure").then(measure::finding).transpose()?;
    let stopped = measured == Some(None);
    findings.extend(measured.flatten());
    let warnings = findings.iter().filter(|finding| finding.level == Level::Warning).count() as u64;
    let text = if matches.get_flag("json") {
        let object = json!({ "fit": warnings == 0, "warnings": warnings, "findings": findings });
        serde_json::to_string_pretty(&object).context("writing the findings")?
    } else {
        render(&findings, warnings)
    };
    let finish = match warnings {
        _ if stopped => Finish::Interrupted,
        0 => Finish::Well,
        warnings => Finish::NotOk(warnings),
    };
    Ok((text, finish))
}

fn render(findings: &[Finding], warnings: u64) -> String {
    let said = findings.iter().map(|Finding { name, level, found, effect, advice }| {
        let mark = match level {
            Level::Ok => "ok",
            Level::Note => "note",
            Level::Warning => "WARNING",
        };
        let more = if *level == Level::Ok { String::new() } else { format!("\neffect: {effect}\nto do: {advice}") };
        [mark.to_owned(), (*name).to_owned(), format!("{found}{more}")]
    });
    let text = columns(terminal::columns(), said) + "\n";
    match warnings {
        0 => text + "fit to measure",
        1 => text + "1 warning: figures taken now are worse than they have to be",
        n => text + &format!("{n} warnings: figures taken now are worse than they have to be"),
    }
}
