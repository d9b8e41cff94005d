//! `--workload`: a list of workloads, as often as it is given. A job of the user's own takes the rest of its list: its path and what
//! it is told may have commas.

use std::path::Path;

use anyhow::{Context as _, Result};
use clap::{Arg, ArgAction, ArgMatches};
use harness::own::Language;

use super::option;
use crate::plan::spec::Spec;
use crate::process::tell;

/// The option's name.
const NAME: &str = "workload";
/// What runs without it.
const DEFAULT: &str = "compute";
const HELP: &str = "What each job does; lib:./x.so[:PARAM] and py:./x.py:FUNCTION are jobs of your own, each the last of its list, since it keeps \
                    its commas; may be repeated [default: compute]";

/// The option.
pub(super) fn argument() -> Arg {
    option(NAME, "NAME[:PARAM],..", HELP).action(ArgAction::Append)
}

/// All that are asked for.
pub(super) fn read(matches: &ArgMatches) -> Result<Vec<Spec>> {
    let lists = matches.get_many::<String>(NAME).into_iter().flatten().map(String::as_str);
    let mut words: Vec<&str> = lists.flat_map(split).collect();
    if words.is_empty() {
        words.push(DEFAULT);
    }
    words.into_iter().map(one).collect()
}

/// One workload; whoever meant it for several is told.
pub(super) fn one(word: &str) -> Result<Spec> {
    let spec: Spec = word.parse().map_err(anyhow::Error::msg).context("--workload")?;
    let swallowed = word.split(',').skip(1).find(|part| is_own(part) || part.parse::<Spec>().is_ok());
    // Of a file that is not there more is said later.
    let is_there = spec.own().is_some_and(|own| Path::new(&own.path).is_file());
    if let Some(part) = swallowed.filter(|_| is_there) {
        tell(format_args!(
            "'{part}' is part of what the job of your own is told, which keeps its commas; another workload is a --workload \
             of its own"
        ));
    }
    Ok(spec)
}

/// The workloads of a list.
fn split(list: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = list.trim_start();
    while let Some((word, behind)) = rest.split_once(',').filter(|_| !is_own(rest)) {
        words.push(word.trim());
        rest = behind.trim_start();
    }
    words.push(if is_own(rest) { rest } else { rest.trim_end() });
    words
}

/// Whether a job of the user's own begins here.
fn is_own(text: &str) -> bool {
    let behind = |language: Language| text.strip_prefix(language.word());
    [Language::Library, Language::Python].into_iter().filter_map(behind).any(|rest| rest.starts_with(':'))
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn a_job_of_the_user_s_own_keeps_its_commas() {
        assert_eq!(split("compute, noop ,spin:1us"), ["compute", "noop", "spin:1us"]);
        assert_eq!(split("compute,lib:./x.so:a,b , c"), ["compute", "lib:./x.so:a,b , c"]);
        assert_eq!(split(" py:./a,b.py:f"), ["py:./a,b.py:f"]);
        assert_eq!(split("lib,noop"), ["lib", "noop"], "one without a path has no commas to keep");
        assert_eq!(split("compute,"), ["compute", ""]);
    }
}
