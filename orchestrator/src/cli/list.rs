//! `poolbench list`: the pools by kind, each with what it stands for and its variants under it, and the workloads.

use anyhow::{Context as _, Result};
use comfy_table::{Table, presets};
use harness::Kind;
use serde_json::json;

use crate::plan::preset;
use crate::pools::Pools;
use crate::pools::wire::Description;

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

/// As text: pools by kind, a line each, variants under their pool.
pub(super) fn text(pools: &Pools) -> String {
    let all: Vec<&Description> = pools.values().map(|pool| &pool.description).collect();
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["POOL", "LIBRARY", "CHUNK", "WINDOW", "WHAT IT IS", "STANDS FOR"]);
    for (_, kind) in Kind::ALL {
        let of_kind: Vec<&Description> = all.iter().copied().filter(|about| about.kind == kind).collect();
        if !of_kind.is_empty() {
            table.add_row([kind.to_uppercase()]);
        }
        let is_variant = |about: &Description| of_kind.iter().any(|base| base.name == about.variant_of);
        for base in of_kind.iter().filter(|about| !is_variant(about)) {
            table.add_row(row(1, base));
            table.add_rows(of_kind.iter().filter(|about| about.variant_of == base.name).map(|about| row(2, about)));
        }
    }
    let workloads: Vec<String> = WORKLOADS.iter().map(|(name, job)| format!(" {name:20} {job}")).collect();
    let presets = preset::names().unwrap_or_default().join(", ");
    format!("{table}\n\n WORKLOAD             ONE JOB\n{}\n\n PRESETS  {presets}", workloads.join("\n"))
}

/// A pool's line, its name `depth` steps under the kind.
fn row(depth: usize, about: &Description) -> [String; 6] {
    [
        format!("{}{}", "  ".repeat(depth), about.name),
        format!("{} {}", about.library, about.version).trim().to_owned(),
        about.chunk.join("|"),
        about.window.join("|"),
        about.title.clone(),
        about.mirrors.clone(),
    ]
}

/// As JSON, for programs.
pub(super) fn json(pools: &Pools) -> Result<String> {
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
