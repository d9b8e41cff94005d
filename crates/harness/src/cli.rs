//! The command line of a pool binary, parsed once into types.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use crate::cores::cores;
use crate::info::{Info, Kind};
use crate::jobs::Shape;
use crate::limits::{MAX_BATCHES, MAX_JOBS};
use crate::policy::{Chunk, Window};
use crate::routines::spin::calibrate;
use crate::staff::Staff;
use crate::workload::{NAMES, Workload};

/// What a pool binary is asked to do.
pub(crate) enum Request {
    /// Print what the pool is.
    Describe,
    /// Be a worker process of this batch.
    Worker(Shape),
    /// Run batches at the gates.
    Gated(Shape, u64),
    /// Run batches straight through and print.
    Straight(Shape, u64, Format),
}

/// How a run by hand is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// One readable line.
    Human,
    /// One JSON object.
    Json,
    /// The columns of `trials.csv`, with or without the header.
    Csv { header: bool },
}

/// Reads the process's arguments; prints help or a usage error and ends the process where that is due (exit 0 or 2).
pub(crate) fn parse(info: &Info) -> Request {
    let mut command = command(info);
    let matches = command.get_matches_mut();
    request(info, &matches)
        .unwrap_or_else(|message| command.error(clap::error::ErrorKind::ValueValidation, message).exit())
}

fn command(info: &Info) -> Command {
    let name: &'static str = Box::leak(format!("pool-{}", info.name).into_boxed_str());
    Command::new(name)
        .version(env!("CARGO_PKG_VERSION"))
        .about(format!("{}: runs a batch of jobs and says what it cost", info.title))
        .after_help(examples(name, info))
        .arg(
            option("workload", "NAME[:PARAM]", "What each job does; lib:./x.so[:PARAM] for jobs of your own")
                .default_value("compute")
                .value_parser(workload),
        )
        .arg(number("jobs", 0, MAX_JOBS, "Jobs in a batch").default_value("100000"))
        .arg(workers(info))
        .arg(
            option(
                "chunk",
                "N|auto|own",
                "Jobs per dispatch; auto is ceil(jobs / (4 x workers)), own leaves it to the pool",
            )
            .value_parser(value_parser!(Chunk)),
        )
        .arg(option("window", "N|all", "Most jobs submitted and not yet back").value_parser(value_parser!(Window)))
        .arg(number("batches", 1, MAX_BATCHES, "Batches one after another on the same pool").default_value("1"))
        .arg(number("spin-rate", 1, u64::MAX, "Iterations a second of spin and skew [default: measured]"))
        .arg(
            option("format", "FORMAT", "How to print")
                .default_value("human")
                .value_parser(PossibleValuesParser::new(["human", "json", "csv"])),
        )
        .arg(switch("no-header", "Leave out the CSV header, for loops"))
        .arg(switch("gate", "Speak the protocol on stdin and stdout"))
        .arg(switch("describe", "Print what this pool is as one JSON object").exclusive(true))
        .arg(switch("worker", "Be a worker process").hide(true))
}

fn option(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).help(help)
}

fn number(name: &'static str, least: u64, most: u64, help: &'static str) -> Arg {
    let within = move |text: &str| {
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        let number = digits.then(|| text.parse().ok()).flatten().filter(|n| (least..=most).contains(n));
        number.ok_or(format!("whole numbers from {least} to {most} are accepted"))
    };
    // Let "-1" be a value that is out of range rather than an unknown option.
    option(name, "N", help).value_parser(within).allow_negative_numbers(true)
}

fn workers(info: &Info) -> Arg {
    let (value, help) = match info.kind {
        Kind::Hybrid => (
            "PxT|N",
            "P processes of T threads each; of N as many processes as divide it and do not exceed the cores [default: the \
             cores; for sleep and http 50]",
        ),
        _ => (
            "N",
            "The most jobs running at once [default: the cores; for sleep and http 50, 8 where a worker is a process]",
        ),
    };
    option("workers", value, help).value_parser(value_parser!(Staff)).allow_negative_numbers(true)
}

fn switch(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).help(help).action(ArgAction::SetTrue)
}

fn examples(name: &str, info: &Info) -> String {
    format!(
        "Workloads: {}\n\n\
         Examples:\n  {name}\n  {name} --workload compute --jobs 100000 --workers 4\n  \
         {name} --workload sleep:20ms --jobs 200 --workers 50\n  \
         for n in 1000 10000 100000; do {name} --jobs $n --format csv --no-header; done\n\n\
         Exit codes: 0 all well, 1 jobs failed or results were wrong, 2 wrong use.",
        info.workloads.join(", ")
    )
}

fn workload(text: &str) -> Result<Workload, String> {
    text.parse()
}

fn request(info: &Info, matches: &ArgMatches) -> Result<Request, String> {
    if matches.get_flag("describe") {
        return Ok(Request::Describe);
    }
    let shape = shape(info, matches)?;
    let batches = *matches.get_one("batches").expect("it has a default");
    Ok(match () {
        () if matches.get_flag("worker") => Request::Worker(shape),
        () if matches.get_flag("gate") => Request::Gated(shape, batches),
        () => Request::Straight(shape, batches, format(matches)),
    })
}

fn format(matches: &ArgMatches) -> Format {
    match matches.get_one::<String>("format").map(String::as_str) {
        Some("json") => Format::Json,
        Some("csv") => Format::Csv { header: !matches.get_flag("no-header") },
        _ => Format::Human,
    }
}

fn shape(info: &Info, matches: &ArgMatches) -> Result<Shape, String> {
    let workload: Workload = matches.get_one("workload").cloned().expect("it has a default");
    if NAMES.contains(&workload.name()) && !info.workloads.contains(&workload.name()) {
        return Err(format!("{} does not run {workload}; it runs {}", info.name, info.workloads.join(", ")));
    }
    let chunk = matches.get_one("chunk").copied().unwrap_or(Chunk::default_of(info.chunk));
    if !chunk.accepted_by(info.chunk) {
        let policies = accepted(info.chunk, "auto or any number from 1");
        return Err(format!("{} takes no --chunk {chunk}; it takes {policies}", info.name));
    }
    let window = matches.get_one("window").copied().unwrap_or(Window::default_of(info.window));
    if !window.accepted_by(info.window) {
        let policies = accepted(info.window, "any number from 1");
        return Err(format!("{} takes no --window {window}; it takes {policies}", info.name));
    }
    let spins = matches!(workload, Workload::Spin(_) | Workload::Skew(_));
    Ok(Shape {
        jobs: *matches.get_one("jobs").expect("it has a default"),
        workers: staff(info, matches, &workload)?,
        spin_rate: matches.get_one("spin-rate").copied().unwrap_or_else(|| if spins { calibrate() } else { 0 }),
        workload,
        chunk,
        window,
    })
}

fn staff(info: &Info, matches: &ArgMatches, workload: &Workload) -> Result<Staff, String> {
    let asked: Option<Staff> = matches.get_one("workers").copied();
    if let (Some(grid @ Staff::Grid { .. }), true) = (asked, info.kind != Kind::Hybrid) {
        let name = info.name;
        return Err(format!(
            "{name} takes no --workers {grid}, only a number: it has no processes with threads in them"
        ));
    }
    let staff = asked.unwrap_or_else(|| Staff::Workers(workload.default_workers(info.kind == Kind::Processes)));
    Ok(match info.kind {
        Kind::Serial => Staff::Workers(1),
        Kind::Hybrid => {
            let (processes, threads) = staff.grid(cores());
            Staff::Grid { processes, threads }
        }
        _ => staff,
    })
}

/// The policies of `words` as a sentence has them: `any` for `n`, and no `1` beside it, which it includes.
fn accepted(words: &[&str], any: &str) -> String {
    let takes_any = words.contains(&"n");
    let said = words.iter().filter(|word| !(takes_any && **word == "1"));
    said.map(|word| if *word == "n" { any } else { *word }).collect::<Vec<_>>().join(", ")
}
