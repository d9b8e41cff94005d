//! A run in shards: what is merged is what one machine would have run, and nothing but whole shards counts.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::common::{Rows, Scratch, beside};

pub(crate) const CELLS: [&str; 12] = [
    "--pools",
    "serial,crossbeam",
    "--workload",
    "noop",
    "--jobs",
    "1,10",
    "--batches",
    "1",
    "--blocks",
    "7",
    "--seed",
    "5eed",
];

pub(crate) fn plan(scratch: &Scratch, shards: &str, out: &str) {
    scratch.poolbench(&[&["plan"], &CELLS[..], &["--shards", shards, "--out", out]].concat()).expect(0);
}

pub(crate) fn shard(scratch: &Scratch, plan: &str, number: &str, more: &[&str]) {
    scratch.poolbench(&[&["run", "--plan", plan, "--shard", number], more].concat()).expect(0);
}

/// Runs all three shards of a plan, the last on another node.
pub(crate) fn three(scratch: &Scratch) {
    plan(scratch, "3", "plan");
    shard(scratch, "plan", "1", &["--node", "a"]);
    shard(scratch, "plan", "2", &["--node", "a"]);
    shard(scratch, "plan", "3", &["--node", "b"]);
}

/// What is accepted: cell, block and position.
pub(crate) fn places(run: &Path) -> BTreeSet<[String; 5]> {
    Rows::read(run).accepted().select(["pool", "jobs", "block", "position", "workload"]).into_iter().collect()
}

pub(crate) fn files(run: &Path) -> Vec<(String, Vec<u8>)> {
    ["trials.csv", "notes.jsonl", "plan.toml", "machine.json", "machines.json"]
        .map(|name| (name.to_owned(), fs::read(run.join(name)).unwrap_or_else(|why| panic!("{name}: {why}"))))
        .to_vec()
}

#[test]
fn merged_shards_are_the_run_of_one_machine() {
    let scratch = Scratch::new();
    three(&scratch);
    let said = scratch.poolbench(&["merge", "plan", "--out", "m"]).expect(0).stdout();
    assert!(said.contains("3 of 3 shards") && said.contains("node b: shards 3"), "{said}");
    scratch.poolbench(&[&["run"], &CELLS[..], &["--out", "one"]].concat()).expect(0);
    assert_eq!(places(&scratch.path("m")), places(&scratch.path("one")));
    let rows = Rows::read(&scratch.path("m"));
    for [block, node, shard] in rows.select(["block", "node", "shard"]) {
        let block: u64 = block.parse().expect("a block is a number");
        let right = if block == 0 { shard.clone() } else { (1 + (block - 1) % 3).to_string() };
        assert_eq!((shard.as_str(), node.as_str()), (&*right, if right == "3" { "b" } else { "a" }));
    }
    for command in ["summary", "rank", "decide", "fit"] {
        scratch.poolbench(&[command, "m"]).expect(0);
    }
    let summary = scratch.poolbench(&["summary", "m"]).expect(0).stdout();
    let summary = summary.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(summary.contains("7 blocks on 2 machines, 5 on a, 2 on b"), "{summary}");
    assert!(scratch.poolbench(&["runs", "."]).stdout().contains("whole"));
}

#[test]
fn order_and_steps_of_a_merge_do_not_matter() {
    let scratch = Scratch::new();
    three(&scratch);
    scratch.poolbench(&["merge", "plan", "--out", "m"]).expect(0);
    let right = files(&scratch.path("m"));
    let [a, b, c] = ["plan/shard-1", "plan/shard-2", "plan/shard-3"];
    let orders = [[a, b, c], [a, c, b], [b, a, c], [b, c, a], [c, a, b], [c, b, a]];
    for (number, [one, two, three]) in orders.into_iter().enumerate() {
        let at_once = format!("at-once-{number}");
        scratch.poolbench(&["merge", one, two, three, "--out", &at_once]).expect(0);
        let (half, whole) = (format!("half-{number}"), format!("whole-{number}"));
        let said = scratch.poolbench(&["merge", one, two, "--out", &half]).expect(1).stdout();
        assert!(said.contains("missing: "), "{said}");
        scratch.poolbench(&["merge", three, &half, one, "--out", &whole]).expect(0);
        assert_eq!([at_once, whole].map(|run| files(&scratch.path(&run)) == right), [true; 2]);
    }
}

#[test]
fn a_shard_replaces_its_former_self_and_the_last_whole_attempt_counts() {
    let scratch = Scratch::new();
    three(&scratch);
    shard(&scratch, "plan", "1", &["--node", "c"]);
    let again = Rows::read(&scratch.path("plan/shard-1")).select(["node"]);
    assert!(again.iter().all(|row| *row == ["c"]));
    // Another attempt elsewhere, the third, but torn as a copy may be.
    fs::create_dir(scratch.path("other")).unwrap();
    fs::copy(scratch.path("plan/plan.toml"), scratch.path("other/plan.toml")).unwrap();
    shard(&scratch, "other", "2", &["--node", "d"]);
    let rows = scratch.path("other/shard-2/trials.csv");
    let text = fs::read_to_string(&rows).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    fs::write(&rows, lines[..lines.len() - 1].join("\n") + "\n").unwrap();
    let said = scratch.poolbench(&["merge", "plan", "other", "--out", "m"]).expect(1).stdout();
    assert!(said.contains("left aside: shard 2 in ") && said.contains("after it was finished"), "{said}");
    assert!(said.contains("node c: shards 1") && said.contains("node a: shards 2"), "{said}");
    // Whole again, it is one of two.
    fs::write(&rows, text).unwrap();
    let said = scratch.poolbench(&["merge", "other", "plan", "--out", "m"]).expect(1).stdout();
    assert!(said.contains("left aside: shard 2: attempt 1 on"), "{said}");
    let nodes: BTreeSet<_> = Rows::read(&scratch.path("m")).select(["shard", "node"]).into_iter().collect();
    assert_eq!(nodes.len(), 3, "no shard is of two attempts: {nodes:?}");
}

#[test]
fn bad_input_is_a_sentence_and_loses_nothing() {
    let scratch = Scratch::new();
    three(&scratch);
    plan(&scratch, "3", "second");
    shard(&scratch, "second", "1", &[]);
    scratch.poolbench(&["merge", "plan", "--out", "m"]).expect(0);
    let before = files(&scratch.path("m"));
    scratch.poolbench(&[&["run"], &CELLS[..], &["--out", "one"]].concat()).expect(0);
    let changed = fs::read_to_string(scratch.path("plan/plan.toml")).unwrap().replace("5eed", "5eee");
    fs::create_dir(scratch.path("changed")).unwrap();
    fs::write(scratch.path("changed/plan.toml"), changed).unwrap();
    for (arguments, sentence) in [
        (&["run", "--plan", "plan", "--shard", "4"][..], "the plan has shards 1 to 3"),
        (&["run", "--plan", "plan", "--shard", "0"], "whole numbers from 1"),
        (&["run", "--plan", "plan", "--shard", "1", "--node", "../x"], "--node takes a word"),
        (&["run", "--plan", "plan", "--shard", "1", "--until", "2%"], "cannot be used with"),
        (&["run", "--plan", "plan", "--shard", "1", "--out", "one"], "something other than an attempt at shard 1"),
        (&["run", "--plan", "plan/shard-1", "--shard", "1"], "is not the plan that they share"),
        (&["run", "--plan", "nowhere", "--shard", "1"], "there is no plan nowhere"),
        (&["run", "--plan", "one", "--shard", "1"], "no plan for several machines"),
        (&["run", "--plan", "changed", "--shard", "1"], "changed after it was made"),
        (&["plan", "--pools", "serial", "--blocks", "3", "--shards", "4", "--out", "new"], "4 shards of 3 blocks"),
        (&["plan", "--pools", "serial", "--shards", "0", "--out", "new"], "whole numbers from 1 to 1000"),
        (&["plan", "--pools", "serial", "--shards", "2", "--out", "plan"], "holds a plan already"),
        (&["plan", "--pools", "serial", "--shards", "2"], "--out"),
        (&["plan", "--pools", "serial", "--shards", "2", "--out", "new", "--until", "2%"], "cannot be used with"),
        (&["merge", "plan", "second", "--out", "new"], "shards of two plans"),
        (&["merge", "one", "--out", "new"], "run of one machine"),
        (&["merge", "plan", "--out", "one"], "something other than a merge of this plan"),
        (&["merge", "plan/shard-1", "--out", "m"], "would be lost"),
        (&["merge", "nowhere", "--out", "new"], "nowhere"),
        (&["resume", "plan/shard-1"], "run anew as a whole"),
        (&["resume", "m"], "run anew as a whole"),
        (&["summary", "plan"], "a plan that shards share"),
        (&["fleet", "slurm", "one"], "no plan for several machines"),
    ] {
        let said = scratch.poolbench(arguments).expect(2).stderr();
        assert!(said.contains(sentence), "{arguments:?}: {said}");
        assert!(!scratch.path("new").exists(), "{arguments:?} left something");
    }
    assert_eq!(files(&scratch.path("m")), before);
}

#[test]
fn a_plan_brings_no_command_and_other_builds_are_refused() {
    let scratch = Scratch::new();
    let list = format!(
        "[[pool]]\nname = \"good\"\ncommand = [\"{}\", \"good\"]\nfiles = [\"part\"]\n",
        beside("misbehave").display()
    );
    fs::write(scratch.path("pools.toml"), list).unwrap();
    fs::write(scratch.path("part"), "one").unwrap();
    let cells = ["plan", "--pools", "serial,good", "--pools-from", "pools.toml", "--workload", "noop", "--jobs", "1"];
    scratch.poolbench(&[&cells[..], &["--blocks", "2", "--shards", "2", "--out", "plan"]].concat()).expect(0);
    let said = scratch.poolbench(&["run", "--plan", "plan", "--shard", "1"]).expect(2).stderr();
    assert!(said.contains("unknown pool 'good'"), "{said}");
    shard(&scratch, "plan", "1", &["--pools-from", "pools.toml"]);
    assert!(!scratch.path("plan/shard-1/paths.toml").exists(), "a shard goes elsewhere and names no folder");
    fs::write(scratch.path("part"), "two").unwrap();
    let ended = scratch.poolbench(&["run", "--plan", "plan", "--shard", "2", "--pools-from", "pools.toml"]);
    let said = ended.expect(2).stderr();
    assert!(said.contains("'good' is another build"), "{said}");
}

#[test]
fn a_wrong_clock_is_said_and_harms_nothing() {
    let scratch = Scratch::new();
    three(&scratch);
    let path = scratch.path("plan/shard-3/plan.toml");
    let text = fs::read_to_string(&path).unwrap();
    let at = text.find("ended = \"").expect("it has ended") + 9;
    fs::write(&path, format!("{}2199{}", &text[..at], &text[at + 4..])).unwrap();
    let said = scratch.poolbench(&["merge", "plan", "--out", "m"]).expect(0).stdout();
    assert!(said.contains("the clock of node b is wrong"), "{said}");
}

#[test]
fn status_tells_from_the_folders_alone() {
    let scratch = Scratch::new();
    plan(&scratch, "3", "plan");
    shard(&scratch, "plan", "2", &["--node", "b"]);
    let said = scratch.poolbench(&["fleet", "status", "plan"]).expect(1).stdout();
    assert!(said.contains("1 of 3 shards are done") && said.contains("shard 2: done on b, attempt 1"), "{said}");
    assert!(said.contains("shard 1: not begun"), "{said}");
    shard(&scratch, "plan", "1", &[]);
    shard(&scratch, "plan", "3", &[]);
    scratch.poolbench(&["fleet", "status", "plan"]).expect(0);
}
