//! A merged run of several machines: what differs between them is said, and kinds have ranks of their own.

use std::fs;

use super::made::{Scratch, csv, pool, rows};

/// A run of two shards on the nodes a and b, of which b takes `times` as long for rayon; `cpu` makes b another machine.
fn merged(times: f64, cpu: &'static str) -> Scratch {
    let times_of = |node| if node == 1 { times } else { 1.0 };
    let cpu_of = |node| if node == 1 { cpu } else { "" };
    on(&["a", "b"], times_of, cpu_of)
}

/// A run of 24 blocks in a shard for each node; rayon takes `times` as long there, and a `cpu` makes it another machine.
fn on(nodes: &[&str], times: impl Fn(usize) -> f64, cpu: impl Fn(usize) -> &'static str) -> Scratch {
    let scratch = Scratch::new();
    let mut made = rows(&[pool("serial", 10.0), pool("rayon", 5.0), pool("flume", 6.0)], 24);
    for row in &mut made {
        let node =
            row.block.and_then(|block| block.checked_sub(1)).map(|block| usize::try_from(block).unwrap() % nodes.len());
        if let Some(node) = node.filter(|_| row.pool == "rayon") {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_precision_loss,
                reason = "made values"
            )]
            let slower = row.batch_ns.map(|ns| (ns as f64 * times(node)) as u64);
            row.batch_ns = slower;
        }
    }
    scratch.run_of("r", "here", csv(&made));
    dealt(&scratch, nodes, cpu);
    scratch
}

/// Makes the run one of shards on these nodes.
fn dealt(scratch: &Scratch, nodes: &[&str], cpu: impl Fn(usize) -> &'static str) {
    let path = scratch.path("r/plan.toml");
    let plan = fs::read_to_string(&path).expect("the run has a plan").replace("blocks = 1\n", "blocks = 24\n");
    let plan = plan.split("\n[shards]").next().expect("there is a first").to_owned();
    let part = |(node, shard): (&&str, usize)| {
        format!(
            "\n[[shards.parts]]\nshard = {shard}\nnode = \"{node}\"\nhost = \"here\"\nspin_rate = 1\nattempt = 1\n\
             begun = \"2026-01-01T00:00:00Z\"\nended = \"2026-01-01T01:00:00Z\"\nrows = 1\nsha256 = \"{}\"\n",
            "0".repeat(64)
        )
    };
    let parts: String = nodes.iter().zip(1..).map(part).collect();
    let shards = format!("\n[shards]\ncount = {}\nplan = \"{}\"\n{parts}", nodes.len(), "0".repeat(64));
    fs::write(&path, plan + &shards).expect("the folder is there");
    let machine = fs::read_to_string(scratch.path("r/machine.json")).expect("the run has a machine");
    let one: serde_json::Value = serde_json::from_str(&machine).expect("it is JSON");
    let of_shard = |node: usize| {
        let mut machine = one.clone();
        if !cpu(node).is_empty() {
            machine["cpu"] = cpu(node).into();
        }
        ((node + 1).to_string(), machine)
    };
    let machines: serde_json::Map<_, _> = (0..nodes.len()).map(of_shard).collect();
    fs::write(scratch.path("r/machines.json"), serde_json::Value::from(machines).to_string())
        .expect("the folder is there");
}

const TWELVE: [&str; 12] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];

/// Values of the claim about a pool's time against serial: blocks, low and high end.
fn claim(scratch: &Scratch, pool: &str) -> (u64, f64, f64) {
    let json = scratch.expect(0, &["compare", "r", "--measure", "time", "--json"]).json();
    let claims = json["claims"].as_array().expect("there are claims");
    let of_pool = |one: &&serde_json::Value| one["pool"].as_str().is_some_and(|name| name.starts_with(pool));
    let one = claims.iter().find(of_pool).expect("the pool has a claim");
    let end = |name: &str| one[name].as_f64().expect("it has an interval");
    (one["blocks"].as_u64().expect("it has blocks"), end("low"), end("high"))
}

#[test]
fn equal_machines_are_said_to_be_equal() {
    let scratch = merged(1.0, "");
    let said = scratch.expect(0, &["summary", "r"]).flat();
    assert!(said.contains("24 blocks on 2 machines, 12 on a, 12 on b"), "{said}");
    assert!(said.contains("No pool surely stands differently"), "{said}");
    assert!(!said.contains("kinds"), "{said}");
}

#[test]
fn a_pool_that_stands_differently_on_one_machine_is_named() {
    let said = merged(1.5, "").expect(0, &["summary", "r"]).flat();
    assert!(said.contains("the machines surely differ in how a pool stands"), "{said}");
    assert!(said.contains("rayon at noop x 1000 (a "), "{said}");
}

#[test]
fn kinds_of_machines_have_ranks_of_their_own() {
    let scratch = merged(1.5, "another processor");
    let said = scratch.expect(0, &["rank", "r", "--measure", "time"]).flat();
    assert!(said.contains("They are of 2 kinds") && said.contains("another processor"), "{said}");
    let json = scratch.expect(0, &["rank", "r", "--measure", "time", "--json"]).json();
    let kinds = json["kinds"].as_array().expect("there are kinds");
    let first = |kind: &serde_json::Value| {
        let ranks = kind["of"]["ranks"].as_array().expect("there are ranks").clone();
        let best = ranks.into_iter().find(|one| one["best"] == 1 && one["worst"] == 1);
        best.expect("one is first")["pool"].as_str().expect("it has a name").to_owned()
    };
    assert_eq!(kinds.iter().map(first).collect::<Vec<_>>(), ["rayon", "flume"]);
    let json = scratch.expect(0, &["decide", "r", "--json"]).json();
    assert_eq!(json["kinds"].as_array().map(Vec::len), Some(2), "{json}");
    let said = scratch.expect(0, &["decide", "r"]).flat();
    assert!(said.contains("They are of 2 kinds") && said.contains("on b (here: another processor"), "{said}");
    scratch.expect(0, &["report", "r"]);
    let page = fs::read_to_string(scratch.path("r/report.html")).expect("there is a report");
    assert!(
        page.contains("Time over the 1 cell, on a (") && page.contains(", on b (here: another processor"),
        "places by kind"
    );
    let said = scratch.expect(2, &["gate", "r", "r"]).err;
    assert!(said.contains("machines of several kinds"), "{said}");
}

#[test]
fn from_ten_machines_of_one_kind_on_each_counts_once() {
    // Machines differ by as much as 20 %, blocks of one by 2 %.
    let scratch = on(&TWELVE, |node| [1.0, 1.2, 0.9][node % 3], |_| "");
    let said = scratch.expect(0, &["summary", "r"]).flat();
    assert!(said.contains("24 blocks on 12 machines, 2 on each"), "{said}");
    assert!(said.contains("what is claimed is claimed of machines of that kind"), "{said}");
    let (blocks, low, high) = claim(&scratch, "rayon");
    assert_eq!(blocks, 12);
    let json = scratch.expect(0, &["rank", "r", "--measure", "time", "--json"]).json();
    assert!(json["kinds"].is_null(), "they are of one kind");
    scratch.expect(0, &["decide", "r"]);
    scratch.expect(0, &["fit", "r"]);
    scratch.expect(0, &["report", "r"]);
    // The same rows of nine machines and of two: claims about these, from every block, and so narrower.
    let nine: Vec<&str> = TWELVE[..9].to_vec();
    dealt(&scratch, &nine, |_| "");
    let said = scratch.expect(0, &["summary", "r"]).flat();
    assert!(said.contains("What is claimed is claimed of these machines"), "{said}");
    let (all, narrow_low, narrow_high) = claim(&scratch, "rayon");
    assert_eq!(all, 24);
    assert!(high / low > narrow_high / narrow_low, "{low} to {high}, {narrow_low} to {narrow_high}");
}

#[test]
fn where_machines_differ_more_intervals_are_wider() {
    let width = |spread: f64| {
        let scratch = on(&TWELVE, |node| [1.0, 1.0 + spread, 1.0 / (1.0 + spread)][node % 3], |_| "");
        let (_, low, high) = claim(&scratch, "rayon");
        high / low
    };
    let widths = [0.0, 0.05, 0.2].map(width);
    assert!(widths.is_sorted_by(|one, next| one < next), "{widths:?}");
}

#[test]
fn only_kinds_of_ten_machines_or_more_are_drawn() {
    let nodes: Vec<&str> = TWELVE.to_vec();
    let other = |node: usize| if node < 2 { "another processor" } else { "" };
    let scratch = on(&nodes, |_| 1.0, other);
    let said = scratch.expect(0, &["rank", "r", "--measure", "time"]).flat();
    assert_eq!(said.matches("each counts once, for machines of this kind").count(), 1, "{said}");
    assert!(said.contains("What is claimed is claimed of these machines"), "{said}");
    let json = scratch.expect(0, &["rank", "r", "--measure", "time", "--json"]).json();
    assert_eq!(json["kinds"].as_array().map(Vec::len), Some(2));
}
