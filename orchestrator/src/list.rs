//! `poolbench list`: the pools and workloads that are there, by kind.

use anyhow::{Context as _, Result};
use comfy_table::{Table, presets};
use harness::Kind;
use serde_json::json;

use crate::pools::Pools;
use crate::preset;

/// What each workload's job is, and its parameter.
const WORKLOADS: [(&str, &str); 9] = [
    ("noop", "returns its index"),
    ("compute", "three complex square roots, about 0.1 us"),
    ("factor[:FIRST]", "naive factorisation of FIRST + index"),
    ("spin[:TIME]", "dependent arithmetic of that length"),
    ("skew[:TIME]", "the same with a heavy tail"),
    ("sleep[:TIME]", "a wait on the pool's own timer"),
    ("http[:DELAY]", "one GET on a new connection, shared exchange; the server holds answers back for DELAY"),
    ("http-native[:DELAY]", "the same with the ecosystem's client: ureq or hyper"),
    ("file[:BYTES]", "open, read and close the pool's own executable"),
];

/// As text, a line each.
pub fn text(pools: &Pools) -> Result<String> {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["KIND", "POOL", "LIBRARY", "CHUNK", "WINDOW", "WHAT IT IS", "STANDS FOR"]);
    for (_, kind) in Kind::ALL {
        for about in pools.values().map(|pool| &pool.description).filter(|about| about.kind == kind) {
            table.add_row([
                kind.to_owned(),
                about.name.clone(),
                format!("{} {}", about.library, about.version),
                about.chunk.join("|"),
                about.window.join("|"),
                about.title.clone(),
                about.mirrors.clone(),
            ]);
        }
    }
    let workloads: Vec<String> = WORKLOADS.iter().map(|(name, job)| format!(" {name:20} {job}")).collect();
    let presets = preset::names().unwrap_or_default().join(", ");
    Ok(format!("{table}\n\n WORKLOAD             ONE JOB\n{}\n\n PRESETS  {presets}", workloads.join("\n")))
}

/// As JSON, for programs.
pub fn json(pools: &Pools) -> Result<String> {
    let pools: Vec<_> = pools
        .values()
        .map(|pool| &pool.description)
        .map(|about| {
            json!({
                "name": about.name, "title": about.title, "kind": about.kind, "library": about.library,
                "version": about.version, "mirrors": about.mirrors, "variant_of": about.variant_of,
                "allocator": about.allocator, "ordered": about.ordered, "stop": about.stop,
                "workloads": about.workloads, "chunk": about.chunk, "window": about.window,
            })
        })
        .collect();
    let all = json!({"pools": pools, "workloads": harness::NAMES, "presets": preset::names().unwrap_or_default()});
    serde_json::to_string_pretty(&all).context("writing the list")
}
