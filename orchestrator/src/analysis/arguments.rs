//! The command lines of `summary`, `compare`, `rank` and `gate`.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, Command, value_parser};

/// The four commands.
pub fn commands() -> [Command; 4] {
    [
        Command::new("summary")
            .about("The fastest of each cell and how sure that is; with --all every figure and claim; writes summary.csv")
            .after_help("Examples:\n  poolbench summary\n  poolbench summary --all")
            .arg(dir())
            .arg(reference())
            .arg(switch("all", "Each cell's figures with intervals, and what may be claimed against the reference"))
            .arg(
                folder_arg("out", "FILE")
                    .long("out")
                    .help("Where summary.csv goes [default: the run's folder, unless it is a recorded run]"),
            )
            .arg(json().conflicts_with("all")),
        Command::new("compare")
            .about("Two pools in one run, or two runs: paired ratios in blocks, intervals, verdicts")
            .after_help("Examples:\n  poolbench compare --pools crossbeam,rayon\n  poolbench compare BASE NEW --pools rayon\n  poolbench compare --mirrors")
            .arg(folder_arg("dirs", "DIR").num_args(0..=2).help("One run [default: the latest], or two"))
            .arg(option("pools", "A,B", "Two pools of one run, or one pool in two runs"))
            .arg(measure())
            .arg(reference())
            .arg(
                switch("mirrors", "Each original in another language beside the pools in Rust that stand for it")
                    .conflicts_with_all(["pools", "reference", "measure", "across-machines"]),
            )
            .arg(markdown())
            .arg(json())
            .arg(switch("across-machines", "Compare runs of different machines all the same")),
        Command::new("rank")
            .about("The places that each pool may have, over all cells and over groups of them")
            .after_help("A place is a range: one more than the pools that are beyond doubt ahead, to the number of pools less those\nbeyond doubt behind.\n\nExamples:\n  poolbench rank\n  poolbench rank --cells computing --measure time\n  poolbench rank --cells sleep:20ms")
            .arg(dir())
            .arg(option("cells", "GROUP", "Which cells: all, computing, waiting, or a workload [default: all]"))
            .arg(measure())
            .arg(json()),
        Command::new("gate")
            .about("Exit 3 if NEW is slower or larger than BASE beyond doubt")
            .after_help("Examples:\n  poolbench gate results/main results/branch --max-slowdown 5%\n  poolbench gate --history data/history data/results/latest --markdown\n\nA pool that is the same build in both runs shows what the machine did between them: claims must go beyond that.\nWith --history the last good runs of a history are the base, NEW stands alone, and what differs from run to run is in the error.\n\nExit codes: 0 open, 2 could not compare (no cell could be judged, or a cell of BASE is missing in NEW), 3 shut.")
            .override_usage("poolbench gate [OPTIONS] BASE NEW\n       poolbench gate [OPTIONS] --history HISTORY NEW")
            .arg(folder_arg("base", "BASE").required(true).help("The run to hold NEW against; with --history NEW itself"))
            .arg(folder_arg("new", "NEW").required_unless_present("history").conflicts_with("history"))
            .arg(folder_arg("history", "HISTORY").long("history").help("Hold NEW against the last good runs of this history"))
            .arg(option("last", "N", "With --history: how many of them [default: 10]"))
            .arg(option("max-slowdown", "PERCENT", "The most that time may grow").default_value("5%"))
            .arg(option("max-growth", "PERCENT", "The most that memory may grow").default_value("10%"))
            .arg(switch("annotate", "A line for each regression that CI shows beside the code").conflicts_with("json"))
            .arg(markdown())
            .arg(json())
            .arg(switch("across-machines", "Compare runs of different machines all the same")),
    ]
}

fn dir() -> Arg {
    folder_arg("dir", "DIR").help("A run's folder [default: the latest]")
}

/// A folder, whatever bytes its name has.
fn folder_arg(name: &'static str, value: &'static str) -> Arg {
    Arg::new(name).value_name(value).value_parser(value_parser!(PathBuf))
}

fn option(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).help(help)
}

fn switch(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).help(help).action(ArgAction::SetTrue)
}

fn json() -> Arg {
    switch("json", "As JSON, for programs")
}

fn markdown() -> Arg {
    switch("markdown", "As Markdown").conflicts_with("json")
}

fn reference() -> Arg {
    option("reference", "POOL", "What the others are held against [default: serial, else the twin's pool]")
}

fn measure() -> Arg {
    let words = PossibleValuesParser::new(["time", "cpu", "memory"]);
    option("measure", "WHAT", "What is compared [default: time and memory]").value_parser(words)
}
