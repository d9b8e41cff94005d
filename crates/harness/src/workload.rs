//! The workloads: their names, parameters, and the right result of every job.

use std::fmt;
use std::str::FromStr;

use crate::checksum;
use crate::cores::cores;
use crate::http::Target;
use crate::nearest::nearest;
use crate::own::{Language, Own};
use crate::routines::{compute, factor};
use crate::span::Span;

/// The workloads that users choose from; `fail`, `panic` and `abort` are hidden, for tests.
pub const NAMES: [&str; 11] =
    ["noop", "compute", "factor", "spin", "skew", "sleep", "http", "http-native", "file", "lib", "py"];
/// Those of them that pools in Rust run.
pub(crate) const RUN_HERE: [&str; 10] =
    ["noop", "compute", "factor", "spin", "skew", "sleep", "http", "http-native", "file", "lib"];

/// The largest first number of `factor`: p*p must not overflow while p*p <= n.
const LARGEST_FIRST: u64 = 1 << 62;
/// Sleeps below this are nothing to event loops with a coarse clock, ns.
const COARSEST_TIMER_NS: u64 = 10_000_000;
/// The largest read of `file`, in bytes: every pool's executable is larger than `file:4096`, few are than 1 MiB.
const LARGEST_READ: u64 = 1 << 20;

/// What a job does. A job is this and its index, so that it also crosses to another process.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Workload {
    /// Returns its index.
    Noop,
    /// Three complex square roots, about 0.1 us.
    Compute,
    /// Naive factorisation of `first + index`.
    Factor {
        /// The number that job 0 factorises.
        first: u64,
    },
    /// Dependent arithmetic of that length.
    Spin(Span),
    /// Dependent arithmetic with a heavy tail, of that mean length.
    Skew(Span),
    /// A wait of that length on the pool's own timer.
    Sleep(Span),
    /// One GET on a new connection through the shared exchange.
    Http(Target),
    /// One GET on a new connection through the ecosystem's client.
    HttpNative(Target),
    /// Open, read and close the first bytes of the pool's own executable.
    File {
        /// Bytes to read.
        size: u64,
    },
    /// Every K-th job fails.
    Fail(u64),
    /// Every K-th job panics.
    Panic(u64),
    /// Every K-th job ends its process by SIGABRT.
    Abort(u64),
    /// The user's own.
    Own(Own),
}

impl Workload {
    /// The name without its parameter.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Noop => "noop",
            Self::Compute => "compute",
            Self::Factor { .. } => "factor",
            Self::Spin(_) => "spin",
            Self::Skew(_) => "skew",
            Self::Sleep(_) => "sleep",
            Self::Http(_) => "http",
            Self::HttpNative(_) => "http-native",
            Self::File { .. } => "file",
            Self::Fail(_) => "fail",
            Self::Panic(_) => "panic",
            Self::Abort(_) => "abort",
            Self::Own(own) => own.language.word(),
        }
    }

    /// The parameter as text; empty where there is none. Of jobs of the user's own it is the word that stands for them.
    pub fn param(&self) -> String {
        match self {
            Self::Noop | Self::Compute => String::new(),
            Self::Factor { first } => first.to_string(),
            Self::Spin(span) | Self::Skew(span) | Self::Sleep(span) => span.to_string(),
            Self::Http(target) | Self::HttpNative(target) => target.url().to_owned(),
            Self::File { size } => size.to_string(),
            Self::Fail(every) | Self::Panic(every) | Self::Abort(every) => every.to_string(),
            Self::Own(own) => own.word(),
        }
    }

    /// Name and parameter for people.
    pub fn label(&self) -> String {
        match self.param().as_str() {
            "" => self.name().to_owned(),
            param => format!("{}:{param}", self.name()),
        }
    }

    /// The user's own jobs, if they are.
    pub fn own(&self) -> Option<&Own> {
        if let Self::Own(own) = self { Some(own) } else { None }
    }

    /// Whether jobs wait for something other than the CPU, so that more workers than cores make sense.
    pub fn waits(&self) -> bool {
        matches!(self, Self::Sleep(_) | Self::Http(_) | Self::HttpNative(_) | Self::Own(Own { waits: true, .. }))
    }

    /// Whether jobs need a web server.
    pub fn needs_server(&self) -> bool {
        matches!(self, Self::Http(_) | Self::HttpNative(_))
    }

    /// The default number of workers: the cores for what computes, else 50, or 8 where a worker is a process.
    pub fn default_workers(&self, worker_is_process: bool) -> u64 {
        match (self.waits(), worker_is_process) {
            (false, _) => cores(),
            (true, false) => 50,
            (true, true) => 8,
        }
    }

    /// The right result of job `index`, in whatever way it is scheduled; `None` for a job that is made to fail, and for those
    /// of the user's own, which nobody knows without running them.
    pub fn result(&self, index: u64) -> Option<u64> {
        match self {
            Self::Compute => Some(compute::root(index)),
            Self::Factor { first } => Some(factor::sum_of_factors(first + index)),
            Self::File { size } => Some(index + size),
            Self::Fail(every) | Self::Panic(every) | Self::Abort(every) => (!falls_on(*every, index)).then_some(index),
            Self::Own(_) => None,
            _ => Some(index),
        }
    }

    /// The right checksum of a batch of `jobs`; as much work as the batch itself, but for jobs that wait. Of the user's own
    /// jobs it means nothing.
    pub fn checksum(&self, jobs: u64) -> u64 {
        checksum::fold((0..jobs).filter_map(|index| Some((index, self.result(index)?))))
    }

    /// How many jobs of a batch are made to fail.
    pub fn failures(&self, jobs: u64) -> u64 {
        match self {
            Self::Fail(every) | Self::Panic(every) | Self::Abort(every) => jobs / every,
            _ => 0,
        }
    }

    /// The shortest time that a batch of `jobs` on `workers` can take, ns; 0 where nothing can be said. Sleeps follow each
    /// other in rounds. Timers that count from an event loop's last turn end a little early, and coarse ones end short
    /// sleeps at once.
    pub fn shortest_batch_ns(&self, jobs: u64, workers: u64) -> u64 {
        match self {
            Self::Sleep(length) if length.ns >= COARSEST_TIMER_NS => {
                length.ns.saturating_mul(jobs.div_ceil(workers.max(1))) / 5 * 4
            }
            _ => 0,
        }
    }
}

/// Whether `index` is among every `every`-th job, counted from 1.
pub(crate) fn falls_on(every: u64, index: u64) -> bool {
    (index + 1).is_multiple_of(every)
}

impl FromStr for Workload {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, param) = text.split_once(':').map_or((text, None), |(name, param)| (name, Some(param)));
        let number = |least: u64, most: u64, or: u64| match param {
            None => Ok(or),
            Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => digits
                .parse()
                .ok()
                .filter(|n| (least..=most).contains(n))
                .ok_or(format!("{name}:{digits} is out of range, {least} to {most} are accepted")),
            Some(other) => Err(format!("{name} takes a whole number from {least} to {most}, not '{other}'")),
        };
        let span = |or: u64| param.map_or(Ok(Span { ns: or }), str::parse);
        let target = || param.ok_or(format!("{name} needs a server: {name}:http://127.0.0.1:PORT/"))?.parse();
        match name {
            "noop" | "compute" if param.is_some() => Err(format!("{name} takes no parameter")),
            "noop" => Ok(Self::Noop),
            "compute" => Ok(Self::Compute),
            "factor" => Ok(Self::Factor { first: number(0, LARGEST_FIRST, 100)? }),
            "spin" => Ok(Self::Spin(span(10_000)?)),
            "skew" => Ok(Self::Skew(span(10_000)?)),
            "sleep" => Ok(Self::Sleep(span(100_000_000)?)),
            "http" => Ok(Self::Http(target()?)),
            "http-native" => Ok(Self::HttpNative(target()?)),
            "file" => Ok(Self::File { size: number(1, LARGEST_READ, 4096)? }),
            "fail" => Ok(Self::Fail(number(1, u64::MAX, 10)?)),
            "panic" => Ok(Self::Panic(number(1, u64::MAX, 10)?)),
            "abort" => Ok(Self::Abort(number(1, u64::MAX, 10)?)),
            "lib" => Own::parse(Language::Library, param).map(Self::Own),
            "py" => Own::parse(Language::Python, param).map(Self::Own),
            _ => Err(unknown(name)),
        }
    }
}

/// The message for a workload that does not exist.
fn unknown(name: &str) -> String {
    let alike = nearest(name, NAMES);
    let hint = if alike.is_empty() { String::new() } else { format!("did you mean {}? ", alike.join(" or ")) };
    format!("unknown workload '{name}': {hint}There are {}", NAMES.join(", "))
}

/// As a pool is told it.
impl fmt::Display for Workload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own(own) => own.fmt(f),
            _ => f.write_str(&self.label()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_workload_prints_back_to_itself() {
        let url = "http://127.0.0.1:8080/";
        for text in ["noop", "compute", "factor:1000000", "spin:10us", "skew:5ms", "sleep:20ms", "file:4096", "fail:3"]
        {
            assert_eq!(text.parse::<Workload>().unwrap().to_string(), text);
        }
        for name in ["http", "http-native"] {
            let text = format!("{name}:{url}");
            assert_eq!(text.parse::<Workload>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_slip_names_the_nearest_and_a_bad_parameter_the_range() {
        let error = |text: &str| text.parse::<Workload>().unwrap_err();
        assert!(error("compte").contains("did you mean compute?"));
        assert!(error("factor:-1").contains("from 0 to"));
        assert!(error("file:0").contains("1 to 1048576"));
        assert!(error("sleep:soon").contains("ns, us, ms or s"));
        assert!(error("noop:3").contains("no parameter"));
        assert!(error("http").contains("needs a server"));
        assert!(error("fail:0").contains("1 to"));
    }

    #[test]
    fn sleeps_follow_each_other_in_rounds() {
        let shortest = |text: &str| text.parse::<Workload>().unwrap().shortest_batch_ns(6, 4);
        assert_eq!(shortest("sleep:20ms"), 32_000_000);
        assert_eq!((shortest("sleep:9ms"), shortest("noop")), (0, 0));
        assert_eq!("sleep:3600s".parse::<Workload>().unwrap().shortest_batch_ns(u64::MAX, 1), u64::MAX / 5 * 4);
    }

    #[test]
    fn failing_jobs_add_nothing() {
        let (fail, noop) = (Workload::Fail(3), Workload::Noop);
        assert_eq!(fail.failures(10), 3);
        let kept = checksum::fold([0, 1, 3, 4, 6, 7, 9].map(|i| (i, i)));
        assert_eq!(fail.checksum(10), kept);
        assert_ne!(fail.checksum(10), noop.checksum(10));
    }
}
