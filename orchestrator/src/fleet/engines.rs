//! `fleet`: its arguments, the job file of an engine, and how far the shards are.

use std::path::{self, Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::jobs::{ENGINES, Values, file};
use super::{make, status};
use crate::process::plain;

/// `fleet`.
pub fn command() -> Command {
    let option = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).help(help).allow_hyphen_values(true)
    };
    let plan = || Arg::new("plan").value_name("PLAN").required(true).help("The folder that `plan --shards` wrote");
    let engine = |name: &'static str, about: &'static str| {
        let poolbench = option("poolbench", "PATH", "poolbench as each machine calls it [default: this one]");
        let out = option("out", "DIR", "Where the merged run goes [default: PLAN/merged]");
        Command::new(name).about(about).arg(plan()).arg(poolbench).arg(out)
    };
    let hosts = option("host", "HOST", "A machine, as ssh calls it; may be repeated").action(ArgAction::Append);
    Command::new("fleet")
        .about("Job files that run the shards of a plan on several machines, and how far they are")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(engine(ENGINES[0], "A script that submits the shards and their merge to Slurm"))
        .subcommand(engine(ENGINES[1], "A script that runs the shards over ssh with GNU parallel").arg(hosts))
        .subcommand(
            engine(ENGINES[2], "An indexed job of Kubernetes (rendered and checked, not run)")
                .arg(option("image", "IMAGE", "The container image").default_value("registry.example/poolbench:latest"))
                .arg(option("claim", "NAME", "The claim on a volume that has the plan").default_value("poolbench"))
                .arg(option("cores", "N", "Cores of each pod").default_value("4").value_parser(value_parser!(u64).range(1..=4096))),
        )
        .subcommand(
            Command::new("status")
                .about("Done, running and missing shards, from their folders alone")
                .arg(plan())
                .after_help("Exit codes: 0 all shards are done; 1 some are not; 2 it could not be told."),
        )
        .after_help(
            "Examples:\n  poolbench plan all --shards 6 --out plan\n  poolbench fleet slurm plan >job.sh && sh job.sh\n  \
             poolbench fleet parallel plan --host alpha --host beta >job.sh && sh job.sh\n  poolbench fleet status plan",
        )
}

/// What a subcommand prints, and whether all is done.
pub fn run(matches: &ArgMatches) -> Result<(String, bool)> {
    let (engine, matches) = matches.subcommand().context("no subcommand")?;
    let folder = PathBuf::from(matches.get_one::<String>("plan").context("no plan")?);
    if engine == "status" {
        return status::status(&folder);
    }
    let (plan, parent) = make::read(&folder)?;
    let shards = plan.shards.as_ref().map_or(1, |shards| shards.count);
    // No engine has these arguments but its own.
    let text = |name: &str| matches.try_get_one::<String>(name).ok().flatten().cloned();
    let hosts = matches.try_get_many::<String>("host").ok().flatten().map(|hosts| hosts.cloned().collect());
    for name in ["poolbench", "out", "image", "claim"] {
        ensure!(text(name).is_none_or(|text| !text.is_empty()), "--{name} is empty");
    }
    let hosts: Option<Vec<String>> = hosts;
    hosts.iter().flatten().try_for_each(|host| host_of_ssh(host))?;
    let inside = engine == ENGINES[2];
    let plan = if inside { "/plan".to_owned() } else { absolute(&parent)? };
    let own = || if inside { Ok("poolbench".to_owned()) } else { absolute(&std::env::current_exe()?) };
    let values = Values {
        shards,
        poolbench: text("poolbench").map_or_else(own, Ok)?,
        out: text("out").map_or_else(|| Ok(format!("{plan}/merged")), |out| absolute(Path::new(&out)))?,
        hosts: hosts.unwrap_or_else(|| vec!["host-a".to_owned(), "host-b".to_owned()]),
        image: text("image").unwrap_or_default(),
        claim: text("claim").unwrap_or_default(),
        cores: matches.try_get_one("cores").ok().flatten().copied().unwrap_or(1),
        plan,
    };
    Ok((file(engine, &values)?.trim_end().to_owned(), true))
}

/// GNU parallel takes a comma and a slash for its own, hands what begins with a dash to ssh as an option, and all else to a shell.
fn host_of_ssh(host: &str) -> Result<()> {
    let is_part = |character: char| character.is_ascii_alphanumeric() || "@._:%[]-".contains(character);
    ensure!(
        !host.is_empty() && !host.starts_with('-') && host.chars().all(is_part),
        "--host '{}': a machine as ssh calls it, of letters, digits and @ . _ : % [ ] -; whatever else ssh must know goes into \
         ~/.ssh/config",
        plain::line(host)
    );
    Ok(())
}

/// A path that holds wherever the job is started; it must be UTF-8, or no file can hold it.
fn absolute(path: &Path) -> Result<String> {
    let path = path::absolute(path).with_context(|| format!("finding {}", path.display()))?;
    path.to_str()
        .map(str::to_owned)
        .with_context(|| format!("{} is not UTF-8, and no job file can hold it", path.display()))
}
