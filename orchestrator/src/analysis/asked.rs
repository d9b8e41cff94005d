//! What the arguments of an analysis ask for: words, measures, a pool that must be there.

use anyhow::{Context as _, Result, bail};
use clap::ArgMatches;

use super::data::Data;
use super::measure::Measure;
use super::table::Style;
use crate::pools;

/// The value of an option.
pub(super) fn word<'a>(matches: &'a ArgMatches, name: &str) -> Option<&'a str> {
    matches.get_one::<String>(name).map(String::as_str)
}

/// What is compared, where memory is this.
pub(super) fn measures(matches: &ArgMatches, memory: Measure) -> Vec<Measure> {
    match word(matches, "measure") {
        Some("time") => vec![Measure::Time],
        Some("cpu") => vec![Measure::Cpu],
        Some(_) => vec![memory],
        None => vec![Measure::Time, memory],
    }
}

/// How the answer is printed: for the terminal, or for a document where that was asked for.
pub(super) fn style(matches: &ArgMatches) -> Style {
    if is_markdown(matches) { Style::Markdown } else { Style::of_stdout() }
}

/// Whether Markdown was asked for, by a command that has it.
pub(super) fn is_markdown(matches: &ArgMatches) -> bool {
    matches!(matches.try_get_one::<bool>("markdown"), Ok(Some(true)))
}

/// JSON as people can read it.
pub(super) fn pretty(value: &serde_json::Value) -> Result<String> {
    serde_json::to_string_pretty(value).context("writing JSON")
}

/// A pool that the run has, or an error that names those it has.
pub(super) fn named_pool<'a>(data: &Data, name: Option<&'a str>) -> Result<Option<&'a str>> {
    let mut pools: Vec<&str> = data.groups.values().flat_map(|setups| setups.keys()).map(|s| s.pool.as_str()).collect();
    pools.sort_unstable();
    pools.dedup();
    match name {
        Some(name) if !pools.contains(&name) => bail!(pools::unknown(name, &pools)),
        name => Ok(name),
    }
}
