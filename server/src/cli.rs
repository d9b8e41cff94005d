//! The command line.

use std::net::SocketAddr;
use std::num::NonZeroU64;
use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Command};

use crate::behaviour::{Fault, KINDS, parse_delay, parse_every, parse_kind};

const AFTER_HELP: &str = "\
While it runs, each line on stdin is answered by one line of JSON on stdout:
  stats              the counters since the start or the last reset
  reset              the same, then sets them to zero
  fault EVERY KIND   as --fault-every and --fault; the next request counts as the first
  fault off          no faults
  delay 5ms          as --delay
It ends on SIGTERM, SIGINT, or when stdin ends: requests in progress get 2 s, and the
counters are the last line. Exit code 0 is a clean end, 2 a wrong option or a port in use.

Examples:
  poolbench-server                               any free port of 127.0.0.1
  poolbench-server --listen 127.0.0.1:8080 --delay 20ms
  poolbench-server --fault-every 10 --fault reset
  (echo stats; sleep 60) | poolbench-server      without a terminal, for a minute";

/// What the command line says.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) listen: SocketAddr,
    pub(crate) delay: Duration,
    pub(crate) fault: Option<Fault>,
}

/// Reads the command line; on `--help` or an error prints and exits (0, or 2).
pub(crate) fn parse() -> Options {
    let mut command = command();
    let matches = command.get_matches_mut();
    let listen = value::<SocketAddr>(&matches, "listen");
    if !listen.ip().is_loopback() && !matches.get_flag("allow-remote") {
        let message = format!("{listen} can be reached from other machines; add --allow-remote if that is meant");
        command.error(ErrorKind::ValueValidation, message).exit();
    }
    let fault = matches.get_one::<NonZeroU64>("fault-every").map(|&every| {
        let word = value::<String>(&matches, "fault");
        let kind = parse_kind(&word).expect("clap admits only the words of KINDS");
        Fault { every, kind }
    });
    Options { listen, delay: value(&matches, "delay"), fault }
}

/// The value of an option that has a default, or that another one requires.
fn value<T: Clone + Send + Sync + 'static>(matches: &ArgMatches, name: &str) -> T {
    matches.get_one::<T>(name).expect("clap gives a default or an error").clone()
}

fn command() -> Command {
    Command::new("poolbench-server")
        .about("A local web server for worker pools to call: it answers GET / with OK, counts exactly, and fails on demand")
        .version(env!("CARGO_PKG_VERSION"))
        .after_help(AFTER_HELP)
        .arg(
            Arg::new("listen")
                .long("listen")
                .value_name("ADDR:PORT")
                .default_value("127.0.0.1:0")
                .value_parser(clap::value_parser!(SocketAddr))
                .help("Where to listen; port 0 takes any free one. The address is the first line of stdout"),
        )
        .arg(
            Arg::new("allow-remote")
                .long("allow-remote")
                .action(ArgAction::SetTrue)
                .help("Allow an address that other machines can reach"),
        )
        .arg(
            Arg::new("delay")
                .long("delay")
                .value_name("TIME")
                .default_value("0ms")
                .value_parser(parse_delay)
                .help("Hold each answer back: 20ms, 500us; at most 60s. The timer adds about 1 ms"),
        )
        .arg(
            Arg::new("fault-every")
                .long("fault-every")
                .value_name("K")
                .requires("fault")
                .value_parser(parse_every)
                .help("Let every K-th request fail, counted over all of them"),
        )
        .arg(
            Arg::new("fault")
                .long("fault")
                .value_name("KIND")
                .requires("fault-every")
                .value_parser(PossibleValuesParser::new(KINDS.map(|(word, _)| word)))
                .help("How it fails: reset, close without an answer, status 503, a slow body, or 30 s of nothing"),
        )
}
