//! `race` through the binary: who runs, who leaves, the answer in all its forms, and what cannot be raced.

use std::collections::BTreeSet;
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::common::{Ended, Rows, Scratch, wait_for};

/// A race of a few seconds.
const RACE: [&str; 11] = [
    "race",
    "--pools",
    "serial,crossbeam,rayon",
    "--workload",
    "compute",
    "--jobs",
    "1000",
    "--batches",
    "2",
    "--out",
    "r",
];

fn json(ended: &Ended) -> Value {
    serde_json::from_str(&ended.stdout()).expect("it is JSON")
}

/// The entrants in a list of the answer, as rows call them.
fn entrants(value: &Value) -> BTreeSet<[String; 4]> {
    let text = |one: &Value, key: &str| one[key].as_str().map_or_else(|| one[key].to_string(), str::to_owned);
    let all = value.as_array().expect("it is a list");
    all.iter().map(|one| ["pool", "workers", "chunk", "window"].map(|key| text(one, key))).collect()
}

#[test]
fn a_race_says_who_is_best_who_is_left_and_who_left_when() {
    let scratch = Scratch::new();
    let ended = scratch.poolbench(&[&RACE[..], &["--json", "--seed", "1"]].concat()).expect(0);
    let answer = json(&ended);
    assert_eq!(answer["objective"], "time");
    assert!(["one", "same", "budget"].contains(&answer["ended"].as_str().unwrap_or_default()), "{answer}");
    let (left, out) = (entrants(&answer["remaining"]), entrants(&answer["out"]));
    let best = entrants(&serde_json::json!([answer["answer"]]));
    assert!(best.is_subset(&left) && entrants(&answer["same"]).is_subset(&left) && left.is_disjoint(&out), "{answer}");
    let [value, low, high] = ["value", "low", "high"].map(|key| answer["answer"][key].as_u64().expect("a figure"));
    assert!(low <= value && value <= high && low > 0, "{answer}");
    assert!(answer["final_rounds"].as_u64().is_some_and(|rounds| rounds >= 8), "{answer}");

    // Whoever left has no row behind its last round, whoever is left has one in every round.
    let rounds = answer["rounds"].as_u64().expect("a number");
    let rows = Rows::read(&scratch.path("r")).accepted().select(["pool", "workers", "chunk", "window", "block"]);
    let of = |one: &[String; 4], block: u64| {
        rows.iter().filter(|row| row[..4] == one[..] && row[4] == block.to_string()).count()
    };
    for one in &left {
        assert!((0..=rounds).all(|block| of(one, block) == 1), "{one:?} is left and has a row a round");
    }
    for (one, out) in
        answer["out"].as_array().expect("a list").iter().map(|out| (entrants(&serde_json::json!([out])), out))
    {
        let (one, last) = (one.first().expect("there is one"), out["round"].as_u64().expect("a round"));
        assert!((0..=rounds).all(|block| of(one, block) == usize::from(block <= last)), "{one:?} left after {last}");
    }
    // The state of the cores is read once a round.
    let states = Rows::read(&scratch.path("r")).select(["block", "core_alone_ps", "cores_together_ps", "slow"]);
    for block in 0..=rounds {
        let of_block = states.iter().filter(|row| row[0] == block.to_string());
        assert_eq!(of_block.collect::<BTreeSet<_>>().len(), 1, "round {block} has one state of the cores");
    }
    let twins: BTreeSet<&String> = rows.iter().map(|row| &row[0]).filter(|pool| pool.ends_with("-twin")).collect();
    assert_eq!(twins.len(), 1, "the leader's twin runs in the final");

    // The same in words, as often as it is asked for.
    let said = scratch.poolbench(&["summary", "r"]).expect(0).stdout();
    assert!(said.contains("1,000 jobs of compute") && said.contains("--workload compute --jobs 1000"), "{said}");
    assert_eq!(json(&scratch.poolbench(&["summary", "r", "--json"]).expect(0)), answer);
    assert_eq!(scratch.poolbench(&["resume", "r"]).expect(0).stdout(), said);
    assert!(scratch.poolbench(&["runs", "."]).expect(0).stdout().contains("whole"), "it has ended");
    let plan = std::fs::read_to_string(scratch.path("r/plan.toml")).expect("there is a plan");
    let all = scratch.poolbench(&["summary", "r", "--all"]).expect(0).stdout();
    assert!(all.lines().count() >= said.lines().count() + out.len(), "{all}");
    scratch.poolbench(&["report", "r"]).expect(0);
    let page = std::fs::read_to_string(scratch.path("r/report.html")).expect("the race has its page");
    let best = answer["answer"]["pool"].as_str().expect("a name");
    assert!(page.contains(&format!("class=\"pool\">{best}<")) && page.contains("id=\"out\""), "{page}");
    assert!(plan.contains("[race]") && plan.contains("[[race.looks]]") && plan.contains("[[race.out]]"), "{plan}");
}

#[test]
fn nothing_is_claimed_on_the_rows_of_a_race_but_its_own_verdicts() {
    let scratch = Scratch::new();
    scratch.poolbench(&[&RACE[..], &["--workers", "2"]].concat()).expect(0);
    for words in [
        &["compare", "r"][..],
        &["compare", "r", "--pools", "serial,rayon"],
        &["compare", "r", "r"],
        &["compare", "r", "--mirrors"],
        &["rank", "r"],
        &["gate", "r", "r"],
        &["decide", "r"],
        &["fit", "r"],
        &["export", "r", "--markdown"],
        &["report", "r", "r"],
        &["advise", "r", "--kind", "cpu", "--jobs", "10", "--job-time", "1us"],
    ] {
        let said = scratch.poolbench(words).expect(2).stderr();
        assert!(said.contains("is a race") && said.contains("poolbench summary"), "{words:?}: {said}");
    }
}

#[test]
fn who_fails_and_who_hangs_leaves_and_is_named_with_the_reason() {
    let scratch = Scratch::new();
    let ways = ["good", "rubbish", "wrong-sum", "silent-hang", "hang-at-done"];
    scratch.list_helpers("misbehave", &ways.map(|way| (way.to_owned(), [way.to_owned()])));
    let run = ["race", "--pools-from", "pools.toml", "--pools", &[&ways[..], &["serial"]].concat().join(","), "--json"];
    let cells = ["--workload", "noop", "--jobs", "10", "--workers", "1", "--budget", "16s", "--out", "r"];
    let answer = json(&scratch.poolbench(&[&run[..], &cells].concat()).expect(1));
    let how = |pool: &str| {
        let out = answer["out"].as_array().expect("a list").iter().find(|out| out["pool"] == pool);
        out.map(|out| (out["how"].as_str().unwrap_or_default().to_owned(), out["cut_off"] == true))
    };
    for pool in ["rubbish", "wrong-sum"] {
        assert_eq!(how(pool), Some(("failed".to_owned(), false)), "{answer}");
    }
    for pool in ["silent-hang", "hang-at-done"] {
        assert_eq!(how(pool), Some(("set-aside".to_owned(), true)), "{answer}");
    }
}

#[test]
fn where_nobody_is_ok_there_is_no_answer_and_the_rows_are_kept() {
    let scratch = Scratch::new();
    scratch.list_helpers("misbehave", &["rubbish", "wrong-sum"].map(|way| (way.to_owned(), [way.to_owned()])));
    let run =
        ["race", "--pools-from", "pools.toml", "--pools", "rubbish,wrong-sum", "--workload", "noop", "--jobs", "10"];
    let said = scratch.poolbench(&[&run[..], &["--workers", "1", "--out", "r"]].concat()).expect(2).stderr();
    assert!(said.contains("no entrant has trials that were ok") && said.contains("notes.jsonl"), "{said}");
    assert!(Rows::read(&scratch.path("r")).len() >= 4);
    let summary = scratch.poolbench(&["summary", "r"]).expect(0).stdout();
    assert!(summary.contains("no finished round"), "{summary}");
}

#[test]
fn a_race_that_is_stopped_answers_so_far_and_goes_on() {
    let scratch = Scratch::new();
    let mut command = scratch.command(&[&RACE[..], &["--budget", "1m", "--json"]].concat());
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("poolbench starts");
    let looked =
        || std::fs::read_to_string(scratch.path("r/plan.toml")).ok().filter(|plan| plan.contains("[[race.looks]]"));
    wait_for("look at a first round", looked);
    kill_process(Pid::from_raw(child.id().cast_signed()).expect("a pid"), Signal::INT).expect("it runs");
    let ended = Ended(child.wait_with_output().expect("it ends")).expect(130);
    let so_far = json(&ended);
    assert_eq!(so_far["ended"], "interrupted");
    assert!(so_far["answer"]["value"].as_u64().is_some() && ended.stderr().contains("resume"), "{so_far}");
    assert!(scratch.poolbench(&["runs", "."]).expect(0).stdout().contains("stopped"));
    scratch.poolbench(&["resume", "r"]).expect(0);
    let answer = json(&scratch.poolbench(&["summary", "r", "--json"]).expect(0));
    assert_ne!(answer["ended"], "interrupted");
    let rounds = |of: &Value| of["rounds"].as_u64().expect("a number");
    assert!(rounds(&answer) > rounds(&so_far));
}

#[test]
fn what_cannot_be_raced_is_refused_with_what_to_do() {
    let of = |more: &'static str| -> Vec<&'static str> {
        let base = "race --workload noop --jobs 100 --pools rayon,crossbeam --workers 1 --chunk 1 --out r";
        let mut words: Vec<&str> = base.split(' ').collect();
        let more: Vec<&str> = more.split(' ').collect();
        for pair in more.chunks(2) {
            match words.iter().position(|word| *word == pair[0]) {
                Some(at) => words[at + 1] = pair[1],
                None => words.extend(pair),
            }
        }
        words
    };
    for (more, why) in [
        ("--pools crossbeam", "takes from 2 to"),
        ("--pools serail", "did you mean serial"),
        ("--pools ,", "names no pool"),
        ("--workload nothing", "--workload"),
        ("--pools crossbeam --chunk own", "nothing is left to run"),
        ("--workers 0", "('any' is accepted, too)"),
        ("--workers some", "('any' is accepted, too)"),
        ("--chunk 0", "'any' is accepted, too"),
        ("--within 0%", "from 0.1% to 50%"),
        ("--within 200%", "from 0.1% to 50%"),
        ("--objective speed", "time, cpu and memory are accepted"),
        ("--max-memory 16", "such as 16MiB"),
        ("--budget 10ms", "1s and more"),
        ("--budget soon", "--budget soon"),
        ("--jobs -1", "whole numbers from 0"),
        ("--batches 0", "whole numbers from 1"),
    ] {
        let scratch = Scratch::new();
        let ended = scratch.poolbench(&of(more));
        let said = ended.expect(2).stderr();
        assert!(said.contains(why), "{more}: {said}");
        assert!(!scratch.path("r").exists(), "{more} wrote something");
    }
}

#[test]
fn a_limit_that_nobody_keeps_and_a_time_that_is_too_short_are_said() {
    let scratch = Scratch::new();
    let said = scratch.poolbench(&[&RACE[..], &["--max-memory", "1KiB"]].concat()).expect(2).stderr();
    assert!(said.contains("nobody stays under it") && said.contains("so allow more"), "{said}");
    let scratch = Scratch::new();
    let slow = ["race", "--pools", "rayon,crossbeam", "--workload", "sleep:200ms", "--jobs", "2", "--workers", "1"];
    let said = scratch
        .poolbench(&[&slow[..], &["--chunk", "1", "--batches", "1", "--budget", "1s"]].concat())
        .expect(2)
        .stderr();
    assert!(said.contains("is too short") && said.contains("--budget"), "{said}");
}

#[test]
fn a_plan_of_a_race_says_how_many_would_run_and_runs_nothing() {
    let scratch = Scratch::new();
    let said = scratch.poolbench(&[&RACE[..], &["--plan"]].concat()).expect(0).stdout();
    assert!(said.contains("entrants, which are 3 pools"), "{said}");
    let json = json(&scratch.poolbench(&[&RACE[..], &["--plan", "--json"]].concat()).expect(0));
    let cells = json["cells"].as_array().expect("a list");
    assert_eq!(Some(cells.len() as u64), json["race"]["entrants"].as_u64());
    // The plain loop has one number of workers, whatever the ladder.
    assert_eq!(cells.iter().filter(|cell| cell["pool"] == "serial").count(), 1, "{json}");
    let workers: BTreeSet<String> = cells.iter().map(|cell| cell["workers"].to_string()).collect();
    assert!(["1", "2"].iter().all(|step| workers.contains(*step)) && workers.len() <= 5, "{workers:?}");
    let waiting = ["race", "--workload", "sleep:1ms", "--jobs", "40", "--pools", "tokio", "--plan", "--json"];
    let json = self::json(&scratch.poolbench(&waiting).expect(0));
    let workers: BTreeSet<u64> =
        json["cells"].as_array().expect("a list").iter().filter_map(|cell| cell["workers"].as_u64()).collect();
    assert_eq!(workers.into_iter().collect::<Vec<_>>(), [8, 16, 32, 40]);
    assert!(!scratch.path("r").exists(), "nothing is written");
}
