//! A merged run of several machines: what differs between them is said, and kinds have ranks of their own.

use std::fs;

use super::made::{Scratch, csv, pool, rows};

/// A run of two shards on the nodes a and b, of which b takes `times` as long for rayon; `change` makes b another machine.
fn merged(times: f64, cpu: &str) -> Scratch {
    let scratch = Scratch::new();
    let mut made = rows(&[pool("serial", 10.0), pool("rayon", 5.0), pool("flume", 6.0)], 24);
    for row in &mut made {
        let on_b = row.block.is_some_and(|block| block > 0 && block % 2 == 0);
        if on_b && row.pool == "rayon" {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_precision_loss,
                reason = "made values"
            )]
            let slower = row.batch_ns.map(|ns| (ns as f64 * times) as u64);
            row.batch_ns = slower;
        }
    }
    scratch.run_of("r", "here", csv(&made));
    let path = scratch.path("r/plan.toml");
    let plan = fs::read_to_string(&path).expect("the run has a plan").replace("blocks = 1\n", "blocks = 24\n");
    let part = |shard: u64, node: &str| {
        format!(
            "\n[[shards.parts]]\nshard = {shard}\nnode = \"{node}\"\nhost = \"here\"\nspin_rate = 1\nattempt = 1\n\
             begun = \"2026-01-01T00:00:00Z\"\nended = \"2026-01-01T01:00:00Z\"\nrows = 1\nsha256 = \"{}\"\n",
            "0".repeat(64)
        )
    };
    let shards = format!("\n[shards]\ncount = 2\nplan = \"{}\"\n{}{}", "0".repeat(64), part(1, "a"), part(2, "b"));
    fs::write(&path, plan + &shards).expect("the folder is there");
    let machine = fs::read_to_string(scratch.path("r/machine.json")).expect("the run has a machine");
    let one: serde_json::Value = serde_json::from_str(&machine).expect("it is JSON");
    let mut other = one.clone();
    if !cpu.is_empty() {
        other["cpu"] = cpu.into();
    }
    let machines = serde_json::json!({"1": one, "2": other}).to_string();
    fs::write(scratch.path("r/machines.json"), machines).expect("the folder is there");
    scratch
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
    let said = scratch.expect(2, &["gate", "r", "r"]).err;
    assert!(said.contains("machines of several kinds"), "{said}");
}
