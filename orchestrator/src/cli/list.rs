//! `poolbench list`: the pools by kind, a variant under its pool, and the workloads; or all about one pool.

use anyhow::{Context as _, Result};
use harness::Kind;
use serde_json::{Value, json};

use crate::analysis::table::{Style, blocks, fits, table};
use crate::plan::preset;
use crate::pools::wire::Description;
use crate::pools::{Found, Pool, Pools};
use crate::process::plain;

/// What each workload's job is, and its parameter.
const WORKLOADS: [(&str, &str); 11] = [
    ("noop", "returns its index"),
    ("compute", "three complex square roots, about 0.1 us"),
    ("factor[:FIRST]", "naive factorisation of FIRST + index"),
    ("spin[:TIME]", "dependent arithmetic of that length"),
    ("skew[:TIME]", "the same with a heavy tail"),
    ("sleep[:TIME]", "a wait on the pool's own timer"),
    ("http[:DELAY]", "one GET on a new connection, shared exchange; the server holds answers back for DELAY"),
    ("http-native[:DELAY]", "the same with the ecosystem's client: ureq or hyper"),
    ("file[:BYTES]", "open, read and close the pool's own executable"),
    ("lib:PATH[:PARAM]", "your own: a function of a shared library, after docs/poolbench_job.h"),
    ("py:FILE:FUNCTION", "your own in Python, on pools in Python"),
];

/// A column of the list: its heading, and what stands in it.
type Column = (&'static str, fn(&Description) -> String);

/// What is told of a pool in a line, the most important first; what it is comes last, where long text is wrapped.
const COLUMNS: [Column; 5] = [
    ("CHUNK", |about| policies(&about.chunk)),
    ("WINDOW", |about| policies(&about.window)),
    ("LIBRARY", |about| format!("{} {}", about.library, about.version).trim().to_owned()),
    ("STANDS FOR", |about| about.mirrors.clone()),
    ("WHAT IT IS", |about| about.title.clone()),
];

/// As text: pools by kind, a line each, variants under their pool.
pub(super) fn text(pools: &Pools, columns: usize) -> String {
    let all: Vec<&Description> = pools.values().map(|pool| &pool.description).collect();
    let with = |shown: &[usize]| {
        let header: Vec<&str> = std::iter::once("POOL").chain(shown.iter().map(|at| COLUMNS[*at].0)).collect();
        (header, rows(&all, shown))
    };
    // As much as fits without a wrapped line, else the least.
    let choices: [&[usize]; 4] = [&[0, 1, 2, 3, 4], &[0, 1, 2, 4], &[0, 1, 4], &[4]];
    let fitting = choices.iter().take(3).map(|shown| with(shown)).find(|(header, rows)| fits(columns, header, rows));
    let (header, rows) = fitting.unwrap_or_else(|| with(if columns < 60 { choices[3] } else { choices[2] }));
    let pools = table(Style::Terminal(columns), &header, &rows);
    let workloads: Vec<Vec<String>> =
        WORKLOADS.iter().map(|(name, job)| vec![(*name).to_owned(), (*job).to_owned()]).collect();
    let workloads = table(Style::Terminal(columns), &["WORKLOAD", "ONE JOB"], &workloads);
    let presets = blocks(columns, &[(" PRESETS", preset::names().unwrap_or_default().join(", "))]);
    format!("{pools}\n\n{workloads}\n\n{presets}")
}

fn rows(all: &[&Description], shown: &[usize]) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let row = |depth: usize, about: &Description| {
        let name = format!("{}{}", "  ".repeat(depth), about.name);
        std::iter::once(name).chain(shown.iter().map(|at| (COLUMNS[*at].1)(about))).collect::<Vec<_>>()
    };
    for (_, kind) in Kind::ALL {
        let of_kind: Vec<&Description> = all.iter().copied().filter(|about| about.kind == kind).collect();
        if !of_kind.is_empty() {
            let mut heading = vec![String::new(); shown.len() + 1];
            heading[0] = kind.to_uppercase();
            rows.push(heading);
        }
        let is_variant = |about: &Description| of_kind.iter().any(|base| base.name == about.variant_of);
        for base in of_kind.iter().filter(|about| !is_variant(about)) {
            rows.push(row(1, base));
            rows.extend(of_kind.iter().filter(|about| about.variant_of == base.name).map(|about| row(2, about)));
        }
    }
    rows
}

/// All about one pool; fails with the names near to one that is not there.
pub(super) fn one(found: &Found, name: &str, columns: usize) -> Result<String> {
    let (pool, pools) = (found.pick(name)?, &found.pools);
    let about = &pool.description;
    let list = |words: &[String]| if words.is_empty() { "none".to_owned() } else { words.join(", ") };
    let or = |text: &str, other: &str| if text.is_empty() { other.to_owned() } else { text.to_owned() };
    let default = |words: &[String]| match words.first() {
        Some(first) if words.len() > 1 => format!("{}; {} if nothing else is said", policies(words), any(first)),
        _ => policies(words),
    };
    let stop =
        if about.stop == "async" { "returns before its threads have ended; not timed" } else { "joins its workers" };
    let said = [
        ("name", about.name.clone()),
        ("what it is", or(&about.title, "it does not say")),
        ("kind", about.kind.clone()),
        ("library", format!("{} {}", or(&about.library, "none"), about.version).trim().to_owned()),
        ("stands for", or(&about.mirrors, "nothing in Python")),
        ("variant of", or(&about.variant_of, "no other pool")),
        ("variants", list(&variants(pools, name))),
        ("allocator", or(&about.allocator, "it does not say")),
        ("results", if about.ordered { "in order" } else { "in any order" }.to_owned()),
        ("stop", stop.to_owned()),
        ("chunk", default(&about.chunk)),
        ("window", default(&about.window)),
        ("workloads", list(&about.workloads)),
        ("abilities", list(&about.abilities)),
        ("protocol", about.protocol.to_string()),
        (if pool.guest.is_some() { "command" } else { "file" }, command(pool)),
        ("sha256", pool.build.sha256.clone()),
    ];
    let of_a_guest = pool.guest.as_ref().map(|guest| {
        let base = guest.base.as_deref().unwrap_or("none: no efficiency or overhead is worked out");
        [
            ("held against", base.to_owned()),
            ("built with", guest.build.clone().unwrap_or_else(|| "the list does not say".to_owned())),
        ]
    });
    Ok(blocks(columns, &said.into_iter().chain(of_a_guest.into_iter().flatten()).collect::<Vec<_>>()))
}

/// The policies a pool takes, for people: `n` of the protocol is any number.
fn policies(words: &[String]) -> String {
    words.iter().map(|word| any(word)).collect::<Vec<_>>().join("|")
}

fn any(word: &str) -> &str {
    if word == "n" { "any" } else { word }
}

fn variants(pools: &Pools, name: &str) -> Vec<String> {
    let all = pools.values().map(|pool| &pool.description);
    all.filter(|about| about.variant_of == name).map(|about| about.name.clone()).collect()
}

/// What is run: files without their folders, and all other words, such as the size of a heap, as they are.
fn command(pool: &Pool) -> String {
    let words = pool.build.command.iter().map(|word| {
        let path = std::path::Path::new(word);
        let name = path.file_name().filter(|_| path.is_absolute()).unwrap_or(word);
        plain::line(&name.to_string_lossy()).into_owned()
    });
    words.collect::<Vec<_>>().join(" ")
}

fn described(about: &Description) -> Value {
    json!({
        "name": about.name, "title": about.title, "kind": about.kind, "library": about.library,
        "version": about.version, "mirrors": about.mirrors, "variant_of": about.variant_of,
        "allocator": about.allocator, "ordered": about.ordered, "stop": about.stop,
        "abilities": about.abilities, "workloads": about.workloads, "chunk": about.chunk, "window": about.window,
    })
}

/// As JSON, for programs: all, or one pool with what else is known of it.
pub(super) fn json(found: &Found, name: Option<&str>) -> Result<String> {
    let pools = &found.pools;
    let all = match name {
        None => {
            let pools: Vec<_> = pools.values().map(|pool| described(&pool.description)).collect();
            json!({"pools": pools, "workloads": harness::NAMES, "presets": preset::names().unwrap_or_default()})
        }
        Some(name) => {
            let pool = found.pick(name)?;
            let mut all = described(&pool.description);
            all["protocol"] = json!(pool.description.protocol);
            all["variants"] = json!(variants(pools, name));
            all["file"] = json!(command(pool));
            all["sha256"] = json!(pool.build.sha256);
            if let Some(guest) = &pool.guest {
                all["base"] = json!(guest.base);
                all["build"] = json!(guest.build);
            }
            all
        }
    };
    serde_json::to_string_pretty(&all).context("writing the list")
}
