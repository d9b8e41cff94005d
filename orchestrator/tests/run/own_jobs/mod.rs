//! Jobs of the user's own: `--workload lib:PATH[:PARAM]` on every pool, and what is written of them.

mod checked;
mod examples;
mod faults;

use std::fs;
use std::process::Command;

use super::common::{Ended, Rows, Scratch, described};

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/test-helpers/src/job.c");

/// Compiles the misbehaving library as `name` in the scratch folder.
fn compile(scratch: &Scratch, name: &str, flags: &[&str]) {
    let compiled = Command::new("cc")
        .args(["-O1", "-shared", "-fPIC", "-pthread", "-o"])
        .arg(scratch.path(name))
        .args(flags)
        .arg(SOURCE)
        .status()
        .expect("there is a C compiler");
    assert!(compiled.success());
}

fn compiled() -> Scratch {
    let scratch = Scratch::new();
    compile(&scratch, "job.so", &[]);
    scratch
}

/// A run of one workload on these pools, in the folder `r`.
fn run(scratch: &Scratch, workload: &str, pools: &str, more: &[&str]) -> Ended {
    run_of_blocks("1", scratch, workload, pools, more)
}

fn run_of_blocks(blocks: &str, scratch: &Scratch, workload: &str, pools: &str, more: &[&str]) -> Ended {
    let asked = ["run", "--workload", workload, "--pools", pools, "--blocks", blocks, "--twin", "none", "--out", "r"];
    scratch.poolbench(&[&asked[..], more].concat())
}

const SMALL: [&str; 6] = ["--jobs", "100", "--workers", "2", "--batches", "1"];

fn notes(scratch: &Scratch) -> String {
    fs::read_to_string(scratch.path("r/notes.jsonl")).unwrap_or_default()
}

/// No file of the run but `paths.toml` names the scratch folder.
fn assert_no_path(scratch: &Scratch) {
    let folder = scratch.path("").canonicalize().expect("it is there");
    let folder = folder.to_str().expect("it is UTF-8").trim_end_matches('/');
    for entry in fs::read_dir(scratch.path("r")).expect("there is a run") {
        let path = entry.expect("it can be listed").path();
        if path.is_file() && !path.ends_with("paths.toml") {
            let text = String::from_utf8_lossy(&fs::read(&path).expect("it can be read")).into_owned();
            assert!(!text.contains(folder), "{} names {folder}:\n{text}", path.display());
        }
    }
}

#[test]
fn every_pool_in_rust_runs_a_library_and_all_results_are_right() {
    let scratch = compiled();
    let pools: Vec<String> = described().into_iter().map(|about| about.name).collect();
    let ended = run(&scratch, "lib:./job.so:fine", &pools.join(","), &["--jobs", "100,7", "--workers", "2"]).expect(0);
    assert!(ended.stderr().contains("were run twice before the first trial"), "{}", ended.stderr());
    let rows = Rows::read(&scratch.path("r")).accepted().whole();
    assert_eq!(rows.len(), 2 * 2 * pools.len(), "two sizes, block 0 and 1");
    for row in &rows {
        assert_eq!(
            (row.status.as_str(), row.workload.as_str(), row.param.as_str()),
            ("ok", "lib", "job:fine"),
            "{row:?}"
        );
        assert_eq!((row.unchecked, row.waits), (Some(0), Some(0)));
        // The right one, worked out here.
        let right = harness::checksum::fold((0..row.jobs.unwrap()).map(|index| (index, 3 * index + 1)));
        assert_eq!(row.checksum, harness::checksum::text(right), "{row:?}");
    }
    assert_no_path(&scratch);
}

/// Statuses of the accepted rows, each once.
fn statuses(scratch: &Scratch) -> Vec<String> {
    let mut all: Vec<String> = Rows::read(&scratch.path("r")).whole().into_iter().map(|row| row.status).collect();
    all.sort();
    all.dedup();
    all
}

/// What was printed in one line, with commands as a shell joins them.
fn joined(ended: &Ended) -> String {
    ended.stdout().split_whitespace().filter(|word| *word != "\\").collect::<Vec<_>>().join(" ")
}

#[test]
fn a_race_ends_with_commands_that_find_the_job() {
    let scratch = compiled();
    let race = ["race", "--workload", "lib:./job.so:fine", "--jobs", "100", "--pools", "serial,threads", "--workers"];
    let answer = joined(&scratch.poolbench(&[&race[..], &["1,2", "--batches", "2", "--out", "r"]].concat()).expect(0));
    let library = scratch.path("job.so").canonicalize().expect("it is there");
    let asked = format!("--workload lib:{}:fine", library.display());
    let (by_hand, as_a_run) = (answer.find("by hand"), answer.find("as a run"));
    let (Some(by_hand), Some(as_a_run)) = (by_hand, as_a_run) else { panic!("{answer}") };
    assert!(answer[by_hand..as_a_run].contains(&asked) && answer[as_a_run..].contains(&asked), "{asked}: {answer}");
    assert_no_path(&scratch);
    // Taken elsewhere without the file that says where it lies, it still answers.
    fs::remove_file(scratch.path("r/paths.toml")).expect("it is there");
    let answer = joined(&scratch.poolbench(&["summary", "r"]).expect(0));
    assert!(answer.contains("poolbench run --workload lib:FILE:PARAM") && !answer.contains("by hand"), "{answer}");
}

#[test]
fn a_race_whose_jobs_alone_take_longer_than_its_budget_is_refused_before_a_round() {
    let scratch = compiled();
    // 100 jobs of 1 ms, 100 batches of them: a round of three entrants takes 25 s.
    let race = ["race", "--workload", "lib:./job.so:waits", "--jobs", "100", "--pools", "serial,threads"];
    let long = ["--workers", "1,2", "--batches", "100", "--budget", "30s", "--out", "r"];
    let said = scratch.poolbench(&[&race[..], &long].concat()).expect(2).stderr();
    let advice = said.split_once("ask with --jobs ").and_then(|(_, rest)| rest.split_once(',')).map(|(jobs, _)| jobs);
    let advice: Option<u64> = advice.and_then(|jobs| jobs.parse().ok());
    assert!(said.contains("--budget 30 s is too short"), "{said}");
    assert!(advice.is_some_and(|jobs| (1..100).contains(&jobs)), "{said}");
    assert!(!scratch.path("r").exists(), "nothing is written");
}
